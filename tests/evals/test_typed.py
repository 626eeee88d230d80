"""The part `typed`: its evaluators on outputs made by hand, and its rows."""

from pathlib import Path
from typing import get_args

import pytest

from coach.wish_words import Wish
from evals.parts import PartNotRun
from evals.typed import (
    ContentLeftAlone,
    GoalsKept,
    GoalsSentOn,
    RightPlace,
    TypedGoal,
    Understood,
    Wished,
    WishesRight,
    WishesUnderstood,
    read_goals,
    read_wished,
)

ASKS = Wished(text="a break please, and no slides", role="mentee", wishes=("breaks", "no-slides"), writer="first")
CONTENT = Wished(text="all good", role="mentor", wishes=(), writer="first")
BEYOND = TypedGoal(text="stay in the country", matter="papers", writer="first")
HONEST = TypedGoal(text="learn the permit software", matter=None, writer="first")
NOTHING = Understood(())


def test_an_answer_is_understood_where_one_of_its_wishes_is_read() -> None:
    metric = WishesUnderstood()

    assert metric.faults(ASKS, Understood(("breaks",))) == []
    assert metric.faults(ASKS, Understood(("slower",))) == ["breaks, no-slides was not read"]
    assert metric.faults(ASKS, NOTHING) != []
    assert metric.faults(CONTENT, NOTHING) is None
    assert metric.faults(BEYOND, NOTHING) is None


def test_what_is_read_counts_by_how_much_of_it_is_right() -> None:
    metric = WishesRight()

    assert metric.portion(ASKS, Understood(("breaks", "slower"))) == (1, 2)
    assert metric.portion(CONTENT, Understood(("slower",))) == (0, 1)
    assert metric.portion(CONTENT, NOTHING) == (0, 0)
    assert metric.portion(HONEST, Understood(("papers",))) == (0, 0)


def test_content_is_left_alone() -> None:
    metric = ContentLeftAlone()

    assert metric.faults(CONTENT, NOTHING) == []
    assert metric.faults(CONTENT, Understood(("slower",))) == ["slower was read"]
    assert metric.faults(ASKS, NOTHING) is None


def test_a_goal_that_belongs_elsewhere_is_sent_on_to_its_place() -> None:
    sent, place = GoalsSentOn(), RightPlace()

    assert sent.faults(BEYOND, Understood(("papers",))) == []
    assert sent.faults(BEYOND, Understood(("law",))) == []
    assert sent.faults(BEYOND, NOTHING) == ["papers was not seen"]
    assert sent.faults(HONEST, NOTHING) is None
    assert place.portion(BEYOND, Understood(("papers",))) == (1, 1)
    assert place.portion(BEYOND, Understood(("law",))) == (0, 1)
    assert place.portion(BEYOND, NOTHING) == (0, 0)


def test_an_honest_goal_is_kept() -> None:
    metric = GoalsKept()

    assert metric.faults(HONEST, NOTHING) == []
    assert metric.faults(HONEST, Understood(("papers",))) == ["sent on as papers"]
    assert metric.faults(BEYOND, NOTHING) is None


def test_the_rows_have_every_wish_and_every_matter() -> None:
    wished, goals = read_wished(), read_goals()

    assert {wish for one in wished for wish in one.wishes} == set(get_args(Wish))
    assert len({one.matter for one in goals}) == 16
    assert sum(not one.wishes for one in wished) > 200
    assert sum(one.matter is None for one in goals) > 400


def test_a_wish_that_there_is_not_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "wishes.jsonl"
    file.write_text('{"text": "x", "role": "mentor", "wishes": ["cake"], "writer": "first"}\n', "utf-8")

    with pytest.raises(PartNotRun, match=r"wishes\.jsonl:1"):
        read_wished(file)
