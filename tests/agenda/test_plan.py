import pytest
from hypothesis import given

from coach.agenda.brief import Briefing
from coach.agenda.outlines import Purpose
from coach.agenda.plan import outline
from tests.agenda.pairs import GOALS, action, briefing_of, briefings


def purposes(briefing: Briefing) -> list[Purpose]:
    return [slot.purpose for slot in outline(briefing.brief).slots]


@given(briefings())
def test_minutes_sum_exactly_and_no_slot_is_under_two(briefing: Briefing) -> None:
    minutes = [slot.minutes for slot in outline(briefing.brief).slots]

    assert sum(minutes) == briefing.brief.minutes
    assert min(minutes) >= 2


@given(briefings())
def test_a_meeting_opens_with_a_check_in_and_ends_with_next_steps(briefing: Briefing) -> None:
    plan = outline(briefing.brief)

    assert (plan.slots[0].kind, plan.slots[0].purpose) == ("check-in", "check-in")
    assert (plan.slots[-1].kind, plan.slots[-1].purpose) == ("next-steps", "next-steps")
    assert [slot.purpose for slot in plan.slots].count("check-in") == 1


@given(briefings())
def test_the_mentor_alone_leads_at_least_half_of_the_minutes(briefing: Briefing) -> None:
    plan = outline(briefing.brief)
    led = sum(slot.minutes for slot in plan.slots if slot.led_by == "mentor")

    assert led >= plan.minutes / 2
    assert plan.minutes_led_by_mentor() == led


@given(briefings())
def test_the_same_brief_has_the_same_plan(briefing: Briefing) -> None:
    copy = type(briefing.brief).model_validate_json(briefing.brief.model_dump_json())

    assert outline(copy) == outline(briefing.brief)


@pytest.mark.parametrize("count", [0, 3, 20])
@pytest.mark.parametrize(
    ("position", "stage", "always"),
    [
        pytest.param(1, "kickoff", {"confidentiality", "ground-rules", "goals"}, id="kickoff"),
        pytest.param(2, "building", {"exercise"}, id="building"),
        pytest.param(3, "midpoint", {"review-goals"}, id="midpoint"),
        pytest.param(6, "closing", {"evaluation", "celebration"}, id="closing"),
        pytest.param(9, "building", {"exercise"}, id="beyond the plan"),
    ],
)
def test_a_stage_holds_its_parts_at_every_length(position: int, stage: str, always: set[Purpose], count: int) -> None:
    for minutes in range(15, 181):
        briefing = briefing_of(position=position, minutes=minutes, actions=[action("call the supplier")] * count)

        assert briefing.brief.stage == stage
        assert always <= set(purposes(briefing)), minutes
        assert ("review-actions" in purposes(briefing)) is (count > 0), minutes


@given(briefings())
def test_open_actions_are_reviewed_once_at_every_stage_and_length(briefing: Briefing) -> None:
    assert purposes(briefing).count("review-actions") == (1 if briefing.brief.actions else 0)


@given(briefings())
def test_the_review_of_actions_never_takes_over_the_meeting(briefing: Briefing) -> None:
    review = [slot.minutes for slot in outline(briefing.brief).slots if slot.purpose == "review-actions"]

    assert sum(review) <= max(briefing.brief.minutes / 4, 5)


@pytest.mark.parametrize("minutes", [45, 60, 90, 120])
@pytest.mark.parametrize("position", [1, 2, 3, 6])
def test_a_usual_meeting_without_actions_is_planned_in_whole_fives(minutes: int, position: int) -> None:
    plan = outline(briefing_of(minutes=minutes, position=position).brief)

    assert all(slot.minutes % 5 == 0 for slot in plan.slots)


@pytest.mark.parametrize("minutes", [20, 30, 45, 60, 90])
def test_most_of_a_building_session_goes_to_doing(minutes: int) -> None:
    slots = outline(briefing_of(minutes=minutes).brief).slots

    assert sum(slot.minutes for slot in slots if slot.purpose in {"exercise", "discussion"}) >= minutes / 2


def test_a_long_meeting_has_a_break_and_two_exercises() -> None:
    found = purposes(briefing_of(minutes=120))

    assert found.count("break") == 1
    assert found.count("exercise") == 2


def test_each_goal_is_first_in_line_in_turn() -> None:
    goals = ("One thing", "Another thing", "A third thing")
    first = [
        next(slot.goal for slot in outline(briefing_of(position=position, goals=goals).brief).slots if slot.goal)
        for position in (4, 5, 6, 7)
    ]

    assert sorted(first[:3]) == sorted(goals)
    assert first[3] == first[0]


def test_without_a_goal_no_slot_claims_one() -> None:
    assert all(slot.goal is None for slot in outline(briefing_of(goals=()).brief).slots)


def test_the_first_exercise_takes_up_what_a_cancelled_session_had_prepared() -> None:
    briefing = briefing_of(minutes=120, fell_through="teach-back")
    exercises = [slot for slot in outline(briefing.brief).slots if slot.purpose == "exercise"]

    assert [slot.carried_from for slot in exercises] == ["session-2", None]


@pytest.mark.parametrize(("known", "expected"), [("session-1", "session-1"), (None, "session-3")])
def test_the_review_says_which_session_the_actions_come_from(known: str | None, expected: str) -> None:
    briefing = briefing_of(position=4, actions=[action("call the supplier", session_id=known)])
    (review,) = [slot for slot in outline(briefing.brief).slots if slot.purpose == "review-actions"]

    assert review.carried_from == expected


def test_goals_of_the_brief_are_the_only_goals_of_the_plan() -> None:
    goals = {slot.goal for slot in outline(briefing_of(minutes=180).brief).slots if slot.goal}

    assert goals == set(GOALS)
