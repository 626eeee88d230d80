"""The vector index: Chroma, embedded or as a server.

The index is a cache of the library. A build makes a new collection beside the current one, fills it, and then moves one
pointer; whatever happens before that, the old one keeps serving. Vectors of unchanged passages are copied, not made
again.
"""

import asyncio
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from coach.errors import IndexInUse, IndexUnavailable
from coach.retrieval.chunk import Embeddable
from coach.retrieval.embed import Embedder, Progress, Vector

# Part of every version: raise it when the way passages are stored or embedded changes.
_FORMAT = 1
_POINTER = "current-index"
# What the library's index takes.
_ROOM = 32 * 2**20
_PREFIX = "passages-"
_WRITE_BATCH = 2_000


@dataclass(frozen=True)
class IndexStatus:
    """What is in the index: `built_at` is in seconds since the epoch; version None means that nothing was built."""

    version: str | None
    passages: int
    model: str | None
    built_at: float | None


def version_of(passages: Sequence[Embeddable], fingerprint: str) -> str:
    """Name of the index that these passages and this embedding model would give."""
    digest = hashlib.sha256(f"{_FORMAT}\0{fingerprint}".encode())
    for key in sorted(passage.id for passage in passages):
        digest.update(key.encode())
    return digest.hexdigest()[:16]


class Index:
    """One Chroma client. Its methods block; `coach.retrieval.search` calls them on a worker thread."""

    def __init__(
        self, client: Any, folder: Path | None, home: Path | None, lock: IO[str] | None, url: str | None
    ) -> None:
        self._client = client
        self._folder = folder
        self._home = home
        self._lock = lock
        self._url = url
        self._inode = self._database_inode()
        self._collection: Any = None

    @classmethod
    def open(cls, *, folder: Path, url: str | None = None) -> Self:
        """Connect to the server at `url`, or open the embedded index in `folder`.

        A folder that Chroma cannot read is set aside as `chroma.broken` and a new one is begun: the index can be
        rebuilt. Raises IndexInUse when another process holds the folder, IndexUnavailable when the server does not
        answer.
        """
        if url is not None:
            return cls(_connect(url), folder=None, home=None, lock=None, url=url)
        lock = _lock(folder)
        try:
            client, home = _open_folder(folder)
        except IndexUnavailable:
            lock.close()
            raise
        return cls(client, folder=folder, home=home, lock=lock, url=None)

    def close(self) -> None:
        """Close the client and let the folder go."""
        with _chroma_errors("close the index"):
            self._client.close()
        if self._lock is not None:
            self._lock.close()

    def status(self) -> IndexStatus:
        """What is in the index now.

        Raises IndexUnavailable.
        """
        with _chroma_errors("read the index"):
            pointer = self._pointer()
            if pointer is None:
                return IndexStatus(version=None, passages=0, model=None, built_at=None)
            collection = self._client.get_collection(_PREFIX + pointer["version"], embedding_function=None)
            return IndexStatus(
                version=pointer["version"],
                passages=collection.count(),
                model=pointer["model"],
                built_at=pointer["built_at"],
            )

    def check(self) -> None:
        """Raise IndexUnavailable when the index cannot serve: its folder was moved or deleted, or the server is "
        "gone.
        """
        if self._home is not None and self._database_inode() != self._inode:
            raise IndexUnavailable("The index was moved or deleted while the service runs.")
        with _chroma_errors("reach the index"):
            self._client.heartbeat()
            if self._collection is not None:
                self._collection.count()

    def is_current(self, passages: Sequence[Embeddable], fingerprint: str) -> bool:
        """Whether the index holds exactly these passages under this model."""
        try:
            status = self.status()
        except IndexUnavailable:
            return False
        return status.version == version_of(passages, fingerprint) and status.passages == len(passages)

    def build(self, passages: Sequence[Embeddable], embedder: Embedder, progress: Progress | None = None) -> int:
        """Make the index of these passages and swap it in; return how many passages had to be embedded.

        Raises IndexUnavailable; the index that served before then still does.
        """
        self.check()
        if self.is_current(passages, embedder.fingerprint):
            return 0
        version = version_of(passages, embedder.fingerprint)
        with _chroma_errors("read the index"):
            known = self._vectors_of_current(passages, embedder.fingerprint)
        # Outside of Chroma's errors: a model that fails is no fault of the index, which goes on serving.
        # Texts of a length together: a batch takes as long as its longest.
        missing = [passage for passage in passages if passage.id not in known]
        missing.sort(key=lambda passage: len(passage.embedded_text), reverse=True)
        done = 0
        for batch in embedder.encode_passages([passage.embedded_text for passage in missing], progress):
            for passage, vector in zip(missing[done:], batch, strict=False):
                known[passage.id] = vector
            done += len(batch)

        with _chroma_errors("build the index"):
            name = _PREFIX + version
            if name in self._names():
                self._client.delete_collection(name)
            # ef_search at the size of a small library makes its search exact; beyond that it is the usual trade.
            width = min(max(len(passages), 100), 1_000)
            collection = self._client.create_collection(
                name,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_construction": 100, "ef_search": width}},
            )
            ids = [passage.id for passage in passages]
            for start in range(0, len(ids), _WRITE_BATCH):
                part = ids[start : start + _WRITE_BATCH]
                collection.add(ids=part, embeddings=np.stack([known[key] for key in part]))

            before = self._pointer()
            metadata = {"version": version, "model": embedder.fingerprint, "built_at": time.time()}
            pointer = self._client.get_or_create_collection(_POINTER, embedding_function=None, metadata=metadata)
            pointer.modify(metadata=metadata)
            self._collection = None
            # The index before this one stays for the processes that still serve from it; older ones go.
            keep = {name, _PREFIX + before["version"] if before else name}
            for stale in self._names():
                if stale.startswith(_PREFIX) and stale not in keep:
                    self._client.delete_collection(stale)
        return len(missing)

    def query(
        self, vectors: Sequence[Vector], count: int, ids: Sequence[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """The `count` nearest passages of each vector, best first, with cosine similarity from -1 to 1.

        `ids` narrows to those passages. Raises IndexUnavailable.
        """
        with _chroma_errors("search the index"):
            if self._collection is None:
                pointer = self._pointer()
                if pointer is None:
                    raise IndexUnavailable("There is no index yet. Run `coach index build`.")
                self._collection = self._client.get_collection(_PREFIX + pointer["version"], embedding_function=None)
            try:
                if ids is not None:
                    # Chroma fails on an id that it does not hold, and a build may be a passage behind.
                    ids = self._collection.get(ids=list(ids), include=[])["ids"]
                    if not ids:
                        return [[] for _ in vectors]
                found = self._collection.query(
                    query_embeddings=[vector.tolist() for vector in vectors],
                    n_results=count,
                    ids=list(ids) if ids is not None else None,
                    include=["distances"],
                )
            except BaseException:
                self._collection = None
                raise
        return [
            [(key, 1.0 - float(distance)) for key, distance in zip(keys, distances, strict=True)]
            for keys, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    def vectors(self, passages: Sequence[Embeddable], fingerprint: str) -> npt.NDArray[np.float32]:
        """The unit vectors of these passages under this model, in their order, shape (passages, dimensions).

        Raises IndexUnavailable, also where the index lacks one of them or is of another model.
        """
        with _chroma_errors("read the index"):
            known = self._vectors_of_current(passages, fingerprint)
        try:
            return np.stack([known[passage.id] for passage in passages])
        except KeyError:
            raise IndexUnavailable("The index is stale. Run `coach index build`.") from None

    @contextmanager
    def aside(self, name: str) -> Iterator[Any]:
        """A Chroma collection beside the library's. What goes wrong with it is raised as IndexUnavailable."""
        with _chroma_errors("reach the index"):
            yield self._client.get_or_create_collection(
                name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )

    def start_over(self) -> None:
        """Throw an unusable embedded index away and begin an empty one; a server is only connected to again.

        Raises IndexUnavailable, also where the disk has no room for another one: then this one is kept.
        """
        self._collection = None
        if self._url is not None:
            self._client = _connect(self._url)
            return
        assert self._folder is not None
        if self._folder.exists() and shutil.disk_usage(self._folder).free < _ROOM:
            raise IndexUnavailable("The disk of the index is full. Free some space; what is there is kept until then.")
        with suppress(IndexUnavailable), _chroma_errors("close the index"):
            self._client.close()
        if self._lock is not None:
            self._lock.close()
        self._lock = _lock(self._folder)
        self._client, self._home = _new_home(self._folder)
        self._inode = self._database_inode()

    def _database_inode(self) -> int | None:
        if self._home is None:
            return None
        try:
            return (self._home / "chroma.sqlite3").stat().st_ino
        except FileNotFoundError:
            return None

    def _names(self) -> list[str]:
        return [collection.name for collection in self._client.list_collections()]

    def _pointer(self) -> dict[str, Any] | None:
        if _POINTER not in self._names():
            return None
        metadata = self._client.get_collection(_POINTER, embedding_function=None).metadata
        return dict(metadata) if metadata and _PREFIX + metadata["version"] in self._names() else None

    def _vectors_of_current(self, passages: Sequence[Embeddable], fingerprint: str) -> dict[str, Vector]:
        pointer = self._pointer()
        if pointer is None or pointer["model"] != fingerprint:
            return {}
        collection = self._client.get_collection(_PREFIX + pointer["version"], embedding_function=None)
        known: dict[str, Vector] = {}
        for start in range(0, len(passages), _WRITE_BATCH):
            part = [passage.id for passage in passages[start : start + _WRITE_BATCH]]
            found = collection.get(ids=part, include=["embeddings"])
            known.update(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))
        return known


def keep_copy(folder: Path, kept: Path) -> None:
    """Keep a copy of a closed embedded index, to begin from later. Where that fails, a build only takes longer."""
    try:
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(folder, kept)
    except OSError:
        shutil.rmtree(kept, ignore_errors=True)


@contextmanager
def _chroma_errors(doing: str) -> Iterator[None]:
    """Whatever Chroma raises becomes IndexUnavailable: its Rust core panics with exceptions of a class of its own."""
    try:
        yield
    except (IndexUnavailable, KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError):
        raise
    except BaseException as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise IndexUnavailable(f"Could not {doing}: {reason}") from error


def _connect(url: str) -> Any:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 8000)
    except ValueError:
        parts, port = None, 0
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise IndexUnavailable("COACH_CHROMA_URL must be an address such as http://127.0.0.1:8001.")
    try:
        with _chroma_errors("reach the Chroma server"):
            return chromadb.HttpClient(
                host=parts.hostname,
                port=port,
                ssl=parts.scheme == "https",
                settings=ChromaSettings(anonymized_telemetry=False),
            )
    except IndexUnavailable as error:
        raise IndexUnavailable(
            f"No Chroma server answers at {parts.scheme}://{parts.hostname}:{port}. Start it with "
            "`chroma run --path FOLDER --port PORT`, or unset COACH_CHROMA_URL to use the embedded index."
        ) from error


def _lock(folder: Path) -> IO[str]:
    """Hold `folder` for this process; the lock goes when the process does."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder.parent / f"{folder.name}.lock").open("a+")
    except OSError as error:
        raise IndexUnavailable(f"The index folder {folder} cannot be used ({error.strerror}).") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise IndexInUse(
            f"Another process{f' (pid {holder})' if holder else ''} uses the index in {folder}, and an embedded index "
            "serves one process. To share it, start a Chroma server (`chroma run --path FOLDER --port 8001`) and set "
            "COACH_CHROMA_URL=http://127.0.0.1:8001 for every process; or stop the other process first."
        ) from None
    # Who holds it is told to whom it keeps out, where there is space to say so: an index can be read on a full disk.
    with suppress(OSError):
        os.ftruncate(file.fileno(), 0)
        os.write(file.fileno(), str(os.getpid()).encode())
    return file


def _open_folder(folder: Path) -> tuple[Any, Path]:
    homes = sorted(path for path in folder.iterdir() if path.is_dir())
    if homes:
        with suppress(IndexUnavailable):
            return _persistent_client(homes[-1]), homes[-1]
    return _new_home(folder)


def _new_home(folder: Path) -> tuple[Any, Path]:
    """An empty index in a folder of its own inside `folder`; those before it are removed.

    Chroma keeps what it opened under its path for the life of the process, so a path that went bad is not used again.
    """
    home = folder / f"{time.time_ns()}"
    try:
        for old in folder.iterdir():
            if old.is_dir():
                shutil.rmtree(old, ignore_errors=True)
        home.mkdir(parents=True)
    except OSError as error:
        raise IndexUnavailable(f"The index folder {folder} cannot be used ({error.strerror}).") from error
    return _persistent_client(home), home


def _persistent_client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    with _chroma_errors(f"open the index in {folder}"):
        client = chromadb.PersistentClient(path=str(folder), settings=ChromaSettings(anonymized_telemetry=False))
        client.list_collections()
        return client
