from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.feedback.comments import LONGEST_READ, clean, count_kinds, language, part_spans, parts


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\n\t", "-", "...", "?", "👍", "🙂🙂", "n/a", "N/A.", "NA", "None", "none.", "Nothing", "nothing!",
     "No comment", "nothing to add", "see above", "Same as last time.", "\u200b", "\x00\x01", "ok", "xx", "No.", "12"],
)  # fmt: skip
def test_what_says_nothing_is_set_aside(text: str) -> None:
    assert clean(text).kind == "nothing said"


@pytest.mark.parametrize(
    "text", ["asdfgh", "asdf asdf", "qwerty", "aaaaaaa", "jkjkjkjk", "sdlkfj sdf lkj", "poiuy", "zzzz", "ASDFASDF"]
)
def test_keyboard_noise_says_nothing(text: str) -> None:
    assert clean(text).kind == "nothing said"


@pytest.mark.parametrize(
    "text", ["great", "powerpoint", "too short", "Excel", "we were late", "VPN again", "tree", "hmm, jargon", "I quit"]
)
def test_short_words_that_somebody_meant_are_kept(text: str) -> None:
    assert clean(text).text == text
    assert clean(text).kind == "comment"


@pytest.mark.parametrize("text", ["What went well?", "what went well", "WHAT WOULD YOU CHANGE?", "What went wel?"])
def test_the_question_given_back_says_nothing(text: str) -> None:
    assert clean(text).kind == "nothing said"


def test_an_answer_loses_the_question_that_was_copied_before_it() -> None:
    assert clean("What went well? The demo did.").text == "The demo did."
    assert clean("What would you change: more time").text == "more time"
    assert clean("What went well was the demo.").text == "What went well was the demo."


def test_spaces_and_control_characters_are_set_right() -> None:
    assert clean("  too \x07 \u202eshort\n\nby half ").text == "too short by half"
    assert clean("cafe\u0301 talk was good").text == "café talk was good"


def test_a_very_long_comment_is_read_as_far_as_the_model_could() -> None:
    read = clean("we had no plan " * 1_400).text
    assert LONGEST_READ - 10 < len(read) <= LONGEST_READ
    assert read.endswith(("we", "had", "no", "plan"))
    assert clean(" " * 15_000 + "no plan again").text == "no plan again"


@given(st.text(max_size=300))
def test_no_text_breaks_the_cleaning(text: str) -> None:
    once = clean(text)
    assert once.kind in {"comment", "nothing said", "other language"}
    assert once.text == " ".join(once.text.split())


def test_half_of_a_surrogate_pair_does_not_break_it() -> None:
    assert clean("we laughed \ud83d a lot").kind == "comment"


# Languages


@pytest.mark.parametrize(
    "text",
    [
        "Wir haben viel gelacht, aber keine Agenda gehabt.",
        "Merci beaucoup pour tout",
        "C'était trop court",
        "Muy bien todo, gracias",
        "Reunião muito curta",
        "e tutto molto bello",
        "Het was te kort maar erg leuk",
        "vi hade ingen agenda men det var kul",
        "Trzeba więcej czasu",
        "Toplantı iyi geçti ama zaman yetmedi",
        "会議は良かった",
        "Отлично",
        "الاجتماع كان جيدا",
    ],
)
def test_another_language_is_known_and_kept(text: str) -> None:
    comment = clean(text)
    assert (comment.kind, comment.text) == ("other language", text)


@pytest.mark.parametrize(
    "text",
    [
        "Met, talked, left.",
        "small question, 25 min answer",
        "the word she taught me was Feierabend",
        "cancelled. again. shift swap",
        "Zoom died, Teams died, phone died.",
        "He says 'c'est la vie' and cancels.",
        "café was good",
        "VPN",
    ],
)
def test_short_and_colored_english_stays_english(text: str) -> None:
    assert language(text) == "english"


def test_comments_of_all_kinds_are_counted_and_none_is_lost() -> None:
    comments = [clean(text) for text in ("n/a", "no plan again", "Wir haben viel gelacht", "too short", "")]
    assert count_kinds(comments) == {"comment": 2, "nothing said": 2, "other language": 1}


# Parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We get on well but nobody has a plan", ("We get on well", "but nobody has a plan")),
        ("Nice. Really nice. But the room was locked again.", ("Nice. Really nice.", "But the room was locked again.")),
        ("We laughed a lot; the room was locked, though. However, she came.",) * 1
        + (("We laughed a lot;", "the room was locked, though.", "However, she came."),),
        ("We laughed a lot.", ("We laughed a lot.",)),
        ("We laughed a lot. She cancelled twice.", ("We laughed a lot. She cancelled twice.",)),
        ("It was fine, though.", ("It was fine, though.",)),
        ("", ("",)),
    ],
)
def test_a_comment_that_turns_is_split_and_others_stay_whole(text: str, expected: tuple[str, ...]) -> None:
    assert parts(text) == expected


@given(st.text(alphabet="ab .,;!?but–\n", max_size=200))
def test_the_parts_together_are_the_whole(text: str) -> None:
    spans = part_spans(text)
    assert spans == sorted(spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert "".join(text[start:end] for start, end in spans).split() == text.split() or "".join(
        "".join(text[start:end] for start, end in spans).split()
    ) == "".join(text.split())
