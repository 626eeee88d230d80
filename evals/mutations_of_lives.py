"""Known ways to lose the thread between a pair's meetings, and what each asked for: more of `evals.mutations`."""

# What each breaks is said once, in the list of mutations.
# ruff: noqa: D103

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from coach.agenda import choose, own, pipeline, plan, series, stages
from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.plan import AgendaPlan
from coach.agenda.series import Carried
from coach.retrieval.library import Role
from coach.store.agendas import AgendaFacts, PastAgenda
from evals.breakages import Mutation, becomes, wrapped


def last_planned(original: Any, activity: str, newest_first: list[PastAgenda]) -> Carried:
    carried: Carried = original(activity, newest_first[:1])
    return carried


def all_reached(facts: AgendaFacts) -> list[str]:
    return [str(goal["text"]) for goal in facts.people.pair.reached]


def first_goal_first(original: Any, slots: Any, told: SessionBrief) -> Any:
    return original(slots, told.model_copy(update={"position": 1}))


def closing_for_good(original: Any, position: int, planned: int) -> Any:
    return original(min(position, planned), planned)


def others_part(original: Any, role: Role, made: AgendaPlan, briefing: Briefing) -> Any:
    other: Role = "mentee" if role == "mentor" else "mentor"
    return original(other, made, briefing)


async def nothing_opted_out(*args: Any) -> bool:
    return False


def of_any_stage(original: Any, *args: Any) -> Any:
    return [replace(narrowing, stage=None) for narrowing in original(*args)]


MUTATIONS_OF_LIVES: Sequence[Mutation] = (
    Mutation(
        "lineage one step short",
        "what fell through twice is said to be carried over from the second time",
        ("lives.lineage-true",),
        wrapped(series, "_first_planned", last_planned),
    ),
    Mutation(
        "unfinished forgotten",
        "what a pair began and did not finish is not taken up again",
        ("lives.prepared-comes-back",),
        becomes(series, "unfinished", lambda facts: ()),
    ),
    Mutation(
        "answers repeated",
        "a wish that a meeting has taken up is answered at the next ones, too",
        ("lives.asked-once",),
        becomes(series, "answered", lambda facts: frozenset()),
    ),
    Mutation(
        "celebrated for good",
        "a goal that was reached is celebrated at every meeting from then on",
        ("lives.reached-once",),
        becomes(series, "reached", all_reached),
    ),
    Mutation(
        "first goal always first",
        "goals do not take turns",
        ("lives.goals-in-turn",),
        wrapped(plan, "_give_goals", first_goal_first),
    ),
    Mutation(
        "load limit ignored",
        "every meeting draws on what the mentor has lived through",
        ("lives.load-kept",),
        becomes(choose, "rests", lambda briefing, search: frozenset()),
    ),
    Mutation(
        "every later meeting closes",
        "what comes beyond the plan is a farewell again",
        ("lives.stages-in-order",),
        wrapped(stages, "stage_of", closing_for_good),
    ),
    Mutation(
        "preps exchanged",
        "each prepares what the other one is to bring",
        ("pairs.prep-is-theirs",),
        wrapped(pipeline, "compose_prep", others_part),
    ),
    Mutation(
        "own documents on what is kept out",
        "a program's paper is named to who asked to keep its subject out",
        ("own-documents.own-kept-out",),
        becomes(own, "_opted_out", nothing_opted_out),
    ),
    Mutation(
        "starters of any stage",
        "a first meeting is asked what the meetings have changed",
        ("starters.stage-kept",),
        wrapped(choose, "_starter_narrowings", of_any_stage),
    ),
)
