"""What a report says is written beforehand, and repeats nobody."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import pytest

from coach.feedback.disclosure import QUOTE_WORDS, Minimums
from coach.feedback.periods import parse_period
from coach.feedback.quotes import folded_words, quotes
from coach.feedback.report_words import ReportWords, report_words
from coach.feedback.reports import Content, make_report
from coach.feedback.themes import taxonomy
from coach.retrieval.library import Library
from coach.wording import exclusive_terms
from tests.feedback.programs import program

TIME = "time-and-scheduling"
AUGUST = parse_period("2026-08")
AT = datetime(2026, 9, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def words(library: Library) -> ReportWords:
    return report_words(library)


def report(words: ReportWords, comments: Iterable[str] = ()) -> Content:
    voices = program(12, {TIME: range(8)})
    return make_report(AUGUST, voices, comments, Minimums(), words, before=None, made_at=AT)


def texts(content: Content) -> Sequence[str]:
    found = [content["notice"]]
    for theme in content["themes"]:
        found += [theme["label"], theme["summary"], *(action["text"] for action in theme["actions"])]
    for source in content["sources"]:
        found += [source["title"], *source["references"]]
    return found


def test_every_theme_of_the_library_has_words_of_its_own(library: Library, words: ReportWords) -> None:
    for theme in taxonomy(library):
        own = words.themes[theme.id]
        assert own.kind == theme.polarity
        assert len(own.summaries) == len(set(own.summaries)) >= 3
        assert own.actions
        assert words.sources[own.source]["references"]
    assert len({theme.label for theme in words.themes.values()}) == len(words.themes)


def test_no_label_is_long_enough_to_be_a_quote(words: ReportWords) -> None:
    assert [theme.label for theme in words.themes.values() if len(folded_words(theme.label)) >= QUOTE_WORDS] == []


def test_the_ways_to_say_a_theme_share_no_run_of_words(words: ReportWords) -> None:
    """So that one comment cannot take away more than one of them."""
    for theme in words.themes.values():
        for one in theme.summaries:
            assert not quotes(one, [other for other in theme.summaries if other != one]), one


def test_our_words_shut_nobody_out(words: ReportWords) -> None:
    assert [list(exclusive_terms(text)) for text in words.all_texts() if list(exclusive_terms(text))] == []


def test_no_five_words_of_a_comment_are_repeated_whatever_people_write(words: ReportWords) -> None:
    plain = report(words)
    for said in texts(plain):
        comment = f"Well, {said.upper()} or so they say"
        content = report(words, [comment])
        assert not any(quotes(text, [comment]) for text in texts(content)), said
        assert content["themes"][0]["people"] == "6-10"


def test_where_every_way_to_say_it_is_taken_nothing_is_said(words: ReportWords) -> None:
    own = words.themes[TIME]
    content = report(words, [*own.summaries, *own.actions])
    assert (content["themes"][0]["summary"], content["themes"][0]["actions"]) == ("", [])


def test_the_same_comments_in_another_order_give_the_same_report(words: ReportWords) -> None:
    comments = ["Meetings are moved, cut short or called off.", "Send every pair the plan for a walk", "x"]
    voices = program(12, {TIME: range(8), "rapport": range(6)})
    made = [
        make_report(AUGUST, own, said, Minimums(), words, before=None, made_at=AT)
        for own, said in ((voices, comments), (voices[::-1], comments[::-1]))
    ]
    assert made[0] == made[1]
    assert list(made[0]) == list(made[1])


def test_which_words_come_first_changes_from_period_to_period(words: ReportWords) -> None:
    first = set()
    for month in range(1, 13):
        period = parse_period(f"2026-{month:02}")
        content = make_report(period, program(12, {TIME: range(8)}), [], Minimums(), words, before=None, made_at=AT)
        first.add(content["themes"][0]["summary"])
    assert len(first) > 1
