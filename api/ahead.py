"""What is made ready before somebody asks for it: what agendas will ask, and the embedding model itself."""

from functools import partial

import structlog

from api.state import AppState
from coach.agenda import own, questions
from coach.agenda.brief import Briefing
from coach.agenda.pipeline import briefing_for
from coach.erasure import forget_texts
from coach.errors import CoachError, NotFound
from coach.models import now
from coach.retrieval.search import Search
from coach.store.agendas import AgendaFacts, load_facts
from coach.store.pairs import get_pair
from coach.store.vectors import (
    forget_vectors_of_the_past,
    keep_vectors,
    sessions_to_come,
    sessions_without_vectors,
)

log = structlog.get_logger(__name__)

# So long no call was answered before the model is loaded: its libraries hold the interpreter for seconds. Where it is
# never quiet they come all the same, before somebody has to wait for them.
_QUIET_S, _LONGEST_WAIT_S = 0.5, 30
# So many sessions a day get the vectors that they lack, and so many of one pair when its words change.
_A_DAY, _OF_A_PAIR = 64, 8


async def recall_standing(search: Search) -> bool:
    """Know what every agenda asks, by what an earlier run left in the index; whether nothing is missing."""
    known = await search.recall_standing(_standing())
    if known:
        await search.warm(questions.standing_questions())
    return known


def recall(state: AppState, facts: AgendaFacts, briefing: Briefing) -> bool:
    """Know what this session's agenda asks, by what was kept with the session. Where that is not all, or more,
    `warm-session` should follow.
    """
    return _recalled(state.library(), facts, questions.own_questions(briefing.brief))


async def warm_pair(state: AppState, pair_id: str) -> None:
    """Make ready what the coming sessions of this pair will ask."""
    async with state.store.read(single=True) as db:
        coming = await sessions_to_come(db, pair_id, _OF_A_PAIR)
    for session_id in coming:
        await warm_session(state, session_id)


async def warm_session(state: AppState, session_id: str) -> None:
    """Embed what this session's agenda will ask, while nobody waits for it, and keep the vectors for later runs."""
    search = state.search
    if search is None:
        return
    try:
        async with state.store.read() as db:
            facts = await load_facts(db, session_id)
    except NotFound:
        return
    # Read while nobody waits, what they typed of themselves is known when the agenda is asked for.
    briefing = await briefing_for(facts, search)
    asked = questions.own_questions(briefing.brief)
    kept = _recalled(search, facts, asked)
    await search.warm([*asked, *questions.standing_questions()])
    if not kept:
        await _keep(state, search, facts, asked)
    async with state.store.read() as db:
        pair = (await get_pair(db, facts.people.pair.id)).pair
    if pair.closed_at is not None:
        # One of the two was erased meanwhile, and it was in their words that the search was asked.
        forget_texts(search)


async def make_ready(state: AppState, standing_known: bool) -> None:
    """What can wait until it is quiet: the embedding model in memory, and the vectors that sessions lack.

    Failing is no harm. Where the standing questions are not known every agenda waits for them, and they come at once.
    """
    if state.search is None:
        return
    for step in (partial(_load_model, state, state.search, standing_known), partial(_catch_up, state, state.search)):
        try:
            await step()
        except Exception as error:
            # By its class alone, as of a job that fails.
            log.warning("ahead.failed", step=step.func.__name__.strip("_"), error=type(error).__name__)


async def _load_model(state: AppState, search: Search, standing_known: bool) -> None:
    """Before somebody asks what is not known."""
    if not standing_known:
        await search.warm(questions.standing_questions())
        await search.keep_standing(_standing())
    await state.quiet.comes(_QUIET_S, _LONGEST_WAIT_S)
    await search.load_model()


async def _catch_up(state: AppState, search: Search) -> None:
    """Keep the vectors of the soonest sessions that have none of this model, one after the other; forget those of
    sessions that are over.
    """
    async with state.keeping, state.store.write() as db:
        await forget_vectors_of_the_past(db)
    async with state.store.read(single=True) as db:
        without = await sessions_without_vectors(db, search.model, now(), _A_DAY)
    for session_id in without:
        await state.quiet.comes(_QUIET_S, _LONGEST_WAIT_S)
        await warm_session(state, session_id)


def _standing() -> list[str]:
    return [*questions.standing_questions(), *own.standing_questions()]


def _recalled(search: Search, facts: AgendaFacts, asked: list[str]) -> bool:
    return facts.vectors is not None and search.recall(asked, facts.vectors.model, facts.vectors.vectors)


async def _keep(state: AppState, search: Search, facts: AgendaFacts, asked: list[str]) -> None:
    try:
        vectors = await search.vectors_of(asked)
        # One at a time: a call waits for no more than one of them.
        async with state.keeping, state.store.write() as db:
            await keep_vectors(db, facts, search.model, vectors)
    except CoachError as error:
        log.info("vectors.not_kept", reason=str(error), session=facts.session.id)
