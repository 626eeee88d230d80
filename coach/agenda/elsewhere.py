"""Goals that belong elsewhere by what they mean, whatever their words: what the patterns of `scope` do not know."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import structlog

from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.scope import Beyond
from coach.agenda.scope_words import Matter
from coach.errors import EmbeddingError
from coach.learned import learned
from coach.retrieval.search import Search

log = structlog.get_logger(__name__)

# What texts were read as, the last used last; a goal is read once and not with every agenda.
_MOST_KNOWN = 4_096
_known: OrderedDict[str, Matter | None] = OrderedDict()


async def within_scope(briefing: Briefing, search: Search) -> Briefing:
    """The briefing, with its goals and its focus sent on where a reader takes them for what a meeting cannot carry.

    As it is where the search has another embedding model than the reader, or none that answers.
    """
    brief = briefing.brief
    texts = list(dict.fromkeys([*brief.goals_at_work, *([brief.focus] if brief.focus else [])]))
    try:
        found = await _read(texts, search)
    except EmbeddingError as error:
        log.warning("goals.unread", error=type(error).__name__, session=brief.session_id)
        return briefing
    return replace(briefing, brief=_sent_on(brief, found)) if found else briefing


def forget_goals() -> None:
    """Let go of what pairs typed."""
    _known.clear()


async def _read(texts: Sequence[str], search: Search) -> tuple[Beyond, ...]:
    reader = learned("matters")
    if search.model != reader.model:
        return ()
    if new := [text for text in texts if text not in _known]:
        vectors = await search.embedded(new)
        for text, vector in zip(new, vectors, strict=True):
            found = reader.found(text, vector)
            _known[text] = next((matter for matter in get_args(Matter) if matter in found), None)
    for text in texts:
        _known.move_to_end(text)
    read = tuple(Beyond(text=text, matter=matter) for text in texts if (matter := _known[text]) is not None)
    while len(_known) > _MOST_KNOWN:
        _known.popitem(last=False)
    return read


def _sent_on(brief: SessionBrief, found: Sequence[Beyond]) -> SessionBrief:
    told = {one.text for one in found}
    return brief.model_copy(
        update={
            "goals": tuple(goal for goal in brief.goals if goal not in told),
            "new_goals": tuple(goal for goal in brief.new_goals if goal not in told),
            "focus": None if brief.focus in told else brief.focus,
            "beyond": (*brief.beyond, *found),
        }
    )
