"""Misspelt words of a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.english import english_words
from coach.retrieval.spelling import Spelling

TEXTS = ["The mentor's first meeting", "feedback after the first meeting", "feedback for a mentor"] * 2
TEXTS += ["confidentiality"] * 2
SPELLING = Spelling(TEXTS, {"rust", "lacking"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("frist meting", "first meeting"),
        ("feedbak", "feedback"),
        ("fedback, pleese!", "feedback, pleese!"),
        ("confidentialty", "confidentiality"),
        ("Feedbck", "feedback"),
        ("the feedbck's", "the feedback's"),
        ("my mentro’s", "my mentor’s"),
    ],
)
def test_a_slip_is_mended(typed: str, meant: str) -> None:
    assert SPELLING.mended(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "rust", "lacking", "Jira", "first", "FIRST", "xy", "会议", "42 %", "pleese", "mentors", "\ud800"]
)
def test_what_is_known_short_or_close_to_nothing_stays(typed: str) -> None:
    assert SPELLING.mended(typed) == typed


def test_a_word_without_its_apostrophe_gets_it_back_before_any_other_mend() -> None:
    spelling = Spelling(["They don't."] * 2 + ["What is done?"] * 5, ())
    assert spelling.mended("dont") == "don't"


def test_a_word_that_the_library_holds_once_is_nobodys_correction() -> None:
    assert Spelling(["Quokka"], ()).mended("quoka") == "quoka"


def test_of_two_as_close_the_more_frequent_is_meant() -> None:
    assert Spelling(["plan", "plan", "plan", "play", "play"], ()).mended("plak") == "plan"


@given(st.text(max_size=80))
def test_mending_twice_is_mending_once(text: str) -> None:
    once = SPELLING.mended(text)
    assert SPELLING.mended(once) == once


def test_the_packaged_model_knows_english_words() -> None:
    words = english_words()
    assert {"dismiss", "rust", "grey", "probation"} <= words
    assert not {"frist", "feedbak", "##ing", "confidentialty"} & words


def test_a_slip_in_what_people_typed_is_no_word() -> None:
    spelling = Spelling(["Kahoot for the first meeting"] * 2, {"quiz"}, typed=["frist meting", "quiz frist", "quiz"])
    assert [spelling.mended(word) for word in ("frist", "quizz", "kahoot")] == ["first", "quiz", "kahoot"]
