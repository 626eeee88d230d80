"""Goals that belong elsewhere by what they mean, whatever their words: what the patterns of `scope` do not know."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.reading import read
from coach.agenda.scope import Beyond, beyond
from coach.agenda.scope_words import Matter
from coach.learned import NOTHING, learned
from coach.retrieval.search import Search

# A text that the reader takes for an ordinary goal with this chance stays one, though a pattern found a matter
# in it. Measured once on the examples, each writer left out: of 127 goals that patterns rightly send on, none has so
# high a chance, and of 32 that they should have left, 13 have.
_SURE = 0.98
# What patterns find of these is never taken back.
_STAYS: frozenset[Matter] = frozenset({"danger", "harm"})


async def within_scope(briefing: Briefing, search: Search) -> Briefing:
    """The briefing, with its goals and its focus sent on where a reader takes them for what a meeting cannot carry, and
    back where it is sure that a pattern was wrong.

    As it is where the search has another embedding model than the reader, or none that answers.
    """
    brief = briefing.brief
    at_work = list(dict.fromkeys([*brief.goals_at_work, *([brief.focus] if brief.focus else [])]))
    # What belongs elsewhere may stand in the part of a long goal that is not quoted, and is not read here.
    doubtful = [one for one in brief.beyond if one.matter not in _STAYS and beyond([one.text])]
    chances = await read("matters", [*at_work, *(one.text for one in doubtful)], search)
    back = [one for one in doubtful if chances.get(one.text, {}).get(NOTHING, 0) >= _SURE]
    found = [
        Beyond(text=text, matter=matter, as_focus=text not in brief.goals)
        for text in at_work
        if text in chances
        for matter in get_args(Matter)
        if matter in learned("matters").found(chances[text])
    ]
    return replace(briefing, brief=_changed(brief, found, back)) if found or back else briefing


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
