"""What the routes work with, built when the service starts."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated
from weakref import WeakValueDictionary

from fastapi import Depends, Request

from api.budget import Budget
from api.oidc import Issuer
from api.quiet import Quiet
from api.rates import Rates
from api.watch import Metrics
from coach.agenda.pipeline import AgendaMaker
from coach.errors import IndexUnavailable
from coach.feedback import CommentReader
from coach.feedback.second_reader import SecondReader
from coach.feedback.summarize import SummaryMaker
from coach.jobs import Jobs
from coach.llm import LanguageModel
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store import Store


@dataclass
class AppState:
    """Everything with a life of its own. `search` is None until the index could be opened; `not_ready` then says
    why. Without a `reader` comments stay unread, without a `second_reader` no model reads them, and without an
    `issuer` nobody signs in elsewhere. `keeping` is held by background work that writes to the database.
    """

    settings: Settings
    store: Store
    model: LanguageModel | None
    rates: Rates
    issuer: Issuer | None = None
    metrics: Metrics = field(default_factory=Metrics)
    jobs: Jobs = field(default_factory=Jobs)
    quiet: Quiet = field(default_factory=Quiet)
    keeping: asyncio.Lock = field(default_factory=asyncio.Lock)
    search: Search | None = None
    maker: AgendaMaker | None = None
    summary_maker: SummaryMaker | None = None
    reader: CommentReader | None = None
    second_reader: SecondReader | None = None
    turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    budget: Budget = field(init=False)
    not_ready: str = "The library is being indexed. Try again in a minute."

    def __post_init__(self) -> None:
        """Make what follows from the rest."""
        self.budget = Budget(self.store, self.settings.llm_tokens_per_day)

    def library(self) -> Search:
        """The search. Raises IndexUnavailable until it is there."""
        if self.search is None:
            raise IndexUnavailable(self.not_ready)
        if not self.search.healthy:
            self.jobs.enqueue("heal-index")
        return self.search

    def turn_of(self, pair_id: str) -> asyncio.Lock:
        """Held while an agenda of this pair is made, so that two made at once in this process differ."""
        return self.turns.setdefault(pair_id, asyncio.Lock())

    def agendas(self) -> AgendaMaker:
        """The agenda maker. Raises IndexUnavailable until the search is there."""
        self.library()
        assert self.maker is not None
        return self.maker

    def summaries(self) -> SummaryMaker:
        """The summary maker. Raises IndexUnavailable until the search is there."""
        self.library()
        assert self.summary_maker is not None
        return self.summary_maker


def state_of(request: Request) -> AppState:
    """The application's state."""
    state: AppState = request.app.state.coach
    return state


async def _state(request: Request) -> AppState:
    # FastAPI sends a dependency that is no coroutine to a thread, which takes longer than this one.
    return state_of(request)


State = Annotated[AppState, Depends(_state)]
