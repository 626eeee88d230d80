"""The metrics of theme reports, on programs and reports made by hand."""

from typing import Any

import pytest

from coach.feedback.report_words import report_words
from coach.retrieval.library import Library
from evals.reports import (
    AbsentWhereNone,
    BandWithinOne,
    Frozen,
    ListedWhereSix,
    Program,
    SameInAnyOrder,
    Told,
    Wrote,
    all_themes,
    by_size,
    raised_by,
    simulate,
    tell,
)
from evals.themes import held_out_comments

TIME, RANK, EASE = "time-and-scheduling", "power-dynamics", "rapport"


def wrote(**raised: int) -> Program:
    """So many people raise each theme; `_` stands for `-`."""
    return tuple(
        Wrote(person, f"{theme} {person}", frozenset({theme.replace("_", "-")}))
        for theme, people in raised.items()
        for person in range(people)
    )


def report(**people: str) -> Any:
    return {"themes": [{"id": theme.replace("_", "-"), "people": band} for theme, band in people.items()]}


def told(**people: str) -> Told:
    return Told(report(**people), report(**people), None)


PROGRAM = wrote(time_and_scheduling=8, rapport=6, power_dynamics=1)


def test_people_are_counted_once_for_a_theme() -> None:
    assert raised_by((*PROGRAM, *PROGRAM)) == {TIME: 8, EASE: 6, RANK: 1}


@pytest.mark.parametrize(
    ("listed", "grade"),
    [({"time_and_scheduling": "6-10", "rapport": "6-10"}, 1.0), ({"time_and_scheduling": "6-10"}, 0.5), ({}, 0.0)],
)
def test_what_six_raised_must_be_listed(listed: dict[str, str], grade: float) -> None:
    assert ListedWhereSix().grade(PROGRAM, told(**listed)) == grade
    assert ListedWhereSix().grade(wrote(rapport=5), told()) is None


def test_what_nobody_or_one_raised_must_not_be_listed() -> None:
    assert AbsentWhereNone().grade(PROGRAM, told(time_and_scheduling="6-10")) == 1.0
    absent = len(all_themes()) - 2
    one = AbsentWhereNone().grade(PROGRAM, told(power_dynamics="3-5"))
    two = AbsentWhereNone().grade(PROGRAM, told(power_dynamics="3-5", match_fit="3-5"))
    assert one == pytest.approx(1 - 1 / absent)
    assert two == pytest.approx(1 - 2 / absent)


@pytest.mark.parametrize(("band", "grade"), [("3-5", 1.0), ("6-10", 1.0), ("11-20", 1.0), ("21-50", 0.0), ("51+", 0.0)])
def test_bands_may_be_one_off(band: str, grade: float) -> None:
    assert BandWithinOne().grade(PROGRAM, told(time_and_scheduling=band)) == grade


def test_below_the_first_band_is_one_off_from_it() -> None:
    assert BandWithinOne().grade(PROGRAM, told(power_dynamics="3-5")) == 1.0
    assert BandWithinOne().grade(PROGRAM, told(power_dynamics="6-10")) == 0.0
    assert BandWithinOne().grade(PROGRAM, told()) is None


def test_another_order_and_another_asking_must_give_the_same() -> None:
    one, other = report(rapport="3-5"), report(rapport="6-10")
    assert SameInAnyOrder().faults(PROGRAM, Told(one, one, None)) == []
    assert SameInAnyOrder().faults(PROGRAM, Told(one, other, None)) != []
    assert Frozen().faults(PROGRAM, Told(one, one, one)) == []
    assert Frozen().faults(PROGRAM, Told(one, one, other)) != []
    assert Frozen().faults(PROGRAM, Told(one, one, None)) is None


def test_a_simulated_program_is_the_same_whenever_it_is_drawn_and_goes_through_the_real_report(
    library: Library,
) -> None:
    comments = held_out_comments()
    drawn = [simulate(comments, seed) for seed in range(8)]
    assert drawn == [simulate(comments, seed) for seed in range(8)]
    people = [len({wrote.person for wrote in program}) for program in drawn]
    assert min(people) >= 10
    assert max(people) <= 300
    # A reader that is always right.
    sure = {comment.text: dict.fromkeys(comment.themes, 1.0) for comment in comments}
    cases = []
    for program in drawn:
        content = tell(program, sure, report_words(library))
        cases.append((program, Told(content, content, None)))
        assert ListedWhereSix().grade(*cases[-1]) == 1.0
        assert AbsentWhereNone().grade(*cases[-1]) == 1.0
        assert BandWithinOne().grade(*cases[-1]) == 1.0
    assert len(list(by_size(cases))) == 6
