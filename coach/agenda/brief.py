"""The brief: a frozen snapshot of all that an agenda is made from, with what people typed made fit to quote.

What both may know is in `SessionBrief`, which is stored with the agenda. What one person told the coach alone is in
`PrivateBrief`; it reaches only that person's prep.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import get_args

from pydantic import BaseModel, ConfigDict, Field

from coach.agenda import series, stages
from coach.agenda.avoidance import Avoidance
from coach.agenda.circumstances import (
    Channel,
    Need,
    Place,
    channel_of,
    is_far_apart,
    is_walk,
    place_of,
)
from coach.agenda.lived import leans_on_a_life, rest_due
from coach.agenda.scope import Beyond, beyond
from coach.agenda.series import RESTART_AFTER, Carried
from coach.agenda.stages import Late, position_of, stage_at
from coach.agenda.understood import BY_WORDS_ALONE, Understood
from coach.models import EXPERIENCE_LIMIT, Participant
from coach.names import first_names_of
from coach.retrieval.library import Role, Stage, Topic
from coach.store.agendas import AgendaFacts
from coach.untrusted import quotable, shorten
from coach.wish_words import Wish
from coach.wishes import LASTING, hear, opposed_wishes, read_wishes, stated_wishes, weighed_on

# The longest goal that the interface takes.
_LONGEST_TYPED = 2_000
_WANTS = re.compile(r"\b(?:what|how|why|whether|learn|understand|want|need|should|could)\b", re.IGNORECASE)
_PIECES = re.compile(r"(?<=[.!?;])\s+|,\s+|\s[-–—]\s")


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
    """Something one of the two said they would do; `session_id` is the session it was agreed in, if known, and
    `carried` in how many meetings since it was open.
    """

    owner: Role
    text: str
    due_on: date | None
    session_id: str | None
    carried: int = Field(default=0, exclude_if=lambda carried: not carried)


class SessionBrief(_Frozen):
    """All that an agenda is made from and both people may know.

    `position` is that of `coach.agenda.stages.position_of`; `actions` are first due first. `carried` was planned
    for a session that fell through, `carried_besides` with it, `unfinished` begun in the last one; `planned_in_vain` is
    all that sessions around this one were to hold that fell through, and comes back only where it is chosen anew.
    `missed` sessions in a row fell through just before this one; `late` is what was due before it and comes now.
    `reached` are goals reached since the last meeting, `reached_before` those reached earlier, `new_goals` those of
    `goals` that no agenda so far was made for, and `goals_at_rest` those that nothing in this one works on.
    `held_activities` are those of the meetings held so far, newest first, and `done_before` all activities of other
    meetings, the last done last. `unstated` are the wishes that no words of theirs state, `opposed` those that the
    other one wants the other way round, and `weighed_on` are those of the two whose own story was the subject too
    often. `wishes` are those that no meeting has taken up since, and `heeded` what the plan keeps to without another
    word. `days_ahead` are the whole days between asking for the agenda and the meeting, 0 where that is not known.
    `needs` says how the two work, without whose need it is, and `more_needs` whether one is of no kind that the coach
    knows; `beyond` is what they typed that belongs elsewhere, and is no goal here.

    What came later than the first version has a default, so that briefs stored before can still be read.
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
    unfinished: tuple[Carried, ...] = ()
    carried_besides: tuple[Carried, ...] = ()
    planned_in_vain: tuple[Carried, ...] = ()
    missed: int = 0
    late: Late | None = None
    reached: tuple[str, ...] = ()
    # Left out where there is none: briefs of most pairs stay what they were, and so do the evals' inputs.
    reached_before: tuple[str, ...] = Field(default=(), exclude_if=lambda reached: not reached)
    new_goals: tuple[str, ...] = Field(default=(), exclude_if=lambda goals: not goals)
    wishes: tuple[Wish, ...] = ()
    unstated: tuple[Wish, ...] = ()
    opposed: tuple[Wish, ...] = ()
    heeded: tuple[Wish, ...] = Field(default=(), exclude_if=lambda heeded: not heeded)
    weighed_on: tuple[Role, ...] = ()
    goals_at_rest: tuple[str, ...] = Field(default=(), exclude_if=lambda goals: not goals)
    days_ahead: int = 0
    done_before: tuple[str, ...] = ()
    held_activities: tuple[tuple[str, ...], ...] = ()
    place: Place | None = None
    walking: bool = False
    channel: Channel | None = None
    far_apart: bool = False
    needs: tuple[Need, ...] = ()
    more_needs: bool = False
    beyond: tuple[Beyond, ...] = ()

    @property
    def restart(self) -> bool:
        """Whether so many meetings were missed that this one begins again."""
        return self.missed >= RESTART_AFTER

    @property
    def to_take_up(self) -> tuple[Carried, ...]:
        """The activities that come before new ones, in this order."""
        return (*([self.carried] if self.carried else []), *self.unfinished, *self.carried_besides)

    @property
    def goals_at_work(self) -> tuple[str, ...]:
        """The goals that this meeting works on."""
        return tuple(goal for goal in self.goals if goal not in self.goals_at_rest)

    @property
    def ends(self) -> bool:
        """Whether no further meeting is planned after this one."""
        return self.stage == "closing" or self.position == self.planned_sessions == 1

    @property
    def nothing_shown(self) -> bool:
        """Whether they meet where nobody can look at a screen or a page together."""
        return self.walking or self.channel is not None

    def carried_as(self, session_id: str | None, activity_id: str | None) -> Carried | None:
        """What is known of an activity that comes from this session; None where it does not. Without an activity, of
        the first that does.
        """
        return next(
            (
                one
                for one in (*self.unfinished, *self.to_take_up, *self.planned_in_vain)
                if one.session_id == session_id and activity_id in {None, one.activity_id}
            ),
            None,
        )

    def heeds(self, wish: Wish) -> bool:
        """Whether the plan keeps to this wish, whether or not the agenda says so."""
        return wish in self.wishes or wish in self.heeded

    def person(self, role: Role) -> Person:
        """The mentor or the mentee."""
        return self.mentor if role == "mentor" else self.mentee


@dataclass(frozen=True)
class PrivateBrief:
    """What one person told the coach alone. `set_aside` counts what was left out for that person's sake, and
    `experience_limit` says how many meetings in a row may draw on what this person has lived through.
    """

    note: str
    accessibility: str
    set_aside: int
    needs: tuple[Need, ...] = ()
    more_needs: bool = False
    experience_limit: int = EXPERIENCE_LIMIT


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


def heart(text: str, limit: int) -> str:
    """The text where it fits into `limit` characters; of a longer one its longest sentence or clause that does,
    before others one that asks or wants something.

    A goal told as a story has its point in the middle, and its beginning says little.
    """
    if len(text) <= limit:
        return text
    pieces = [piece.strip() for piece in _PIECES.split(text)]
    long_enough = (piece for piece in pieces if limit <= 3 * len(piece) <= 3 * (limit - 4))
    best = max(long_enough, key=lambda piece: (_WANTS.search(piece) is not None, len(piece)), default="")
    if not best:
        return shorten(text, limit)
    begins, ends = text.startswith(best), text.endswith(best)
    return f"{'' if begins else '… '}{best}{'' if ends or best[-1] in '.!?' else ' …'}"


def make_brief(facts: AgendaFacts, understood: Understood = BY_WORDS_ALONE) -> Briefing:
    """The briefing for a session, from what the database knows and from what was understood of what the two typed of
    themselves.
    """
    people, session = facts.people, facts.session
    pair = people.pair
    avoid = understood.kept_out(people.mentor.avoid_topics + people.mentee.avoid_topics)
    position, had = position_of(session, facts.sessions), series.stages_had(facts)
    first_names = first_names_of(people.mentor.name, people.mentee.name)

    def kept(texts: list[str], limit: int, cut: Callable[[str, int], str] = shorten) -> tuple[str, ...]:
        cleaned = map(_shared, texts)
        return tuple(dict.fromkeys(cut(text, limit) for text in cleaned if text and not avoid.touches(text)))

    def person(row: Participant, first_name: str) -> Person:
        return Person(
            first_name=first_name,
            role_title=next(iter(kept([row.role_title or ""], 80)), None),
            department=next(iter(kept([row.department or ""], 80)), None),
            strengths=kept(row.strengths, 80),
            wants_to_learn=kept(row.wants_to_learn, 80),
        )

    def private(row: Participant) -> PrivateBrief:
        own = understood.kept_out(row.avoid_topics)
        return PrivateBrief(
            note=quotable(facts.notes.get(row.id, ""), 600),
            accessibility=quotable(row.accessibility or "", 200),
            needs=understood.needs_in([row.accessibility] if row.accessibility else []),
            more_needs=understood.holds_more([row.accessibility] if row.accessibility else []),
            set_aside=sum(
                map(own.touches, [*pair.goals, session.focus or "", *(action.text for action in facts.actions)])
            )
            + len(own.topics.intersection(pair.topics)),
            experience_limit=row.experience_limit,
        )

    needs = [text for text in (people.mentor.accessibility, people.mentee.accessibility) if text]
    actions = (
        OpenAction(
            owner="mentor" if action.owner == "mentor" else "mentee",
            text=text,
            due_on=action.due_on,
            session_id=action.session_id,
            carried=series.times_carried(action, facts),
        )
        for action in facts.actions
        if (text := shorten(_shared(action.text), 200)) and not avoid.touches(text)
    )
    topics = tuple(topic for topic in get_args(Topic) if topic in pair.topics and topic not in avoid.topics)
    goals, focus = kept(pair.goals, 160, heart), next(iter(kept([session.focus or ""], 200)), None)
    # What belongs elsewhere may stand in the part of a long goal that is not quoted.
    whole = {heart(text, 160): text for text in map(_shared, pair.goals)}
    quoted = list(dict.fromkeys([*goals, *([focus] if focus else [])]))
    elsewhere = tuple(
        Beyond(text=text, matter=found.matter, as_focus=text not in goals)
        for text in quoted
        for found in _beyond(whole.get(text, text))
    )
    told = {one.text for one in elsewhere}
    stage = stage_at(session, facts.sessions, pair.planned_sessions, had)
    shared = [hear(said) for said in series.last_feedback(facts)]
    asked, answered, stated = read_wishes(shared), series.answered(facts), stated_wishes(shared)
    wishes = tuple(wish for wish in asked if wish not in answered)
    opposed, weighed = opposed_wishes(shared), weighed_on(shared)
    leaning = {text for text in quoted if leans_on_a_life(text)}
    at_rest = leaning if leaning and rest_due(facts, weighs="mentor" in weighed) else set()
    # A look at what came of all goals looks at these, too.
    left_out = told | (at_rest if stage == "building" else set())
    brief = SessionBrief(
        program=next(iter(kept([facts.program.name], 80)), "the program"),
        session_id=session.id,
        number=session.number,
        position=position,
        planned_sessions=pair.planned_sessions,
        stage=stage,
        minutes=session.minutes,
        scheduled_on=session.scheduled_at.date(),
        format=next(iter(kept([session.format or ""], 60)), None),
        focus=None if focus in told | at_rest else focus,
        mentor=person(people.mentor, first_names[0]),
        mentee=person(people.mentee, first_names[1]),
        goals=tuple(goal for goal in goals if goal not in left_out),
        topics=topics,
        actions=tuple(actions),
        previous_session_id=series.previous(facts),
        recent_activities=series.recent(facts),
        carried=series.carried(facts),
        unfinished=series.unfinished(facts),
        carried_besides=series.carried_besides(facts),
        planned_in_vain=series.planned_in_vain(facts),
        missed=series.missed(facts),
        late=stages.late(session, facts.sessions, pair.planned_sessions, had),
        reached=kept(series.reached(facts), 160, heart),
        reached_before=kept(series.reached_before(facts), 160, heart),
        new_goals=series.new_goals(facts, (goal for goal in goals if goal not in left_out)),
        wishes=wishes,
        unstated=tuple(wish for wish in wishes if wish not in stated),
        opposed=tuple(wish for wish in wishes if wish in opposed),
        heeded=tuple(wish for wish in asked if wish in LASTING & answered - opposed),
        weighed_on=tuple(role for role in get_args(Role) if role in weighed),
        goals_at_rest=tuple(text for text in dict.fromkeys(quoted) if text in at_rest),
        days_ahead=max((session.scheduled_at - facts.asked_at).days, 0) if facts.asked_at else 0,
        done_before=series.done_before(facts),
        held_activities=series.held_activities(facts),
        place=place_of(session.format),
        walking=is_walk(session.format),
        channel=channel_of(session.format),
        far_apart=is_far_apart([session.format or "", *needs]),
        needs=understood.needs_in(needs),
        more_needs=understood.holds_more(needs),
        beyond=elsewhere,
    )
    return Briefing(
        brief=brief, mentor=private(people.mentor), mentee=private(people.mentee), avoid=avoid, asked=facts.asked
    )


def forget_words() -> None:
    """Let go of what pairs typed."""
    _shared.cache_clear()
    _beyond.cache_clear()


# Looked at once, mostly when the pair is planned, and then with each of its agendas. Private words are not kept.
@lru_cache(maxsize=4096)
def _shared(text: str) -> str:
    return quotable(text, _LONGEST_TYPED)


@lru_cache(maxsize=4096)
def _beyond(text: str) -> tuple[Beyond, ...]:
    return beyond([text])
