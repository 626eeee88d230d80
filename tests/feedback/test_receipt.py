"""The receipt says what disclosure holds to."""

from datetime import UTC, datetime, timedelta

import pytest

from coach.feedback import disclosure, receipt
from coach.feedback.disclosure import Minimums
from coach.feedback.receipt import receipt as receipt_for

CLOSING = datetime(2026, 12, 10, 14, 30, tzinfo=UTC)


def words(closing: datetime | None = None, closed: bool = False) -> str:
    return " ".join(f"{section.title}. {section.text}" for section in receipt_for(closing, closed))


def test_the_minimums_are_those_that_were_promised() -> None:
    """A change of these breaks a promise that people were given in writing."""
    assert timedelta(days=7) == disclosure.WINDOW
    assert (disclosure.REPORT_PEOPLE, disclosure.REPORT_PAIRS) == (10, 5)
    assert (disclosure.THEME_PEOPLE, disclosure.THEME_PAIRS, disclosure.SIDE_PEOPLE) == (3, 3, 10)
    assert (disclosure.WORD_PEOPLE, disclosure.QUOTE_WORDS) == (10, 5)
    labels = [disclosure.band_label(band) for band in disclosure.BANDS]
    assert labels == ["3-5", "6-10", "11-20", "21-50", "51+"]


def test_bands_follow_on_each_other_from_the_least_that_is_shown() -> None:
    assert disclosure.BANDS[0][0] == disclosure.THEME_PEOPLE
    for (_, most), (least, _) in zip(disclosure.BANDS, disclosure.BANDS[1:], strict=False):
        assert most is not None
        assert least == most + 1
    assert disclosure.BANDS[-1][1] is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("REPORT_PEOPLE", 41, "at least 41 people from at least"),
        ("REPORT_PAIRS", 42, "from at least 42 pairs shared"),
        ("THEME_PEOPLE", 43, "only if at least 43 people"),
        ("THEME_PAIRS", 44, "from at least 44 pairs raised it"),
        ("SIDE_PEOPLE", 45, "each side has at least 45 people"),
        ("QUOTE_WORDS", 46, "46 or more of your words in a row"),
        ("WORD_PEOPLE", 47, "fewer than 47 people used"),
        ("WINDOW", timedelta(days=48), "48 days after the session was marked held"),
        ("BANDS", ((3, 9), (10, None)), "roughly: 3-9 or 10+."),
    ],
)
def test_every_number_in_the_receipt_comes_from_disclosure(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object, said: str
) -> None:
    assert said not in words()
    monkeypatch.setattr(receipt, name, value)
    assert said in words()


def test_the_receipt_says_who_sees_what_and_that_two_are_never_anonymous() -> None:
    said = words()
    for promise in (
        "two people are never anonymous to each other",
        "before both of you have sent",
        "neither of you is told whether the other has sent",
        "never your ratings, your answers or your name",
        "Without your yes it is kept for you alone",
        "A report is made once and never again",
        "withdraw your feedback at any time until it has counted in a published report",
    ):
        assert promise in said


def test_the_receipt_says_until_when_feedback_can_be_changed() -> None:
    assert "change it until 2026-12-10 at 14:30 UTC" in words(CLOSING)
    assert "once the session is marked held" in words(None)
    closed = words(CLOSING, closed=True)
    assert "can no longer be sent or changed" in closed
    assert "14:30" not in closed


@pytest.mark.parametrize(
    ("minimums", "said"),
    [
        (Minimums(25, 3), "at least 25 people from at least 5 pairs|each side has at least 25 people|: 3-5, 6-10, 11-"),
        (Minimums(10, 4), "at least 10 people from at least 5|only if at least 4 people|: 4-10, 11-20, 21-50 or 51+."),
        (Minimums(60, 60), "only if at least 60 people from at least 3 pairs|roughly: 51+."),
    ],
)
def test_the_receipt_tells_the_minimums_that_the_program_raised(minimums: Minimums, said: str) -> None:
    text = " ".join(section.text for section in receipt_for(CLOSING, minimums=minimums))
    assert all(part in text for part in said.split("|")), text


def test_the_receipt_says_the_same_of_minimums_that_nobody_raised() -> None:
    assert receipt_for(CLOSING, minimums=Minimums()) == receipt_for(CLOSING)


def test_the_receipt_tells_of_a_model_that_reads_where_there_is_one() -> None:
    said = " ".join(section.text for section in receipt_for(CLOSING, second_reader="small-1"))
    assert "a language model (small-1) reads your answers, too" in said
    assert "What you do not share with coordinators it does not get" in said
    assert "language model" not in words(CLOSING)
