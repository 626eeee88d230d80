"""Comments are read after the reply, a few at a time."""

from coach.feedback import CommentReader
from coach.store import Store
from coach.store.feedback import ReadComment, keep_reading, unread_comments

# So many at once fill a batch of the embedding model, and are soon done again if the service stops midway.
BATCH = 64


async def read_comments(store: Store, reader: CommentReader, feedback_id: str | None = None) -> int:
    """Read what the reader has not read yet, of one feedback or of all, and return how many comments that were.

    Doing it again, or twice at once, does no harm. No transaction is open while the reader works.
    """
    done, after = 0, ""
    while True:
        async with store.read() as db:
            batch = await unread_comments(db, reader.version, BATCH, feedback_id=feedback_id, after=after)
        if not batch:
            return done
        found = await reader.read([comment.text for comment in batch])
        read = [ReadComment(comment.id, themes, vector) for comment, (themes, vector) in zip(batch, found, strict=True)]
        async with store.write() as db:
            await keep_reading(db, reader.version, read)
        done += len(batch)
        # A feedback that was replaced meanwhile has new comments, whose ids may lie anywhere.
        after = batch[-1].id if feedback_id is None else ""
