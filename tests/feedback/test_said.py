"""What is taken for a wish, or for something that worked: only what stands there in so many words."""

import pytest

from coach.feedback.said import WORKED, asked_in, asks_for_nothing, named_as_working
from coach.wish_words import Wish
from coach.wishes import ASKED, answer_begins, worded


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("Shorter demos please. Otherwise fine.", ["shorter-demos"]),
        ("It was fine, but too fast for me", ["slower"]),
        ("The pace was good. We ran over by ten minutes.", ["end-on-time"]),
        ("More hands-on, less talking", ["more-doing"]),
        ("Send me the question beforehand and end on time", ["end-on-time", "prepare-ahead"]),
    ],
)
def test_each_wish_is_found_with_the_piece_that_states_it(text: str, wishes: list[Wish]) -> None:
    found = asked_in(text)
    assert sorted(wish for wish, _ in found) == sorted(wishes)
    assert all(piece in text for _, piece in found)


def test_a_piece_is_quoted_without_the_word_that_ties_it_to_the_one_before() -> None:
    assert asked_in("The talk was fine but the demo was too long") == (("shorter-demos", "the demo was too long"),)


@pytest.mark.parametrize(
    "text",
    [
        "Nothing, the pace was perfect.",
        "The pace was just right",
        "Keep the agenda as it is",
        "I am happy with the structure",
        "The demos were great",
        "Weather",
    ],
)
def test_who_calls_something_good_asks_for_nothing(text: str) -> None:
    assert asked_in(text) == ()


def test_contentment_is_told_from_a_wish() -> None:
    assert asks_for_nothing("Nothing, the pace was just right.")
    assert not asks_for_nothing("The pace was fine. Could we start earlier?")
    assert asks_for_nothing("Much better!")
    assert not asks_for_nothing("Much better sound next time")
    assert not asks_for_nothing("Bring the spreadsheet")


def test_a_rating_or_a_theme_is_never_read_as_a_wish() -> None:
    assert worded("") == ()
    assert worded("I rehearsed that sentence and then said another") == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("We built the sheet together.", ("trying",)),
        ("She explained it step by step", ("explaining",)),
        ("He listened and asked real questions", ("listening",)),
        ("We laughed a lot", ("ease",)),
        ("We kept to the plan but nobody listened", ("plan",)),
        ("He never listened", ()),
        ("It was not honest", ()),
        ("Nice.", ()),
    ],
)
def test_what_worked_is_named_only_where_it_is_said(text: str, kinds: tuple[str, ...]) -> None:
    assert named_as_working(text) == kinds


def test_every_wish_and_every_kind_has_words() -> None:
    assert set(ASKED) == set(Wish.__args__)  # type: ignore[attr-defined]
    assert all(answer_begins(wish).endswith(":") for wish in ASKED)
    assert all(words[0].isupper() for words in WORKED.values())


@pytest.mark.parametrize("text", ["Less jargon.", "Too many acronyms", "Too fast for me", "I couldn't follow"])
def test_who_asked_for_plain_words_is_not_said_to_have_asked_for_another_pace(text: str) -> None:
    assert [ASKED[wish] for wish, _ in asked_in(text)] == ["for an easier pace or plainer words"]


def test_what_is_meant_is_told_with_the_piece_that_says_most_of_it() -> None:
    text = "Lots of laughter today. My eyes were burning after eighty minutes in front of that screen. See you in May."

    assert asked_in(text, "mentee", frozenset({"breaks"})) == (
        ("breaks", "My eyes were burning after eighty minutes in front of that screen."),
    )


def test_words_that_mean_something_else_are_not_told_as_asked_for() -> None:
    assert asked_in("Demos are too long for me", "mentee", frozenset()) == ()
