"""The part `lives`: what becomes of a pair's series when meetings fall through, goals are reached and wishes are heard.

`datasets/lives` tells what happened to pairs, meeting by meeting. Before each meeting the composer makes its agenda
from all that came before, as the service would from its database; the metrics look at what one agenda owes to others.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_evals.reporting import EvaluationReport

from coach.agenda.pipeline import AgendaMaker, briefing_for
from coach.models import EXPERIENCE_LIMIT, MentoringSession, Pair, Program
from coach.retrieval.library import Role, Topic
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store.agendas import AgendaFacts, PastAgenda, starter_key
from coach.store.feedback import SharedFeedback
from coach.store.pairs import PairPeople
from coach.wish_words import Wish
from coach.wishes import ASKED
from evals.library_index import library_index
from evals.pairs import Answer, Someone, participant
from evals.parts import Metric, Part, PartNotRun, judged, register
from evals.progress import counted
from evals.rows import distinct, yaml_files, yaml_rows

FOLDER = Path(__file__).with_name("datasets") / "lives"
# Every life is over by now, so that no clock changes what is past.
_BEGAN = datetime(2025, 1, 13, 9, tzinfo=UTC)
_BETWEEN = timedelta(weeks=3)
_ASKED_AHEAD, _AFTER = timedelta(days=2), timedelta(days=1)
_QUOTED_CHARACTERS = 40
# Activities on these topics draw on what the junior has lived through.
_LIVED_THROUGH = frozenset({"inclusion", "generational-differences"})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Happened(_Strict):
    """What came of one meeting.

    With `unfinished` the pair marks the first activity of its agenda as begun and not finished; `asks` is what a person
    reads in the feedback as wishes for the next meeting; `reached` are the numbers of the goals, from 1, that the pair
    marks as reached after it.
    """

    status: Literal["held", "cancelled", "postponed"] = "held"
    minutes: Annotated[int, Field(ge=15, le=180)] = 60
    unfinished: bool = False
    feedback: dict[Role, Answer] = Field(default_factory=dict)
    asks: tuple[Wish, ...] = ()
    reached: tuple[int, ...] = ()


class Life(_Strict):
    """A pair and its meetings, in order. `experience_limit` is the mentor's."""

    name: str
    why: str
    mentor: Someone
    mentee: Someone
    goals: Annotated[tuple[str, ...], Field(min_length=1, max_length=3)]
    topics: tuple[Topic, ...]
    planned_sessions: Annotated[int, Field(ge=1, le=60)]
    experience_limit: Annotated[int, Field(ge=0, le=10)] = EXPERIENCE_LIMIT
    meetings: Annotated[tuple[Happened, ...], Field(min_length=2)]

    def before(self, number: int) -> Sequence[Happened]:
        """The meetings before the one of this number, from 1."""
        return self.meetings[: number - 1]

    def goal(self, number: int) -> str:
        """The goal of this number, from 1."""
        return self.goals[number - 1]


@dataclass(frozen=True)
class Lived:
    """The agendas of a life, in order; `topics` are those of the activities in them, by id."""

    agendas: Sequence[dict[str, Any]]
    topics: Mapping[str, str | None]

    def shown(self) -> list[dict[str, Any]]:
        """Of each agenda what ties it to the others."""
        return [
            {
                "title": agenda["title"],
                "stage": agenda["stage"],
                "minutes": agenda["minutes"],
                "items": [
                    {key: item[key] for key in ("title", "goal", "because", "activity", "carried_over_from")}
                    for item in agenda["items"]
                ],
            }
            for agenda in self.agendas
        ]

    def activities(self, number: int) -> list[str]:
        """The activities of the agenda of this number, from 1, in its order."""
        return [item["activity"] for item in self.agendas[number - 1]["items"] if item["activity"]]

    def numbered(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each agenda behind its number, from 1."""
        return enumerate(self.agendas, start=1)


class LineageTrue(Metric[Life, Lived]):
    """Who reads “carried over from session 2” and knows that it was never in session 2 stops believing the rest."""

    def faults(self, inputs: Life, output: Lived) -> list[str] | None:
        """What is said to be carried over from another meeting than the one in which it was left."""
        found = []
        for number, agenda in output.numbered():
            for item in agenda["items"]:
                if item["activity"] is None or item["carried_over_from"] is None:
                    continue
                left = _left_in(item["activity"], number, inputs, output)
                told = item["carried_over_from"].removeprefix("session-")
                if told not in map(str, left) or f"session {told}" not in item["because"]:
                    found.append(f"agenda {number}: {item['activity']} was left in {left}: {item['because']}")
        return found


class PreparedComesBack(Metric[Life, Lived]):
    """What two people prepared for, and then never hear of again, they do not prepare for a second time."""

    def faults(self, inputs: Life, output: Lived) -> list[str] | None:
        """The first activity of a meeting that fell through or did not finish it, where the next agenda has activities
        and not this one.
        """
        found = []
        for number, happened in enumerate(inputs.meetings[:-1], start=1):
            if happened.status == "held" and not happened.unfinished:
                continue
            left, now = output.activities(number), output.activities(number + 1)
            if left and now and left[0] not in now:
                found.append(f"agenda {number + 1}: {left[0]} of session {number} is missing")
        return found


class AskedOnce(Metric[Life, Lived]):
    """Feedback that the next agenda does not answer was given for nothing, and an answer to what was settled weeks ago
    says that nobody keeps count.
    """

    def faults(self, inputs: Life, output: Lived) -> list[str] | None:
        """Wishes for this meeting that its agenda does not answer, and answers to what was not asked for it."""
        wanted: frozenset[Wish] = frozenset()
        found = []
        for number, agenda in output.numbered():
            answers = " ".join(item["because"] for item in agenda["items"] if "feedback" in item["tied_to"])
            answered = {wish for wish, words in ASKED.items() if f"{words}:" in answers or f"{words}, the" in answers}
            found += [f"agenda {number} does not answer {wish}" for wish in sorted(wanted - answered)]
            found += [f"agenda {number} answers {wish}" for wish in sorted(answered - wanted)]
            happened = inputs.meetings[number - 1]
            # A meeting that fell through has taken up nothing.
            if happened.status == "held":
                wanted = frozenset(happened.asks)
        return found if any(one.asks for one in inputs.meetings) else None


class ReachedOnce(Metric[Life, Lived]):
    """A goal that is celebrated at every meeting was not noticed at any."""

    def faults(self, inputs: Life, output: Lived) -> list[str] | None:
        """Goals reached that the next meeting does not celebrate, and goals that come again."""
        wanted: frozenset[str] = frozenset()
        found = []
        for number, agenda in output.numbered():
            told = " ".join(item["because"] for item in agenda["items"] if item["because"].startswith("You reached"))
            celebrated = {goal for goal in inputs.goals if goal[:_QUOTED_CHARACTERS] in told}
            found += [f"agenda {number} does not celebrate “{goal}”" for goal in sorted(wanted - celebrated)]
            found += [f"agenda {number} celebrates “{goal}”" for goal in sorted(celebrated - wanted)]
            happened = inputs.meetings[number - 1]
            reached = frozenset(map(inputs.goal, happened.reached))
            wanted = reached if happened.status == "held" else wanted | reached
        return found if any(one.reached for one in inputs.meetings) else None


class GoalsInTurn(Metric[Life, Lived]):
    """The goal that stands second on the list is somebody's own, mostly the junior's, and never gets its meeting."""

    def faults(self, inputs: Life, output: Lived) -> list[str] | None:
        """A goal that the first activity serves at two meetings in a row, while another one waits."""
        if len(inputs.goals) < 2 or any(one.reached for one in inputs.meetings):
            return None
        first = [
            next((item["goal"] for item in agenda["items"] if item["activity"]), None)
            for happened, agenda in zip(inputs.meetings, output.agendas, strict=True)
            if happened.status == "held"
        ]
        return [f"“{goal}” comes first twice in a row" for goal, then in pairwise(first) if goal and goal == then]


class LoadKept(Metric[Life, Lived]):
    """Whoever is asked to be the example at every meeting pays for the program with what they have lived through."""

    def faults(self, inputs: Life, output: Lived) -> list[str] | None:
        """Meetings that draw on it where as many held before them in a row as the limit allows did."""
        drew: list[bool] = []
        found = []
        for number, _ in output.numbered():
            draws = any(output.topics.get(one) in _LIVED_THROUGH for one in output.activities(number))
            limit = inputs.experience_limit
            if draws and len(drew) >= limit and all(drew[len(drew) - limit :]):
                found.append(f"agenda {number} draws on it after {limit} in a row")
            if inputs.meetings[number - 1].status == "held":
                drew.append(draws)
        return found if _LIVED_THROUGH.intersection(inputs.topics) else None


class StagesInOrder(Metric[Life, Lived]):
    """A farewell that comes twice, or a series that ends without one, says that nobody has the whole in view."""

    def faults(self, inputs: Life, output: Lived) -> list[str] | None:
        """A first meeting, a look back or a closing that comes again, or at another meeting than its own."""
        found, held = [], 0
        for number, agenda in output.numbered():
            place, stage = held + 1, agenda["stage"]
            halfway = (inputs.planned_sessions + 1) // 2 if inputs.planned_sessions >= 3 else 0
            own = {1: "kickoff", inputs.planned_sessions: "closing"}.get(place)
            wanted = own or ("midpoint" if place == halfway else "building")
            if stage != wanted:
                found.append(f"agenda {number} is a {stage}, where meeting {place} is a {wanted}")
            held += inputs.meetings[number - 1].status == "held"
        return found


METRICS: tuple[type[Metric[Life, Lived]], ...] = (
    LineageTrue,
    PreparedComesBack,
    AskedOnce,
    ReachedOnce,
    GoalsInTurn,
    LoadKept,
    StagesInOrder,
)


def _left_in(activity: str, number: int, life: Life, lived: Lived) -> list[int]:
    """The meetings in which the pair may be said to have been left with this activity before the agenda of this number.

    It is the one that did not finish it, or those that were to hold it and fell through since it was last done. Of a
    row of them just before this meeting it is the first.
    """
    left: list[int] = []
    for earlier in range(number - 1, 0, -1):
        if activity not in lived.activities(earlier):
            continue
        happened = life.meetings[earlier - 1]
        if happened.status == "held":
            if happened.unfinished and lived.activities(earlier)[0] == activity:
                return [earlier]
            break
        left.insert(0, earlier)
    just_before = life.meetings[number - 2].status != "held"
    return left[:1] if just_before else left


def read_lives(folder: Path = FOLDER) -> list[Life]:
    """Every life, by file and place. Raises PartNotRun naming the file and the line that is wrong."""
    return distinct(Life, (row for file in yaml_files(folder) for row in yaml_rows(file)))


async def live(life: Life, search: Search) -> Lived:
    """The agendas of this life, each of which knows what came before."""
    maker = AgendaMaker(search, model=None, timeout_s=1)
    agendas: list[dict[str, Any]] = []
    past: list[PastAgenda] = []
    asked: set[str] = set()
    for number in range(1, len(life.meetings) + 1):
        briefing = await briefing_for(_facts(life, number, past, frozenset(asked)), search)
        made = await maker.make(briefing, "pair", "program")
        agendas.append(made.row.content)
        asked |= set(map(starter_key, made.starters))
        past.append(
            PastAgenda(
                session_id=f"session-{number}",
                number=number,
                status=life.meetings[number - 1].status,
                activity_ids=tuple(made.row.activity_ids),
                made_at=_day(number) - _ASKED_AHEAD,
                stage=briefing.brief.stage,
                wishes=briefing.brief.wishes,
            )
        )
    used = {one for agenda in past for one in agenda.activity_ids}
    return Lived(agendas, {one: search.passages_of(one)[0].document.front.topic for one in used})


def _facts(life: Life, number: int, past: Sequence[PastAgenda], asked: frozenset[str]) -> AgendaFacts:
    """What the database would know before the meeting of this number."""
    sessions = [_session(life, earlier, past) for earlier in range(1, number)]
    session = MentoringSession(
        id=f"session-{number}",
        pair_id="pair",
        number=number,
        scheduled_at=_day(number),
        minutes=life.meetings[number - 1].minutes,
    )
    reached = [
        {"text": life.goal(goal), "at": (_day(place) + _AFTER).isoformat()}
        for place, happened in enumerate(life.before(number), start=1)
        for goal in happened.reached
    ]
    mentor = participant("mentor", life.mentor)
    mentor.experience_limit = life.experience_limit
    return AgendaFacts(
        program=Program(id="program", name="Bridge"),
        people=PairPeople(
            pair=Pair(
                id="pair",
                program_id="program",
                mentor_id="mentor",
                mentee_id="mentee",
                goals=[goal for goal in life.goals if goal not in {one["text"] for one in reached}],
                reached=reached,
                topics=list(life.topics),
                planned_sessions=life.planned_sessions,
            ),
            mentor=mentor,
            mentee=participant("mentee", life.mentee),
        ),
        session=session,
        sessions=[*sessions, session],
        actions=[],
        notes={},
        past=list(past),
        asked=asked,
        feedback=tuple(
            SharedFeedback(session_id=f"session-{place}", session_number=place, role=role, **answer.model_dump())
            for place, happened in enumerate(life.before(number), start=1)
            for role, answer in happened.feedback.items()
        ),
    )


def _session(life: Life, number: int, past: Sequence[PastAgenda]) -> MentoringSession:
    happened = life.meetings[number - 1]
    return MentoringSession(
        id=f"session-{number}",
        pair_id="pair",
        number=number,
        scheduled_at=_day(number),
        minutes=happened.minutes,
        status=happened.status,
        held_at=_day(number) if happened.status == "held" else None,
        unfinished=list(past[number - 1].activity_ids[:1]) if happened.unfinished else [],
    )


def _day(number: int) -> datetime:
    return _BEGAN + number * _BETWEEN


def run() -> EvaluationReport[Any, Any, Any]:
    """The part. Raises PartNotRun or a CoachError."""
    lives = read_lives()
    with library_index(Settings()) as search:
        lived = {life.name: asyncio.run(live(life, search)) for life in counted(lives, lambda one: one.name)}
        if not search.healthy:
            raise PartNotRun("The index failed while the agendas were made. Run it again; the index is built anew.")
    return judged("lives", {life.name: life for life in lives}, METRICS, lived)


register(Part("lives", "whether agendas of one pair fit together, over datasets/lives", METRICS, run))
