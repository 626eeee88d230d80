"""What the next agenda reads out of feedback."""

import pytest

from coach.store.feedback import SharedFeedback
from coach.wishes import MOST_WISHES, Wish, read_wishes


def said(to_change: str | None = None, *, safety: int | None = 4, themes: tuple[str, ...] = ()) -> SharedFeedback:
    return SharedFeedback("session-1", 1, "mentor", None, safety, None, None, to_change, themes)


# What is good as it is, and what was asked for the other way round.
CONTENT = (
    "Nothing, the pace was perfect",
    "The structure was great, keep it",
    "Our goals are just right",
    "No need to slow down",
    "No rush, all good",
    "We went too slowly for my taste",
    "The demo was too short",
    "Longer demos please",
    "Show me how to edit a video",
    "Could we meet someone from the works committee",
)


@pytest.mark.parametrize(
    ("to_change", "wish"),
    [
        ("Shorter demos please, I lose track after ten minutes", "shorter-demos"),
        ("The screen sharing was too long", "shorter-demos"),
        ("He talked over me twice", "level-the-table"),
        ("I couldn't get a word in", "level-the-table"),
        ("Let me try it out myself next time", "more-doing"),
        ("I would like to try the tool myself, not only look", "more-doing"),
        ("could we end five minutes earlier, bus", "end-on-time"),
        ("More time to talk, fewer slides", "more-talk"),
        ("Too fast, and too much jargon", "slower"),
        ("Too many topics in one hour", "less-at-once"),
        ("We drifted again", "clear-structure"),
        ("We ran over by twenty minutes", "end-on-time"),
        ("Write down who does what by when", "firm-next-steps"),
        ("I no longer know what this is for: our goals?", "back-to-goals"),
        ("I don't want to speak for every trainee here", "less-of-one-story"),
        ("Send me the question beforehand", "prepare-ahead"),
        ("The demo dragged on", "shorter-demos"),
        ("The demo was good but too long", "shorter-demos"),
        ("Please keep the demos short", "shorter-demos"),
        ("No more than five minutes of slides", "shorter-demos"),
        ("The pace was too high for me", "slower"),
        ("The video kept freezing", "test-the-tools"),
        ("I couldn't hear you: the sound was bad", "test-the-tools"),
        ("The structure was fine but we ran over", "end-on-time"),
        ("It would be good if the demos were shorter", "shorter-demos"),
        ("The link failed and half the time was gone", "test-the-tools"),
    ],
)
def test_what_should_change_is_read_as_a_wish(to_change: str, wish: Wish) -> None:
    assert wish in read_wishes([said(to_change)])


@pytest.mark.parametrize("to_change", [None, "", "Nothing, it was great", "See you in May!", "😀", "Más pan", *CONTENT])
def test_what_asks_for_nothing_is_no_wish(to_change: str | None) -> None:
    assert read_wishes([said(to_change)]) == ()


def test_more_time_for_demos_at_the_cost_of_something_else_is_no_wish_for_shorter_ones() -> None:
    for to_change in ("Less time for small talk, more time for demos", "More demos and less time for small talk"):
        assert "shorter-demos" not in read_wishes([said(to_change)])
    assert "more-doing" not in read_wishes([said("Less hands-on, more talk")])


def test_a_low_rating_of_safety_levels_the_table_without_a_word() -> None:
    assert read_wishes([said(None, safety=2)]) == ("level-the-table",)
    assert read_wishes([said(None, safety=3)]) == ()


def test_what_a_classifier_read_between_the_lines_counts_where_the_words_say_nothing() -> None:
    assert read_wishes([said("I rehearsed that sentence and then said another", themes=("power-dynamics",))]) == (
        "level-the-table",
    )
    assert read_wishes([said("Too fast", themes=("tools-and-access",))]) == ("slower",)


def test_both_are_heard_and_no_more_than_an_agenda_can_take_up() -> None:
    wishes = read_wishes(
        [said("Shorter demos, we ran over, no structure"), said("He talked over me; send it beforehand")]
    )
    assert len(wishes) == MOST_WISHES
    assert wishes[0] == "level-the-table"
