"""Goals that belong elsewhere by what they mean, whatever their words: what the patterns of `scope` do not know."""

import hashlib
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

# A text that the reader takes for an ordinary goal with this chance stays one, though a pattern found a matter
# in it. Measured once on the examples, each writer left out: of 127 goals that patterns rightly send on, none has so
# high a chance, and of 32 that they should have left, 13 have.
_SURE = 0.98
# What patterns find of these is never taken back.
_STAYS: frozenset[Matter] = frozenset({"danger", "harm"})
# A goal is read once and not with every agenda; the last used is the last here.
_MOST_KNOWN = 4_096


class _Verdict(NamedTuple):
    matter: Matter | None
    surely_none: bool


# By a digest of the text: nobody's words.
_known: OrderedDict[bytes, _Verdict] = OrderedDict()


async def within_scope(briefing: Briefing, search: Search) -> Briefing:
    """The briefing, with its goals and its focus sent on where a reader takes them for what a meeting cannot carry, and
    back where it is sure that a pattern was wrong.

    As it is where the search has another embedding model than the reader, or none that answers.
    """
    brief = briefing.brief
    at_work = list(dict.fromkeys([*brief.goals_at_work, *([brief.focus] if brief.focus else [])]))
    # What belongs elsewhere may stand in the part of a long goal that is not quoted, and is not read here.
    doubtful = [one for one in brief.beyond if one.matter not in _STAYS and beyond([one.text])]
    try:
        verdicts = await _verdicts([*at_work, *(one.text for one in doubtful)], search)
    except EmbeddingError as error:
        log.warning("goals.unread", error=type(error).__name__, session=brief.session_id)
        return briefing
    back = [one for one in doubtful if one.text in verdicts and verdicts[one.text].surely_none]
    found = [
        Beyond(text=text, matter=matter, as_focus=text not in brief.goals)
        for text in at_work
        if text in verdicts and (matter := verdicts[text].matter) is not None
    ]
    return replace(briefing, brief=_changed(brief, found, back)) if found or back else briefing


def forget_goals() -> None:
    """Let go of what was read in what pairs typed."""
    _known.clear()


async def _verdicts(texts: Sequence[str], search: Search) -> Mapping[str, _Verdict]:
    """What each text was read as; nothing under another embedding model. Raises EmbeddingError."""
    reader = learned("matters")
    if search.model != reader.model:
        return {}
    keys = {text: hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest() for text in texts}
    # What others read or forget meanwhile changes nothing here.
    verdicts = {text: _known[key] for text, key in keys.items() if key in _known}
    if new := [text for text in keys if text not in verdicts]:
        for text, vector in zip(new, await search.embedded(new), strict=True):
            chances = reader.chances(text, vector)
            found = reader.found(chances)
            matter = next((matter for matter in get_args(Matter) if matter in found), None)
            verdicts[text] = _Verdict(matter, chances[NOTHING] >= _SURE)
    for text, verdict in verdicts.items():
        _known[keys[text]] = verdict
        _known.move_to_end(keys[text])
    while len(_known) > _MOST_KNOWN:
        _known.popitem(last=False)
    return verdicts


def _changed(brief: SessionBrief, found: Sequence[Beyond], back: Sequence[Beyond]) -> SessionBrief:
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
