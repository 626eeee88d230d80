"""The metrics of lives, on agendas made by hand: each passes a good series and finds the fault in a bad one."""

from typing import Any

import pytest

from evals.lives import (
    METRICS,
    AskedOnce,
    GoalsInTurn,
    Life,
    LineageTrue,
    Lived,
    LoadKept,
    PreparedComesBack,
    ReachedOnce,
    StagesInOrder,
    read_lives,
)
from tests.evals.pairs_by_hand import PAIR, item

SECOND = "Explain our plans so that everybody understands them"
GONE = {"status": "cancelled"}
HELD: dict[str, Any] = {}


def life(*meetings: dict[str, Any], **changes: Any) -> Life:
    known = {key: PAIR[key] for key in ("name", "why", "mentor", "mentee", "topics", "planned_sessions")}
    goals = [*PAIR["goals"], SECOND]
    return Life.model_validate({**known, "goals": goals, "meetings": list(meetings), **changes})


def agenda(*items: dict[str, Any], stage: str = "building") -> dict[str, Any]:
    return {
        "title": "A meeting",
        "stage": stage,
        "minutes": 60,
        "items": [item(**{"goal": None, **one}) for one in items],
    }


def lived(*agendas: dict[str, Any], **topics: str) -> Lived:
    return Lived(agendas, topics)


def carried(activity: str, number: int) -> dict[str, Any]:
    because = f"Carried over from session {number}, which did not take place."
    return {"activity": activity, "carried_over_from": f"session-{number}", "because": because}


def test_what_fell_through_twice_is_from_the_first_time() -> None:
    known = life(HELD, GONE, GONE, HELD)
    before = [agenda({"activity": "a"}), agenda({"activity": "b"}), agenda(carried("b", 2))]
    assert LineageTrue().faults(known, lived(*before, agenda(carried("b", 2)))) == []
    assert LineageTrue().faults(known, lived(*before, agenda(carried("b", 3))))
    assert LineageTrue().faults(known, lived(*before, agenda(carried("a", 1))))
    silent = {**carried("b", 2), "because": "You asked for more doing."}
    assert LineageTrue().faults(known, lived(*before, agenda(silent)))


def test_what_was_not_finished_is_from_the_meeting_that_began_it() -> None:
    known = life({"unfinished": True}, HELD, HELD)
    first = agenda({"activity": "a"})
    assert LineageTrue().faults(known, lived(first, agenda(carried("a", 1)), agenda({"activity": "c"}))) == []
    assert LineageTrue().faults(known, lived(first, agenda({"activity": "b"}), agenda(carried("b", 2))))


@pytest.mark.parametrize("left", [GONE, {"unfinished": True}])
def test_what_was_prepared_and_never_comes_again_is_a_fault(left: dict[str, Any]) -> None:
    known = life(left, HELD)
    assert PreparedComesBack().faults(known, lived(agenda({"activity": "a"}), agenda(carried("a", 1)))) == []
    assert PreparedComesBack().faults(known, lived(agenda({"activity": "a"}), agenda({"activity": "b"})))
    assert PreparedComesBack().faults(known, lived(agenda({"activity": "a"}), agenda({"activity": None}))) == []


def test_a_wish_is_answered_at_the_next_meeting_that_takes_place_and_not_again() -> None:
    asked = {"asks": ["shorter-demos"]}
    answer = agenda({"because": "You asked for shorter demos: today's is 8 minutes.", "tied_to": ["feedback"]})
    known = life(asked, GONE, HELD, HELD)
    assert AskedOnce().faults(known, lived(agenda({}), answer, answer, agenda({}))) == []
    assert AskedOnce().faults(known, lived(agenda({}), answer, agenda({}), agenda({})))
    assert AskedOnce().faults(known, lived(agenda({}), answer, answer, answer))
    assert AskedOnce().faults(life(HELD, HELD), lived(agenda({}), agenda({}))) is None


def test_a_goal_is_celebrated_once_and_not_forgotten() -> None:
    reached = agenda({"because": f"You reached “{SECOND}”."})
    known = life({"reached": [2]}, GONE, HELD, HELD)
    assert ReachedOnce().faults(known, lived(agenda({}), reached, reached, agenda({}))) == []
    assert ReachedOnce().faults(known, lived(agenda({}), reached, reached, reached))
    assert ReachedOnce().faults(known, lived(agenda({}), agenda({}), agenda({}), agenda({})))
    assert ReachedOnce().faults(life(HELD, HELD), lived(agenda({}), agenda({}))) is None


def test_a_goal_that_always_comes_first_is_a_fault_where_another_one_waits() -> None:
    first, second = agenda({"goal": PAIR["goals"][0]}), agenda({"goal": SECOND})
    assert GoalsInTurn().faults(life(HELD, HELD, HELD), lived(first, second, first)) == []
    assert GoalsInTurn().faults(life(HELD, HELD, HELD), lived(first, first, second))
    # What fell through had no turn.
    assert GoalsInTurn().faults(life(GONE, HELD, HELD), lived(first, first, second)) == []
    assert GoalsInTurn().faults(life(HELD, HELD, goals=[SECOND]), lived(second, second)) is None


def test_more_meetings_in_a_row_than_the_limit_that_draw_on_a_life_are_a_fault() -> None:
    drew, rested = agenda({"activity": "a"}), agenda({"activity": "b"})
    known = life(HELD, HELD, HELD, HELD, topics=["inclusion"], experience_limit=2)
    topics = {"a": "inclusion", "b": "career"}
    assert LoadKept().faults(known, lived(drew, drew, rested, drew, **topics)) == []
    assert LoadKept().faults(known, lived(drew, drew, drew, rested, **topics))
    never = life(HELD, HELD, topics=["inclusion"], experience_limit=0)
    assert LoadKept().faults(never, lived(rested, rested, **topics)) == []
    assert LoadKept().faults(never, lived(rested, drew, **topics))
    assert LoadKept().faults(life(HELD, HELD), lived(drew, drew, **topics)) is None


def test_a_stage_at_another_meeting_than_its_own_is_a_fault() -> None:
    known = life(HELD, GONE, HELD, HELD, HELD, planned_sessions=3)
    stages = ["kickoff", "midpoint", "midpoint", "closing", "building"]
    assert StagesInOrder().faults(known, lived(*(agenda({}, stage=stage) for stage in stages))) == []
    for place, wrong in ((0, "building"), (2, "building"), (4, "closing")):
        bad = [*stages[:place], wrong, *stages[place + 1 :]]
        assert StagesInOrder().faults(known, lived(*(agenda({}, stage=stage) for stage in bad)))


def test_every_metric_has_lives_to_judge_and_every_life_says_why_it_is_there() -> None:
    lives = read_lives()
    assert len(lives) >= 12
    assert all(one.why for one in lives)
    for metric in METRICS:
        judged = [one for one in lives if metric().faults(one, lived(*(agenda({}) for _ in one.meetings))) is not None]
        assert judged, metric
