"""Whether the library has an answer."""

import pytest

from coach.retrieval.answered import Bar, Signs, read_bar


def test_the_signs_are_weighed_and_held_against_the_bar() -> None:
    bar = Bar({"closeness": 2, "subject": 10, "known_words": 1}, 2.5)
    assert bar.above(Signs(0.5, 0.1, 1.0)) == pytest.approx(0.5)
    assert bar.above(Signs(0.5, 0.1, 0.4)) == pytest.approx(-0.1)


@pytest.mark.parametrize(("closeness", "above"), [(0.45, True), (0.43, False)])
def test_where_nobody_wrote_down_what_people_ask_closeness_alone_decides(closeness: float, above: bool) -> None:
    assert (read_bar().above(Signs(closeness, None, 0.0)) >= 0) is above


@pytest.mark.parametrize("worse", [{"closeness": 0.3}, {"subject": 0.0}, {"known_words": 0.3}])
def test_each_sign_counts_in_the_bar_in_use(worse: dict[str, float]) -> None:
    near = Signs(0.5, 0.08, 0.9)
    assert read_bar().above(near) > 0
    assert read_bar().above(near._replace(**worse)) < 0
