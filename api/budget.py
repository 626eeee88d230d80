"""The model tokens that a program may use in a day, also where many ask at once."""

import math
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta

from api.rates import TooManyRequests
from coach.agenda.write import MOST_AGENDA_TOKENS, MOST_PREP_TOKENS
from coach.models import now
from coach.store import Store
from coach.store.agendas import tokens_today

# Set aside for each text that is being written: what two turns of an agenda and of both preps may answer, and as much
# again for what is asked.
SET_ASIDE = 2 * (2 * MOST_AGENDA_TOKENS + 4 * MOST_PREP_TOKENS)
_SPENT = (
    "Your program has used its model tokens for today; the next day begins at midnight UTC. "
    'To get an agenda now, ask with {"writer": "composer"}: the coach then writes it without a model.'
)


class Budget:
    """What is stored as used counts, and what this process is using right now: with tokens left for one agenda, one of
    many that are asked for at once is written by the model.
    """

    def __init__(self, store: Store, limit: int | None) -> None:
        self._store, self._limit = store, limit
        self._under_way: Counter[str] = Counter()

    async def check(self, program_id: str) -> None:
        """Raise TooManyRequests, until the next day (UTC) begins, where the tokens of this one are spent."""
        if self._limit is None:
            return
        at = now().astimezone(UTC)
        async with self._store.read() as db:
            used = await tokens_today(db, program_id, at)
        if used >= self._limit:
            tomorrow = datetime.combine(at.date() + timedelta(days=1), time(), UTC)
            raise TooManyRequests(_SPENT, math.ceil((tomorrow - at).total_seconds()))

    @asynccontextmanager
    async def spending(self, program_id: str) -> AsyncIterator[bool]:
        """Round the writing of one text and its storing; gives whether the tokens are spent. Raises StoreError."""
        if self._limit is None:
            yield False
            return
        # Counted before it is looked: what is stored meanwhile is in one of the two.
        before_it = self._under_way[program_id]
        self._under_way[program_id] += 1
        try:
            async with self._store.read() as db:
                used = await tokens_today(db, program_id, now())
            yield used + before_it * SET_ASIDE >= self._limit
        finally:
            self._under_way[program_id] -= 1
