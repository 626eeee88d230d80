"""Comments are read after the reply, a few at a time."""

import asyncio
from collections.abc import Callable, Sequence

import numpy as np

from coach.feedback import CommentReader, ThemeFound, Weighed
from coach.feedback.subjects import SubjectFinder, subjects_version
from coach.feedback.themes import ThemeReader, taxonomy
from coach.retrieval.library import Library
from coach.store import Store
from coach.store.feedback import OfPeriod, ReadComment, keep_reading, unread_comments

# So many at once fill a batch of the embedding model, and are soon done again if the service stops midway.
BATCH = 64
# Where there are many to read and nobody waits for the first: texts of one length share the model's batches.
MANY = 2_048


async def read_comments(
    store: Store,
    reader: CommentReader,
    feedback_id: str | None = None,
    *,
    period: OfPeriod | None = None,
    batch: int = BATCH,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Read what the reader has not read yet, of one feedback, one period or all; returns how many comments.

    `progress` hears after each batch how many are read.

    Doing it again, or twice at once, does no harm. No transaction is open while the reader works.
    """
    done, after = 0, ""
    while True:
        async with store.read() as db:
            unread = await unread_comments(
                db, reader.version, batch, feedback_id=feedback_id, period=period, after=after
            )
        if not unread:
            return done
        found = await reader.read([comment.text for comment in unread])
        read = [
            ReadComment(comment.id, themes, vector) for comment, (themes, vector) in zip(unread, found, strict=True)
        ]
        async with store.write() as db:
            await keep_reading(db, reader.version, read)
        done += len(unread)
        if progress:
            progress(done)
        # A feedback that was replaced meanwhile has new comments, whose ids may lie anywhere.
        after = unread[-1].id if feedback_id is None else ""


class OwnReader:
    """The coach's own classifier, off the event loop. Its model is loaded with the first comment.

    A vector is 384 float16 numbers as bytes, empty where a comment says nothing.
    """

    def __init__(self, embedding_model: str, library: Library) -> None:
        themes = taxonomy(library)
        self._reader = ThemeReader.open(embedding_model, themes)
        self._sides = {theme.id: theme.polarity for theme in themes}
        self._subjects = SubjectFinder(self._reader.encoder)

    @property
    def version(self) -> str:
        """The model that reads, and what it looks for; another one reads everything again."""
        return f"{self._reader.fingerprint}+{subjects_version()}"

    async def read(self, texts: Sequence[str]) -> list[tuple[list[ThemeFound], bytes]]:
        """For each text its themes, the surest first, what it is about beside them, and its vector.

        Raises EmbeddingError.
        """
        return [(list(one.themes), one.vector) for one in await asyncio.to_thread(self._weigh, texts)]

    async def weigh(self, texts: Sequence[str]) -> list[Weighed]:
        """The same, with the chances of all themes. Raises EmbeddingError."""
        return await asyncio.to_thread(self._weigh, texts)

    def _weigh(self, texts: Sequence[str]) -> list[Weighed]:
        readings = self._reader.read(texts)
        said = [place for place, reading in enumerate(readings) if reading.kind == "comment"]
        vectors = [vector for place in said if (vector := readings[place].vector) is not None]
        subjects = self._subjects.find(np.array(vectors), [bool(readings[place].themes) for place in said])
        about = dict(zip(said, subjects, strict=True))
        bars = self._reader.bars if said else {}
        found = []
        for place, reading in enumerate(readings):
            themes = [ThemeFound(theme.id, self._sides[theme.id], theme.score) for theme in reading.themes]
            if subject := about.get(place):
                themes.append(ThemeFound(subject.id, "emerging", subject.certainty))
            kept = b"" if reading.vector is None else reading.vector.astype(np.float16).tobytes()
            chances = {} if reading.chances is None else dict(zip(bars, map(float, reading.chances), strict=True))
            found.append(Weighed(tuple(themes), kept, chances, max(bars.values(), default=1.0)))
        return found
