import pytest

from coach.feedback.quotes import Quoted, quotes

OURS = "Meetings drift, have no agenda, or end without a next step."


@pytest.mark.parametrize(
    "comment",
    [
        "honestly they end without a next step",
        "END WITHOUT A NEXT STEP!",
        "no agenda or end without",
        "no… agenda — or 'end' without",
        "e\u0301nd without a\u200b next step",
        "ｅｎｄ ｗｉｔｈｏｕｔ ａ ｎｅｘｔ ｓｔｅｐ",
        "no\tagenda,\nor\nend\nwithout",
    ],
)
def test_five_words_in_a_row_are_a_quote_however_they_are_written(comment: str) -> None:
    assert quotes(OURS, ["Something else.", comment])


@pytest.mark.parametrize(
    "comment", ["end without a next", "", "We had no agenda and ended without a next step", "step next a without end"]
)
def test_four_words_or_other_words_between_are_none(comment: str) -> None:
    assert not quotes(OURS, [comment])


def test_runs_do_not_reach_from_one_comment_into_the_next() -> None:
    assert not quotes(OURS, ["no agenda", "or end without"])


def test_apostrophes_of_any_kind_are_passed_over() -> None:
    assert quotes("nobody is sure who's heard it", ["NOBODY is sure who’s heard"])


def test_only_the_texts_that_were_named_beforehand_are_looked_for() -> None:
    quoted = Quoted([OURS], ["end without a next step and have a very nice day"])
    assert quoted.among(OURS)
    assert not quoted.among("have a very nice day")
