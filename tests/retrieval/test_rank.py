from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.retrieval import rank
from coach.retrieval.chunk import IndexedText
from coach.retrieval.embed import Vector
from coach.retrieval.index import Index
from coach.retrieval.rank import Lexical, Ranker, Ranking, Scores, fuse, with_needs
from tests.encoders import WordHashEncoder

TEXTS = ("meeting notes", "phones at work", "pay talks", "remote days", "garden party", "a talk in the garden")
WORDLESS_QUESTIONS = ("", "  \n", "?!… —", "the of and", "Besprechungen übermorgen", "会议记录", "\ud800")


@dataclass
class FakeIndex:
    """Knows the vector of every id, and records what it is asked."""

    known: dict[str, Vector]
    queries: list[tuple[int, list[str] | None]] = field(default_factory=list)
    reads: int = 0

    def vectors(self, passages: Sequence[IndexedText], fingerprint: str) -> Vector:
        self.reads += 1
        return np.stack([self.known[passage.id] for passage in passages])

    def query(
        self, vectors: Sequence[Vector], count: int, ids: Sequence[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        self.queries.append((count, None if ids is None else list(ids)))
        among = self.known if ids is None else {key: self.known[key] for key in ids}
        return [
            sorted(((key, float(one @ vector)) for key, one in among.items()), key=lambda pair: -pair[1])[:count]
            for vector in vectors
        ]


def vector_of(text: str) -> Vector:
    return np.asarray(WordHashEncoder().encode([text])[0])


def made(*texts: str) -> tuple[Ranker, FakeIndex]:
    passages = [IndexedText(f"k{place}", f"d{place}", text) for place, text in enumerate(texts)]
    index = FakeIndex({passage.id: vector_of(passage.embedded_text) for passage in passages})
    return Ranker(passages, cast(Index, index), "word-hash"), index


def ranked(ranker: Ranker, question: str, allowed: Sequence[bool] | None = None) -> list[int]:
    found = ranker.rank(question, vector_of(question), None if allowed is None else np.array(allowed))
    return [int(place) for place in found.places]


def scores_of(*values: float) -> Scores:
    return np.array(values, np.float32)


def best_first(scores: Scores) -> list[int]:
    return [int(place) for place in np.argsort(-scores, kind="stable")]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes lists of more than three passages too large for memory."""
    monkeypatch.setattr(rank, "_IN_MEMORY", 3)


# Words


@pytest.mark.parametrize("question", ["meetings", *WORDLESS_QUESTIONS])
@pytest.mark.parametrize("texts", [[], [""], ["", "...", "the and of"]], ids=["none", "one empty", "no words"])
def test_texts_without_words_score_0(texts: list[str], question: str) -> None:
    assert Lexical(texts).scores(question).tolist() == [0] * len(texts)


@pytest.mark.parametrize("question", WORDLESS_QUESTIONS)
def test_a_question_that_shares_no_word_scores_every_text_0(question: str) -> None:
    assert Lexical(TEXTS).scores(question).tolist() == [0] * len(TEXTS)


@pytest.mark.parametrize("question", ["meeting", "meetings", "MEETINGS!", "how do we meet", "the meeting"])
def test_a_word_is_found_in_whatever_form_it_is_asked(question: str) -> None:
    scores = Lexical(TEXTS).scores(question)
    assert scores[0] > 0
    assert not scores[1:].any()


def test_stop_words_and_unknown_words_change_nothing() -> None:
    words = Lexical(TEXTS)
    assert words.scores("so what is the garden quokka?").tolist() == words.scores("garden").tolist()


def test_a_rare_word_weighs_more_than_a_common_one_and_a_short_text_more_than_a_long_one() -> None:
    words = Lexical(["phone garden", "phone party", "phone and a long walk through town with everybody"])
    rare, common, long = words.scores("phone")[0], words.scores("garden")[0], words.scores("phone")[2]
    assert common > rare > long > 0


# Fusion


@pytest.mark.parametrize("share", [0.0, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_share_of_0_or_1_is_the_order_of_one_leg(share: float, seed: int) -> None:
    chance = np.random.default_rng(seed)
    dense = chance.permutation(np.linspace(0, 1, 60)).astype(np.float32)
    words = chance.permutation(np.linspace(0, 20, 60)).astype(np.float32)
    assert best_first(dense) != best_first(words)
    assert best_first(fuse(dense, words, share)) == best_first(dense if share else words)


@given(
    legs=st.lists(st.tuples(st.floats(-1, 1, width=32), st.floats(0, 60, width=32)), max_size=150),
    share=st.floats(0, 1),
)
def test_fused_scores_are_from_0_to_1(legs: list[tuple[float, float]], share: float) -> None:
    fused = fuse(scores_of(*(dense for dense, _ in legs)), scores_of(*(words for _, words in legs)), share)
    assert fused.shape == (len(legs),)
    assert ((fused >= 0) & (fused <= 1)).all()


def test_the_best_of_both_legs_gets_1_and_the_last_of_both_0() -> None:
    middle = 0.75 * 0.25 + 0.25 * 0.5
    assert fuse(scores_of(0.1, 0.3, 0.9), scores_of(0, 2, 4), 0.75).tolist() == pytest.approx([0, middle, 1])


def test_the_scale_of_a_leg_does_not_matter() -> None:
    fused = fuse(scores_of(0.2, 0.5, 0.4), scores_of(0, 3, 9)).tolist()
    assert fuse(scores_of(0.6, 0.75, 0.7), scores_of(0, 1, 3)).tolist() == pytest.approx(fused, abs=1e-5)


def test_a_leg_that_tells_nothing_apart_leaves_the_order_to_the_other() -> None:
    same, telling = scores_of(0.4, 0.4, 0.4), scores_of(0.1, 0.8, 0.3)
    assert best_first(fuse(same, telling)) == best_first(fuse(telling, same)) == [1, 2, 0]
    assert not fuse(same, same).any()


def test_what_is_behind_the_hundredth_counts_nothing() -> None:
    fused = fuse(np.linspace(1, 0, 300, dtype=np.float32), np.zeros(300, np.float32), 1.0)
    assert np.flatnonzero(fused).tolist() == list(range(99))


# A small list


@pytest.mark.parametrize("question", ["garden", "talks about pay", *WORDLESS_QUESTIONS])
def test_every_passage_of_a_small_list_is_ranked_best_first(question: str) -> None:
    ranker, index = made(*TEXTS)
    found = ranker.rank(question, vector_of(question))
    assert sorted(found.places.tolist()) == list(range(len(TEXTS)))
    scores = [round(score, 5) for score in found.scores.tolist()]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert index.queries == []


def test_equal_scores_keep_the_order_of_the_list() -> None:
    ranker, _ = made("garden", "garden", "phones", "garden", "garden")
    assert ranked(ranker, "phones") == [2, 0, 1, 3, 4]
    assert ranked(ranker, "garden") == [0, 1, 3, 4, 2]
    assert ranker.rank_by_words("quokka").places.tolist() == [0, 1, 2, 3, 4]


def test_the_same_question_always_has_the_same_answer() -> None:
    (one, _), (other, _) = made(*TEXTS), made(*TEXTS)
    first, *later = (ranker.rank("a garden talk", vector_of("a garden talk")) for ranker in (one, one, other))
    for answer in later:
        for name in ("places", "scores", "similarities"):
            assert np.array_equal(getattr(answer, name), getattr(first, name))


def test_a_ranking_by_words_asks_the_index_nothing_and_knows_no_similarity() -> None:
    ranker, index = made(*TEXTS)
    found = ranker.rank_by_words("meetings")
    assert found.places[0] == 0
    assert not found.similarities.any()
    assert (index.reads, index.queries) == (0, [])


def test_passages_keep_their_similarity_by_vectors_that_are_read_once() -> None:
    ranker, index = made(*TEXTS)
    ranked(ranker, "phones")
    found = ranker.rank("garden", vector_of("garden"))
    assert index.reads == 1
    for place, _, similarity in found.among(np.ones(len(TEXTS), np.bool_)):
        assert similarity == pytest.approx(float(index.known[f"k{place}"] @ vector_of("garden")), abs=1e-3)


def test_among_gives_what_is_allowed_best_first_in_plain_numbers() -> None:
    few = np.float16
    ranking = Ranking(np.array([3, 0, 2, 1]), np.array([1, 0.5, 0.25, 0], few), np.array([0.5, 0.25, 1, 0], few))
    kept = list(ranking.among(np.array([True, False, False, True])))
    assert kept == [(3, 1.0, 0.5), (0, 0.5, 0.25)]
    assert {type(value) for row in kept for value in row} == {int, float}


# A large list


@pytest.mark.usefixtures("large")
def test_a_large_list_asks_the_index_for_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rank, "_NEAREST", 2)
    ranker, index = made(*TEXTS)
    ranker.load()
    assert ranked(ranker, "phones")[0] == 1
    assert (index.reads, index.queries) == (0, [(2, None)])


@pytest.mark.usefixtures("large")
def test_a_large_list_asks_only_for_what_is_allowed_and_gives_nothing_else() -> None:
    ranker, index = made(*TEXTS)
    found = ranked(ranker, "phones and pay in the garden", [True, False, True, False, False, True])
    assert index.queries == [(3, ["k0", "k2", "k5"])]
    assert found
    assert set(found) <= {0, 2, 5}


@pytest.mark.usefixtures("large")
def test_what_only_its_words_bring_near_is_found_in_a_large_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rank, "_NEAREST", 1)
    ranker, _ = made(*TEXTS)
    found = ranker.rank("garden", vector_of("meeting notes"))
    assert set(found.places.tolist()) == {0, 4, 5}
    assert dict(zip(found.places.tolist(), found.similarities.tolist(), strict=True))[4] == -1


@pytest.mark.usefixtures("large")
def test_an_id_that_this_process_does_not_know_is_passed_over() -> None:
    ranker, index = made(*TEXTS)
    index.known["k99"] = vector_of("phones")
    assert ranked(ranker, "phones")[0] == 1


def test_a_large_list_begins_as_a_small_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    small, _ = made(*TEXTS)
    monkeypatch.setattr(rank, "_IN_MEMORY", 3)
    large, _ = made(*TEXTS)
    for question in ("garden talks", "meetings", "remote work"):
        assert ranked(large, question)[:3] == ranked(small, question)[:3]


def test_a_need_lifts_every_passage_of_its_document_and_is_never_ranked_itself() -> None:
    passages = [IndexedText(f"k{place}", f"d{place // 2}", text) for place, text in enumerate(["a", "b", "c", "d"])]
    vectors = {"k0": [1, 0, 0], "k1": [0, 0, 1], "k2": [0, 0, 1], "k3": [0, 0, 1], "n0": [0, 1, 0]}
    index = FakeIndex({key: np.array(vector, np.float32) for key, vector in vectors.items()})
    asked = np.array([0, 1, 0], np.float32)

    with_it = Ranker(passages, cast(Index, index), "f", [IndexedText("n0", "d1", "z")])
    without = Ranker(passages, cast(Index, index), "f")

    assert with_it.rank("z", asked).places.tolist() == [2, 3, 0, 1]
    with_it.load()
    needs = with_it.closest_needs(asked)
    assert needs is not None
    assert needs.tolist() == [0, 0, 1, 1]
    without.load()
    assert without.closest_needs(asked) is None
    beside = with_it.beside([IndexedText("own", "other", "own")], np.array([[0, 0, 1]], np.float32))
    assert beside.rank("z", asked).places.tolist() == [2, 3, 0, 1, 4]


def test_needs_count_for_their_share() -> None:
    fused, needs = np.array([1.0, 0.0], np.float32), np.array([0.0, 0.5], np.float32)

    assert with_needs(fused, None) is fused
    assert with_needs(fused, needs, 0.25).tolist() == [0.75, 0.25]
    assert with_needs(fused, needs, 0.0).tolist() == [1.0, 0.0]
