"""Goals that belong elsewhere by what they mean, whatever their words: what the patterns of `scope` do not know."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, get_args

import structlog

from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.scope import Beyond, beyond
from coach.agenda.scope_words import Matter
from coach.errors import EmbeddingError
from coach.learned import NOTHING, learned
from coach.retrieval.search import Search

log = structlog.get_logger(__name__)

# As surely a goal like any other, a text stays one, whatever pattern it has a word of: of 127 goals
# that a pattern rightly sends on none is so sure, of 32 that it should have left 13 are.
_SURE = 0.98
# What texts were read as, the last used last; a goal is read once and not with every agenda.
_MOST_KNOWN = 4_096


class _Read(NamedTuple):
    matter: Matter | None
    surely_none: bool


_known: OrderedDict[str, _Read] = OrderedDict()


async def within_scope(briefing: Briefing, search: Search) -> Briefing:
    """The briefing, with its goals and its focus sent on where a reader takes them for what a meeting cannot carry, and
    back where it is sure that a pattern was wrong.

    As it is where the search has another embedding model than the reader, or none that answers.
    """
    brief = briefing.brief
    at_work = list(dict.fromkeys([*brief.goals_at_work, *([brief.focus] if brief.focus else [])]))
    # What belongs elsewhere may stand in the part of a long goal that is not quoted, and is not read here.
    sent_on = [one for one in brief.beyond if beyond([one.text])]
    try:
        read = await _read([*at_work, *(one.text for one in sent_on)], search)
    except EmbeddingError as error:
        log.warning("goals.unread", error=type(error).__name__, session=brief.session_id)
        return briefing
    back = [one for one in sent_on if one.text in read and read[one.text].surely_none]
    found = [
        Beyond(text=text, matter=matter, as_focus=text not in brief.goals)
        for text in at_work
        if text in read and (matter := read[text].matter) is not None
    ]
    return replace(briefing, brief=_sorted(brief, found, back)) if found or back else briefing


def forget_goals() -> None:
    """Let go of what pairs typed."""
    _known.clear()


async def _read(texts: Sequence[str], search: Search) -> Mapping[str, _Read]:
    """What each text was read as; nothing under another embedding model."""
    reader = learned("matters")
    if search.model != reader.model:
        return {}
    if new := [text for text in texts if text not in _known]:
        for text, vector in zip(new, await search.embedded(new), strict=True):
            found = reader.found(text, vector)
            matter = next((matter for matter in get_args(Matter) if matter in found), None)
            _known[text] = _Read(matter, reader.chances(text, vector)[NOTHING] >= _SURE)
    for text in texts:
        _known.move_to_end(text)
    read = {text: _known[text] for text in texts}
    while len(_known) > _MOST_KNOWN:
        _known.popitem(last=False)
    return read


def _sorted(brief: SessionBrief, found: Sequence[Beyond], back: Sequence[Beyond]) -> SessionBrief:
    told = {one.text for one in found}
    goals = [goal for goal in brief.goals if goal not in told]
    focus = None if brief.focus in told else brief.focus
    return brief.model_copy(
        update={
            "goals": (*goals, *(one.text for one in back if not one.as_focus)),
            "new_goals": tuple(goal for goal in brief.new_goals if goal not in told),
            "focus": next((one.text for one in back if one.as_focus), focus),
            "beyond": (*(one for one in brief.beyond if one not in back), *found),
        }
    )
