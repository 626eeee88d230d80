"""What a pair's summary is made of: code decides all of it, and only the wording of two lists is left to a writer.

It knows what the two shared with each other and may both read, and nothing else. Ratings are the pair's own: they are
shown as they were given, never averaged, never compared with anybody's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from coach.feedback import Question
from coach.feedback.comments import clean
from coach.feedback.said import asked_in, asks_for_nothing
from coach.feedback.window import closes_at, is_revealed, opened_at
from coach.models import MentoringSession
from coach.names import first_names_of
from coach.retrieval.library import Role
from coach.store.feedback import SharedFeedback
from coach.store.summaries import AnsweringAgenda, SummaryFacts
from coach.untrusted import quotable
from coach.wish_words import Wish
from coach.wishes import ASKED, FOR_YOU, ONE_ASKED, YOU_ASKED, YOU_SHARED, answer_begins, hear

QUOTE_CHARACTERS = 300
ROLES: tuple[Role, ...] = ("mentor", "mentee")
_NEXT_ANSWER = re.compile(rf" {YOU_ASKED} | {YOU_SHARED}, | {ONE_ASKED} ")

RatingName = Literal["usefulness", "safety", "progress"]
RATINGS: dict[RatingName, str] = {
    "usefulness": "How useful the meetings were",
    "safety": "How safe it felt to speak openly",
    "progress": "How far the meetings moved your goals",
}


@dataclass(frozen=True)
class Remark:
    """One answer that was shared. `text` is as the coach may quote it."""

    session: int
    by: Role
    question: Question
    text: str

    @property
    def works(self) -> bool:
        """Whether it says what went well: asked what to change, some write "Keep it up"."""
        return self.question == "went_well" or asks_for_nothing(self.text)

    @property
    def id(self) -> str:
        """What a writer names it by."""
        return f"s{self.session}-{self.by}-{'well' if self.question == 'went_well' else 'change'}"


@dataclass(frozen=True)
class Asked:
    """What one of the two asked for, and whether the next agenda did it: `done` is None while there is none."""

    by: Role
    wish: Wish
    text: str
    done: bool | None
    how: str


@dataclass(frozen=True)
class Meeting:
    """One session of which something was shared."""

    number: int
    session_id: str
    held_at: datetime
    remarks: tuple[Remark, ...]
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Point:
    """A rating, from 1 to 5, as one of the two gave and shared it."""

    session: int
    by: Role
    value: int


@dataclass(frozen=True)
class RatingRow:
    """The shared ratings of one kind, by session, and how they move, in a sentence."""

    name: RatingName
    label: str
    points: tuple[Point, ...]
    movement: str


@dataclass(frozen=True)
class SummaryPlan:
    """A summary but for its wording. `meetings` are newest first; `avoid` is never shown."""

    people: dict[Role, str]
    meetings: tuple[Meeting, ...]
    ratings: tuple[RatingRow, ...]
    avoid: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """All that was shared in words, newest session first."""
        return tuple(remark for meeting in self.meetings for remark in meeting.remarks)


@dataclass(frozen=True)
class Waiting:
    """Why there is no summary yet, in words, and from when on there will be at the latest, if that is known."""

    message: str
    opens_at: datetime | None


def outline(facts: SummaryFacts, at: datetime) -> SummaryPlan | Waiting:
    """The plan of the pair's summary, or why there is none yet."""
    if not facts.shared:
        return _waiting(facts.sessions, at)
    pair, mentor, mentee = facts.people.pair, facts.people.mentor, facts.people.mentee
    # Who was erased has no name any more.
    names = first_names_of(*("" if person.erased_at else person.name for person in (mentor, mentee)))
    people: dict[Role, str] = {"mentor": names[0], "mentee": names[1]}
    sessions = {session.id: session for session in facts.sessions}
    meetings = []
    for number in sorted({said.session_number for said in facts.shared}, reverse=True):
        shared = sorted((said for said in facts.shared if said.session_number == number), key=_mentor_first)
        session = sessions[shared[0].session_id]
        assert session.held_at is not None
        meetings.append(
            Meeting(
                number=number,
                session_id=session.id,
                held_at=session.held_at,
                remarks=tuple(remark for said in shared for remark in _remarks(said)),
                asked=tuple(asked for said in shared for asked in _asked(said, session, facts, people)),
            )
        )
    return SummaryPlan(
        people=people,
        meetings=tuple(meetings),
        ratings=tuple(_ratings(facts.shared, people)),
        avoid=tuple(sorted({*mentor.avoid_topics, *mentee.avoid_topics})) if pair else (),
    )


def sentence_list(items: Sequence[str]) -> str:
    """The items as a sentence lists them: “1, 2 and 3”."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def in_sessions(numbers: Sequence[int]) -> str:
    """Which sessions, to follow “in”."""
    return f"session{'s' if len(numbers) > 1 else ''} {sentence_list([str(number) for number in numbers])}"


def _waiting(sessions: Sequence[MentoringSession], at: datetime) -> Waiting:
    """The same words whether or not the partner has sent anything."""
    running = [(closing, row) for row in sessions if (closing := closes_at(row)) and not is_revealed(row, at)]
    if running:
        closing, row = min(running, key=lambda each: each[0])
        return Waiting(
            f"The summary of session {row.number} opens once both of you have sent feedback on it, and on "
            f"{closing:%Y-%m-%d at %H:%M} UTC at the latest. It is made from what you share with each other.",
            closing,
        )
    if any(row.held_at is not None for row in sessions):
        return Waiting(
            "There is nothing yet that you have shared with each other. Your summary begins with the first feedback "
            "that one of you shares with the partner, after your next session.",
            None,
        )
    return Waiting(
        "Your summary begins after your first session: mark it held, then each of you can send feedback and choose "
        "what to share with the partner.",
        None,
    )


def _mentor_first(said: SharedFeedback) -> int:
    return ROLES.index(_role(said))


def _role(said: SharedFeedback) -> Role:
    return "mentor" if said.role == "mentor" else "mentee"


def _remarks(said: SharedFeedback) -> Iterator[Remark]:
    answers: tuple[tuple[Question, str | None], ...] = (("went_well", said.went_well), ("to_change", said.to_change))
    for question, answer in answers:
        text = quotable(answer or "", QUOTE_CHARACTERS)
        if text and clean(text).kind != "nothing said":
            yield Remark(said.session_number, _role(said), question, text)


def _asked(
    said: SharedFeedback, session: MentoringSession, facts: SummaryFacts, people: dict[Role, str]
) -> Iterator[Asked]:
    name, heard = people[_role(said)], hear(said)
    stated = heard.stated if heard.meant is not None else None
    answer = quotable(said.to_change or "", 2_000)
    in_words = dict(asked_in(answer, said.role))
    for wish, words in asked_in(answer, said.role, stated):
        done, how = _done(wish, session, facts)
        text = f"{name} asked {ASKED[wish]}: “{quotable(words, 160)}”"
        if wish not in in_words:
            text = f"{name} wrote “{quotable(words, 160)}”, which the coach reads as asking {ASKED[wish]}"
        yield Asked(_role(said), wish, text, done, how)


def _done(wish: Wish, session: MentoringSession, facts: SummaryFacts) -> tuple[bool | None, str]:
    """Whether the agenda after this session answers the wish, as that agenda itself says."""
    rows = {row.number: row for row in facts.sessions if row.status not in {"cancelled", "postponed"}}
    later = [agenda for agenda in facts.agendas if agenda.number > session.number and agenda.number in rows]
    if not later:
        return None, "There is no agenda for a later session yet."
    agenda = min(later, key=lambda one: one.number)
    if answer := _answer(wish, agenda):
        return not answer.startswith(FOR_YOU), f"In the agenda of session {agenda.number}: {answer}"
    opened = opened_at(session)
    if opened is not None and agenda.made_at < opened:
        again = " Ask for that agenda again to have it taken up." if rows[agenda.number].status == "planned" else ""
        return False, f"The agenda of session {agenda.number} was made before this was open to both of you.{again}"
    return False, f"The agenda of session {agenda.number} does not take it up. Say so again if it still matters."


def _answer(wish: Wish, agenda: AnsweringAgenda) -> str | None:
    for begins in (answer_begins(wish), answer_begins(wish, opposed=True)):
        for because in agenda.answers:
            if begins in because:
                return _NEXT_ANSWER.split(because.partition(begins)[2], maxsplit=1)[0].strip()
    return None


def _ratings(shared: Sequence[SharedFeedback], people: dict[Role, str]) -> Iterator[RatingRow]:
    for name, label in RATINGS.items():
        points = tuple(
            Point(said.session_number, _role(said), value)
            for said in sorted(shared, key=lambda said: (said.session_number, _mentor_first(said)))
            if (value := getattr(said, name)) is not None
        )
        if points:
            yield RatingRow(name, label, points, _movement(points, people))


def _movement(points: Sequence[Point], people: dict[Role, str]) -> str:
    said = []
    for role in ROLES:
        own = [point for point in points if point.by == role]
        if not own:
            continue
        values, numbers = [point.value for point in own], [point.session for point in own]
        if len(own) == 1:
            said.append(f"{people[role]} gave {values[0]} for session {numbers[0]}")
        elif len(set(values)) == 1:
            said.append(f"{people[role]} gave {values[0]} each time, for {in_sessions(numbers)}")
        else:
            steps = ", then ".join(map(str, values))
            way = "up" if values[-1] > values[0] else "down" if values[-1] < values[0] else "back to where it began"
            said.append(f"{people[role]} gave {steps} for {in_sessions(numbers)}: {way}")
    return f"{'; '.join(said)}."
