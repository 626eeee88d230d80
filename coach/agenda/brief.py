"""The brief: a frozen snapshot of all that an agenda is made from, with what people typed made fit to quote.

What both may know is in `SessionBrief`, which is stored with the agenda. What one person told the coach alone is in
`PrivateBrief`; it reaches only that person's prep.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import get_args

from pydantic import BaseModel, ConfigDict

from coach.models import MentoringSession, Participant
from coach.retrieval.library import TOPICS, Role, Stage, Topic
from coach.store.agendas import AgendaFacts
from coach.untrusted import orders_a_model, plain, quotable

# An exercise does not come back to a pair within this many sessions.
FRESH_SESSIONS = 4
_HONORIFICS = {"dr", "mr", "mrs", "ms", "mx", "prof", "professor", "sir", "dame"}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(_Frozen):
    """One of the two, as both may know them."""

    first_name: str
    role_title: str | None
    department: str | None
    strengths: tuple[str, ...]
    wants_to_learn: tuple[str, ...]


class OpenAction(_Frozen):
    """Something one of the two said they would do; `session_id` is the session it was agreed in, if known."""

    owner: Role
    text: str
    due_on: date | None
    session_id: str | None


class Carried(_Frozen):
    """An activity that was planned for a session that did not take place."""

    activity_id: str
    session_id: str
    session_number: int


class SessionBrief(_Frozen):
    """All that an agenda is made from and both people may know.

    `position` counts the sessions that were not cancelled, from 1; `actions` are first due first.
    """

    program: str
    session_id: str
    number: int
    position: int
    planned_sessions: int
    stage: Stage
    minutes: int
    scheduled_on: date
    format: str | None
    focus: str | None
    mentor: Person
    mentee: Person
    goals: tuple[str, ...]
    topics: tuple[Topic, ...]
    actions: tuple[OpenAction, ...]
    previous_session_id: str | None
    recent_activities: tuple[str, ...]
    carried: Carried | None

    def person(self, role: Role) -> Person:
        """The mentor or the mentee."""
        return self.mentor if role == "mentor" else self.mentee


@dataclass(frozen=True)
class PrivateBrief:
    """What one person told the coach alone. `set_aside` counts what was left out for that person's sake."""

    note: str
    accessibility: str
    set_aside: int


class Avoidance:
    """What the two asked to keep out, either of them; neither learns what the other asked."""

    def __init__(self, phrases: list[str]) -> None:
        phrases = [unicodedata.normalize("NFC", phrase) for phrase in phrases]
        self.topics: frozenset[Topic] = frozenset(
            topic for topic in TOPICS for phrase in phrases if _words(phrase) == _words(topic)
        )
        patterns = [
            # The last word may carry another ending: who avoids "layoffs" avoids "layoff" too.
            r"(?<!\w)" + r"\W+".join([*map(re.escape, words[:-1]), _any_ending(words[-1])]) + r"(?!\w)"
            for words in map(_words, phrases)
            if words
        ]
        self._pattern = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked to be kept out."""
        return self._pattern is None

    def touches(self, text: str) -> bool:
        """Whether the text names something to keep out."""
        return self._pattern is not None and self._pattern.search(unicodedata.normalize("NFC", text)) is not None


@dataclass(frozen=True)
class Briefing:
    """The brief that both may know, and each one's private part."""

    brief: SessionBrief
    mentor: PrivateBrief
    mentee: PrivateBrief
    avoid: Avoidance
    asked: frozenset[str]

    def private(self, role: Role) -> PrivateBrief:
        """The private part of the mentor or the mentee."""
        return self.mentor if role == "mentor" else self.mentee


def stage_of(position: int, planned: int) -> Stage:
    """The stage of the session at `position`, counted from 1, of `planned` ones.

    The first is the kickoff and the last planned one the closing; the midpoint is where half of them are done. What
    comes beyond the plan is a building session.
    """
    if position == 1:
        return "kickoff"
    if position == planned:
        return "closing"
    if planned >= 3 and position == math.ceil(planned / 2):
        return "midpoint"
    return "building"


def position_of(session: MentoringSession, sessions: list[MentoringSession]) -> int:
    """Which meeting of the pair this is, from 1: cancelled ones before it do not count."""
    return 1 + sum(other.number < session.number and other.status != "cancelled" for other in sessions)


def make_brief(facts: AgendaFacts) -> Briefing:
    """The briefing for a session, from what the database knows."""
    people, session = facts.people, facts.session
    pair = people.pair
    avoid = Avoidance(people.mentor.avoid_topics + people.mentee.avoid_topics)
    position = position_of(session, facts.sessions)
    earlier = [row for row in facts.sessions if row.number < session.number]
    first_names = _first_names(people.mentor.name, people.mentee.name)

    def kept(texts: list[str], limit: int) -> tuple[str, ...]:
        cleaned = (quotable(text, limit) for text in texts)
        return tuple(text for text in dict.fromkeys(cleaned) if text and not avoid.touches(text))

    def person(row: Participant, first_name: str) -> Person:
        return Person(
            first_name=first_name,
            role_title=next(iter(kept([row.role_title or ""], 80)), None),
            department=next(iter(kept([row.department or ""], 80)), None),
            strengths=kept(row.strengths, 80),
            wants_to_learn=kept(row.wants_to_learn, 80),
        )

    def private(row: Participant) -> PrivateBrief:
        own = Avoidance(row.avoid_topics)
        return PrivateBrief(
            note=quotable(facts.notes.get(row.id, ""), 600),
            accessibility=quotable(row.accessibility or "", 200),
            set_aside=sum(own.touches(text) for text in [*pair.goals, *(action.text for action in facts.actions)]),
        )

    actions = (
        OpenAction(
            owner="mentor" if action.owner == "mentor" else "mentee",
            text=text,
            due_on=action.due_on,
            session_id=action.session_id,
        )
        for action in facts.actions
        if (text := quotable(action.text, 200)) and not avoid.touches(text)
    )
    topics = tuple(topic for topic in get_args(Topic) if topic in pair.topics and topic not in avoid.topics)
    brief = SessionBrief(
        program=next(iter(kept([facts.program.name], 80)), "the program"),
        session_id=session.id,
        number=session.number,
        position=position,
        planned_sessions=pair.planned_sessions,
        stage=stage_of(position, pair.planned_sessions),
        minutes=session.minutes,
        scheduled_on=session.scheduled_at.date(),
        format=next(iter(kept([session.format or ""], 60)), None),
        focus=next(iter(kept([session.focus or ""], 200)), None),
        mentor=person(people.mentor, first_names[0]),
        mentee=person(people.mentee, first_names[1]),
        goals=kept(pair.goals, 160),
        topics=topics,
        actions=tuple(actions),
        previous_session_id=earlier[-1].id if earlier else None,
        recent_activities=_recent(facts),
        carried=_carried(facts),
    )
    return Briefing(
        brief=brief, mentor=private(people.mentor), mentee=private(people.mentee), avoid=avoid, asked=facts.asked
    )


def _recent(facts: AgendaFacts) -> tuple[str, ...]:
    """Activities of the last sessions, and those that an earlier version of this session's agenda used."""
    number = facts.session.number
    return tuple(
        activity
        for past in facts.past
        if number - FRESH_SESSIONS < past.number <= number and not _fell_through(past.status, past.number, number)
        for activity in past.activity_ids
    )


def _carried(facts: AgendaFacts) -> Carried | None:
    """The first activity of the session before this one, when that was prepared but did not take place."""
    past = [agenda for agenda in facts.past if agenda.number < facts.session.number]
    if not past or not past[-1].activity_ids:
        return None
    last = past[-1]
    if last.number != facts.session.number - 1 or not _fell_through(last.status, last.number, facts.session.number):
        return None
    return Carried(activity_id=last.activity_ids[0], session_id=last.session_id, session_number=last.number)


def _fell_through(status: str, number: int, before: int) -> bool:
    return status in {"cancelled", "postponed"} and number < before


def _first_names(mentor: str, mentee: str) -> tuple[str, str]:
    """What the agenda calls the two: their first names, or more of the name where those are the same."""
    names = _shown_name(mentor) or "The mentor", _shown_name(mentee) or "The mentee"
    first = _first_name(names[0]), _first_name(names[1])
    if first[0].casefold() != first[1].casefold():
        return first
    if names[0].casefold() != names[1].casefold():
        return names
    return f"{names[0]} (mentor)", f"{names[1]} (mentee)"


def _shown_name(name: str) -> str:
    """The name as it may be shown; of one that goes on to give orders to a model only the beginning."""
    shown = plain(name, 80)
    return " ".join(shown.split()[:2]) if orders_a_model(shown) else shown


def _first_name(name: str) -> str:
    words = name.split()
    if words[0].rstrip(".").casefold() in _HONORIFICS:
        return name
    return words[0].rstrip(",") if len(words[0].rstrip(".")) > 1 else name


def _any_ending(word: str) -> str:
    """A pattern for the word in the singular, the plural and the genitive."""
    stem = word
    if len(word) > 3:
        stem = word.removesuffix("ies") + "y" if word.endswith("ies") else word.removesuffix("s")
    if stem.endswith("y") and len(stem) > 3:
        return rf"(?:{re.escape(stem)}|{re.escape(stem[:-1])}ies)(?:'s|’s)?"
    return rf"{re.escape(stem)}(?:s|es|'s|’s)?"


def _words(phrase: str) -> list[str]:
    return re.findall(r"\w+", phrase.lower())
