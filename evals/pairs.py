"""The pairs of the eval set: people, goals and what came before, as a coordinator would write them down.

`datasets/pairs/*.yaml` hold them; each becomes what the database would know, and from there the service's own code
takes over. Days are counted from a fixed one, so that every run is the same.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from coach.agenda.brief import Briefing, make_brief
from coach.models import ActionItem, MentoringSession, Pair, Participant, Program
from coach.retrieval.library import Role, Topic
from coach.store.agendas import AgendaFacts, PastAgenda
from coach.store.feedback import SharedFeedback
from coach.store.pairs import PairPeople
from evals.rows import distinct, yaml_files, yaml_rows

FOLDER = Path(__file__).with_name("datasets") / "pairs"
# Every pair meets on this day; what came before lies three weeks apart.
TODAY = datetime(2026, 9, 14, 9, tzinfo=UTC)
_BETWEEN = timedelta(weeks=3)

Trait = Literal[
    "plain",
    "vague",
    "hostile",
    "contradictory",
    "opted-out",
    "off-scope",
    "accessibility",
    "cancelled",
    "conflict",
    "injection",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Someone(_Strict):
    """One of the two; `note` is what this person told the coach alone."""

    name: str
    role_title: str
    department: str
    strengths: tuple[str, ...] = ()
    wants_to_learn: tuple[str, ...] = ()
    avoid_topics: tuple[str, ...] = ()
    accessibility: str | None = None
    note: str | None = None


class Answer(_Strict):
    """Feedback that one shared with the other."""

    usefulness: Annotated[int, Field(ge=1, le=5)] | None = None
    safety: Annotated[int, Field(ge=1, le=5)] | None = None
    progress: Annotated[int, Field(ge=1, le=5)] | None = None
    went_well: str | None = None
    to_change: str | None = None


class Earlier(_Strict):
    """A session before the one that the agenda is for."""

    status: Literal["held", "cancelled", "postponed"]
    minutes: Annotated[int, Field(ge=15, le=180)] = 60
    format: str | None = None
    feedback: dict[Role, Answer] = Field(default_factory=dict)


class Action(_Strict):
    """Something one of the two took on, in the session number `after`."""

    owner: Role
    text: str
    after: int | None = None
    due_in_days: int | None = None


class Meeting(_Strict):
    """The session that the agenda is for."""

    minutes: Annotated[int, Field(ge=15, le=180)]
    focus: str | None = None
    format: str | None = None


class PairCase(_Strict):
    """One pair; `traits` say what is hard about it, or that it is plain."""

    name: str
    why: str
    traits: Annotated[tuple[Trait, ...], Field(min_length=1)]
    industry: str
    culture: str
    mentor: Someone
    mentee: Someone
    goals: Annotated[tuple[str, ...], Field(min_length=1, max_length=3)]
    topics: tuple[Topic, ...]
    planned_sessions: Annotated[int, Field(ge=1, le=60)]
    past: tuple[Earlier, ...] = ()
    actions: tuple[Action, ...] = ()
    session: Meeting

    @model_validator(mode="after")
    def _of_its_past(self) -> Self:
        for action in self.actions:
            if action.after is not None and not 1 <= action.after <= len(self.past):
                raise ValueError(f"“{action.text}” is of session {action.after}, and {len(self.past)} are past")
        return self

    def facts(self, past: tuple[PastAgenda, ...] = (), asked: frozenset[str] = frozenset()) -> AgendaFacts:
        """What the database would know of this pair; `past` are agendas that it was given before."""
        sessions = [
            self._session(number, earlier.status, earlier.minutes, earlier.format, None)
            for number, earlier in enumerate(self.past, start=1)
        ]
        last = len(sessions) + 1
        session = self._session(last, "planned", self.session.minutes, self.session.format, self.session.focus)
        people = PairPeople(
            pair=Pair(
                id="pair",
                program_id="program",
                mentor_id="mentor",
                mentee_id="mentee",
                goals=list(self.goals),
                topics=list(self.topics),
                planned_sessions=self.planned_sessions,
            ),
            mentor=participant("mentor", self.mentor),
            mentee=participant("mentee", self.mentee),
        )
        return AgendaFacts(
            program=Program(id="program", name="Bridge", planned_sessions=6),
            people=people,
            session=session,
            sessions=[*sessions, session],
            actions=sorted(
                map(_action, self.actions), key=lambda row: (row.due_on is None, row.due_on or TODAY.date())
            ),
            notes={
                role: someone.note
                for role, someone in (("mentor", self.mentor), ("mentee", self.mentee))
                if someone.note is not None
            },
            past=list(past),
            asked=asked,
            feedback=tuple(
                SharedFeedback(
                    session_id=f"session-{number}",
                    session_number=number,
                    role=role,
                    themes=(),
                    **answer.model_dump(),
                )
                for number, earlier in enumerate(self.past, start=1)
                for role, answer in earlier.feedback.items()
            ),
        )

    def groups(self) -> dict[str, Sequence[str]]:
        """What the pair is of."""
        brief = self.briefing().brief
        return {"stage": [brief.stage], "topic": self.topics, "trait": self.traits, "industry": [self.industry]}

    def briefing(self) -> Briefing:
        """The briefing that the service would make."""
        return make_brief(self.facts())

    def _session(
        self, number: int, status: str, minutes: int, where: str | None, focus: str | None
    ) -> MentoringSession:
        day = TODAY - (len(self.past) + 1 - number) * _BETWEEN
        return MentoringSession(
            id=f"session-{number}",
            pair_id="pair",
            number=number,
            scheduled_at=day,
            minutes=minutes,
            focus=focus,
            format=where,
            status=status,
            held_at=day if status == "held" else None,
        )


@cache
def read_pairs(folder: Path = FOLDER) -> tuple[PairCase, ...]:
    """Every pair of the eval set, by file and place. Raises PartNotRun naming the file and the line that is wrong."""
    return tuple(distinct(PairCase, (row for file in yaml_files(folder) for row in yaml_rows(file))))


def participant(role: str, someone: Someone) -> Participant:
    """The row of one of the two, under the role as its id."""
    known = someone.model_dump(exclude={"note"})
    lists = {key: list(value) for key, value in known.items() if isinstance(value, tuple)}
    return Participant(id=role, program_id="program", **{**known, **lists})


def _action(action: Action) -> ActionItem:
    due = None if action.due_in_days is None else (TODAY + timedelta(days=action.due_in_days)).date()
    session = f"session-{action.after}" if action.after else None
    return ActionItem(pair_id="pair", owner=action.owner, text=action.text, due_on=due, session_id=session)
