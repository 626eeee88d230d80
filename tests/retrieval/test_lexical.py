"""BM25 of texts for the words of a question."""

from collections.abc import Sequence

import pytest

from coach.retrieval.lexical import Lexical, Scores, Stems

TEXTS = ("meeting notes", "phones at work", "pay talks", "remote days", "garden party", "a talk in the garden")
WORDLESS_QUESTIONS = ("", "  \n", "?!… —", "the of and", "Besprechungen übermorgen", "会议记录", "\ud800")


def scores(texts: Sequence[str], question: str) -> Scores:
    stems = Stems()
    return Lexical(stems.of(texts)).scores(stems.of([question])[0])


@pytest.mark.parametrize("question", ["meetings", *WORDLESS_QUESTIONS])
@pytest.mark.parametrize("texts", [[], [""], ["", "...", "the and of"]], ids=["none", "one empty", "no words"])
def test_texts_without_words_score_0(texts: list[str], question: str) -> None:
    assert scores(texts, question).tolist() == [0] * len(texts)


@pytest.mark.parametrize("question", WORDLESS_QUESTIONS)
def test_a_question_that_shares_no_word_scores_every_text_0(question: str) -> None:
    assert scores(TEXTS, question).tolist() == [0] * len(TEXTS)


@pytest.mark.parametrize("question", ["meeting", "meetings", "MEETINGS!", "how do we meet", "the meeting"])
def test_a_word_is_found_in_whatever_form_it_is_asked(question: str) -> None:
    found = scores(TEXTS, question)
    assert found[0] > 0
    assert not found[1:].any()


def test_stop_words_and_unknown_words_change_nothing() -> None:
    assert scores(TEXTS, "so what is the garden quokka?").tolist() == scores(TEXTS, "garden").tolist()


def test_a_rare_word_weighs_more_than_a_common_one_and_a_short_text_more_than_a_long_one() -> None:
    texts = ["phone garden", "phone party", "phone and a long walk through town with everybody"]
    rare, common, long = scores(texts, "phone")[0], scores(texts, "garden")[0], scores(texts, "phone")[2]
    assert common > rare > long > 0
