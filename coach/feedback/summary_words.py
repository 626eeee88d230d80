"""The words of a pair's summary: their shape, and the composer, which writes them without a model.

The composer quotes what a person wrote in one session, and names what came up again in its own words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coach.feedback.said import WORKED, Worked, named_as_working
from coach.feedback.summary import ROLES, Asked, Remark, SummaryPlan, in_sessions
from coach.retrieval.library import Role
from coach.wish_words import Wish
from coach.wishes import ASKED

MOST_IN_SERIES = 4


@dataclass(frozen=True)
class Statement:
    """One line, and the shared answers that it rests on; a `quote` is word for word what its one author wrote."""

    text: str
    quote: bool
    rests_on: tuple[Remark, ...]


@dataclass(frozen=True)
class Lists:
    """What works and what to change, of one session or of all."""

    what_works: tuple[Statement, ...]
    what_to_change: tuple[Statement, ...]


@dataclass(frozen=True)
class SummaryWords:
    """The words of a summary; `sessions` by number."""

    sessions: dict[int, Lists]
    series: Lists


def compose(plan: SummaryPlan) -> SummaryWords:
    """The words without a model."""
    sessions = {
        meeting.number: Lists(
            tuple(quotes(one for one in meeting.remarks if one.works)),
            tuple(quotes(one for one in meeting.remarks if not one.works)),
        )
        for meeting in plan.meetings
    }
    return SummaryWords(sessions, Lists(_what_works(plan), _what_to_change(plan)))


def quotes(remarks: Iterable[Remark]) -> list[Statement]:
    """Each remark as a quotation."""
    return [Statement(remark.text, True, (remark,)) for remark in remarks]


def _what_works(plan: SummaryPlan) -> tuple[Statement, ...]:
    """What was named more than once; while nothing was, what was said last."""
    named: dict[Worked, list[Remark]] = {}
    for remark in plan.remarks:
        if remark.question == "went_well":
            for kind in named_as_working(remark.text):
                named.setdefault(kind, []).append(remark)
    again = sorted(((kind, rests) for kind, rests in named.items() if len(rests) > 1), key=lambda each: -len(each[1]))
    if not again:
        return tuple(_newest(plan, works=True))
    return tuple(
        Statement(f"{WORKED[kind]}: named by {_who_and_when(rests, plan)}.", False, tuple(rests))
        for kind, rests in again[:MOST_IN_SERIES]
    )


def _what_to_change(plan: SummaryPlan) -> tuple[Statement, ...]:
    """What was asked for, the most often first; while nothing was in so many words, what was said last."""
    asked: dict[Wish, list[tuple[int, Asked]]] = {}
    for meeting in plan.meetings:
        for one in meeting.asked:
            asked.setdefault(one.wish, []).append((meeting.number, one))
    if not asked:
        return tuple(_newest(plan, works=False))
    remarks = {(remark.session, remark.by): remark for remark in plan.remarks if remark.question == "to_change"}
    statements = []
    for wish, times in sorted(asked.items(), key=lambda each: -len(each[1]))[:MOST_IN_SERIES]:
        rests = tuple(remarks[number, one.by] for number, one in times if (number, one.by) in remarks)
        if rests:
            statements.append(Statement(f"{_who_asked(rests, ASKED[wish], plan)}.", False, rests))
    return tuple(statements)


def _newest(plan: SummaryPlan, *, works: bool) -> list[Statement]:
    found = [remark for remark in plan.remarks if remark.works is works]
    return quotes(remark for remark in found if remark.session == found[0].session)


def _by_author(rests: Sequence[Remark]) -> list[tuple[Role, list[int]]]:
    own = [(role, sorted(remark.session for remark in rests if remark.by == role)) for role in ROLES]
    return [(role, numbers) for role, numbers in own if numbers]


def _who_and_when(rests: Sequence[Remark], plan: SummaryPlan) -> str:
    return " and ".join(f"{plan.people[role]} in {in_sessions(numbers)}" for role, numbers in _by_author(rests))


def _who_asked(rests: Sequence[Remark], what: str, plan: SummaryPlan) -> str:
    (role, numbers), *others = _by_author(rests)
    first = f"{plan.people[role]} asked {what} in {in_sessions(numbers)}"
    return " and ".join([first, *(f"{plan.people[role]} in {in_sessions(numbers)}" for role, numbers in others)])
