"""Erasing people, from the rows of the database to its files and this process's memory, and when it is due."""

import asyncio
import re
from urllib.parse import urlsplit

import structlog

from coach.agenda.brief import forget_words
from coach.agenda.guard.draft import forget_names
from coach.agenda.kindred import forget_phrases
from coach.agenda.reading import forget_read
from coach.errors import StoreError
from coach.models import now
from coach.retrieval.search import Search
from coach.store import Store
from coach.store.agendas import starter_key
from coach.store.audit import CALENDAR, record
from coach.store.erasure import Erased, erase, overdue

log = structlog.get_logger(__name__)

_TRIES = 5
_PAUSE_S = 0.5


async def erase_person(store: Store, participant_id: str, who: str) -> Erased:
    """Erase a person from the rows of the database, on behalf of `who`. Raises NotFound, StoreError.

    Call `scrub` and `forget_texts` after it, once for all who are erased.
    """
    async with store.write() as db:
        erased = await erase(db, participant_id, now())
        if not erased.again:
            await record(db, who, "participant.erase", participant_id=participant_id)
        return erased


async def scrub(store: Store) -> bool:
    """Leave nothing of what was erased in the database's files; return whether that was done.

    It is not while another process goes on reading or the disk is full, and is to be tried again.
    """
    for attempt in range(_TRIES):
        try:
            await store.scrub()
        except StoreError:
            await asyncio.sleep(_PAUSE_S * (attempt + 1))
        else:
            return True
    log.warning("erasure.files_not_scrubbed")
    return False


def forget_texts(search: Search | None) -> None:
    """Empty every cache of this process in which people's words are kept to be quicker."""
    if search is not None:
        search.forget_texts()
    starter_key.cache_clear()
    forget_names()
    forget_phrases()
    forget_words()
    forget_read()
    # Patterns are kept by their text, and some are made of what people asked to avoid; addresses hold searches.
    re.purge()
    urlsplit.cache_clear()  # type: ignore[attr-defined]


async def run_retention(store: Store) -> int:
    """Erase everybody whose program ended too long ago; return how many they were. Raises StoreError."""
    async with store.read() as db:
        people = await overdue(db, now())
    for person in people:
        await erase_person(store, person, CALENDAR)
    if people:
        await scrub(store)
        log.info("retention.erased", people=len(people))
    return len(people)
