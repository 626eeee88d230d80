from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from coach.retrieval import rank
from coach.retrieval.answered import Signs, read_bar
from coach.retrieval.chunk import IndexedText
from coach.retrieval.embed import Vector
from coach.retrieval.index import Index
from coach.retrieval.lexical import Scores
from coach.retrieval.rank import Legs, Ranker, Ranking, fuse, read_weights, scaled
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


# Fusion


def legs_of(words: Scores, similarity: Scores) -> Legs:
    """Legs of two kinds: all that is said by words, and all that is said by meaning."""
    return Legs(words, words, words, *[similarity] * 6)


@pytest.mark.parametrize("leg", Legs._fields)
def test_a_leg_that_alone_has_weight_gives_the_order(leg: str) -> None:
    chance = np.random.default_rng(3)
    legs = Legs(*(chance.permutation(np.linspace(0, 9, 60)).astype(np.float32) for _ in Legs._fields))
    assert best_first(fuse(legs, {leg: 0.4})) == best_first(getattr(legs, leg))


@given(
    scores=st.lists(st.tuples(st.floats(-1, 1, width=32), st.floats(0, 60, width=32)), max_size=150),
    share=st.floats(0, 1),
)
def test_fused_scores_are_from_0_to_1(scores: list[tuple[float, float]], share: float) -> None:
    legs = legs_of(scores_of(*(words for _, words in scores)), scores_of(*(dense for dense, _ in scores)))
    fused = fuse(legs, {"similarity": share, "words": 1 - share})
    assert fused.shape == (len(scores),)
    assert ((fused >= 0) & (fused <= 1.00001)).all()


def test_the_best_of_every_leg_gets_1_and_the_last_of_every_leg_0() -> None:
    legs = legs_of(scores_of(0, 2, 4), scores_of(0.1, 0.3, 0.9))
    middle = 0.75 * 0.25 + 0.25 * 0.5
    assert fuse(legs, {"similarity": 3, "words": 1}).tolist() == pytest.approx([0, middle, 1])


def test_the_scale_of_a_leg_does_not_matter() -> None:
    weights = {"similarity": 0.4, "words": 0.6}
    fused = fuse(legs_of(scores_of(0, 3, 9), scores_of(0.2, 0.5, 0.4)), weights).tolist()
    assert fuse(legs_of(scores_of(0, 1, 3), scores_of(0.6, 0.75, 0.7)), weights).tolist() == pytest.approx(
        fused, abs=1e-5
    )


def test_a_leg_that_tells_nothing_apart_leaves_the_order_to_the_other() -> None:
    same, telling = scores_of(0.4, 0.4, 0.4), scores_of(0.1, 0.8, 0.3)
    weights = {"similarity": 0.5, "words": 0.5}
    assert best_first(fuse(legs_of(same, telling), weights)) == [1, 2, 0]
    assert best_first(fuse(legs_of(telling, same), weights)) == [1, 2, 0]
    assert not fuse(legs_of(same, same), weights).any()


def test_what_is_behind_the_hundredth_counts_nothing() -> None:
    fused = scaled(np.linspace(1, 0, 300, dtype=np.float32))
    assert np.flatnonzero(fused).tolist() == list(range(99))


def test_the_weights_that_search_uses_are_read_from_their_file() -> None:
    weights = read_weights()
    assert set(weights.legs) <= set(Legs._fields)
    assert all(weight >= 0 for weight in weights.legs.values())
    assert sum(weights.legs.values()) > 0


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


def test_a_question_leaves_no_thread_behind_that_spins() -> None:
    # What another library brings along for itself, such as PyTorch, is not what numpy multiplies with.
    of_numpy = [pool["num_threads"] for pool in threadpool_info() if "numpy" in pool["filepath"]]
    assert set(of_numpy) <= {1}


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


def test_in_a_collection_without_lines_what_is_found_first_widens_the_question() -> None:
    # Twelve texts on sailing share no word with one of them but "harbour"; the others are on something else.
    found_first = [f"sailing harbour night {number}" for number in range(12)]
    related = "harbour lights tide"
    ranker, _ = made(*found_first, related, *["pay slips and forms"] * 120)
    legs = ranker.legs("sailing", vector_of("sailing"))
    place = len(found_first)
    assert legs.words[place] == 0
    assert legs.similarity[place] == pytest.approx(0, abs=0.05)
    assert legs.document_asked[place] > legs.document_asked[place + 1 :].max()


# What people ask


VECTORS = {"k0": [1, 0, 0], "k1": [0, 0, 1], "k2": [0, 0, 1], "k3": [0, 0, 1], "n0": [0, 1, 0], "n1": [0.6, 0.8, 0]}


def with_asked(*asked: IndexedText) -> Ranker:
    """A ranker of two documents with two sections each."""
    passages = [
        IndexedText(f"k{place}", f"d{place // 2}", text, f"section {place % 2}")
        for place, text in enumerate(["apple", "brick", "cloud", "drum"])
    ]
    index = FakeIndex({key: np.array(vector, np.float32) for key, vector in VECTORS.items()})
    return Ranker(passages, cast(Index, index), "f", asked)


QUESTION = np.array([0, 1, 0], np.float32)


def test_what_people_ask_of_a_document_lifts_each_of_its_passages_and_is_never_ranked_itself() -> None:
    ranker = with_asked(IndexedText("n0", "d1", "zebra"))
    found = ranker.rank("zebra", QUESTION)
    assert found.places.tolist()[:2] == [2, 3]
    assert sorted(found.places.tolist()) == [0, 1, 2, 3]
    assert ranker.legs("zebra", QUESTION).document_asked.tolist() == [0, 0, 1, 1]


def test_what_people_ask_of_a_section_lifts_that_section_before_its_neighbors() -> None:
    ranker = with_asked(IndexedText("n0", "d1", "zebra", "section 1"))
    found = ranker.rank("zebra", QUESTION)
    assert found.places.tolist()[:2] == [3, 2]
    legs = ranker.legs("zebra", QUESTION)
    assert legs.section_asked.tolist() == [0, 0, 0, 1]
    assert legs.words[3] > legs.words[2] == 0
    assert legs.document_words[2] == legs.document_words[3] > 0


def test_where_nobody_asked_the_text_stands_for_itself() -> None:
    ranker = with_asked(IndexedText("n0", "d1", "zebra", "section 1"))
    legs = ranker.legs("apple", np.array([1, 0, 0], np.float32))
    assert legs.section_asked.tolist() == [1, 0, 0, 0]
    assert legs.document_asked.tolist() == [1, 1, 0, 0]
    assert legs.document_similarity.tolist() == [1, 1, 0, 0]
    assert legs.whole_words[0] == legs.whole_words[1] > 0
    assert ranker.rank("apple", np.array([1, 0, 0], np.float32)).places[0] == 0


def test_of_several_lines_the_closest_counts() -> None:
    ranker = with_asked(IndexedText("n1", "d1", "yak", "section 1"), IndexedText("n0", "d1", "zebra", "section 1"))
    assert ranker.legs("?", QUESTION).section_asked.tolist() == [0, 0, 0, 1]
    assert ranker.legs("?", np.array([1, 0, 0], np.float32)).section_asked[3] == pytest.approx(0.6)


def test_passages_beside_the_others_are_ranked_with_them() -> None:
    beside = with_asked(IndexedText("n0", "d1", "zebra")).beside(
        [IndexedText("own", "other", "own")], np.array([[0, 1, 0]], np.float32)
    )
    assert beside.rank("own", QUESTION).places[0] == 4
    assert set(beside.rank("zebra", QUESTION).places.tolist()[:3]) == {2, 3, 4}


def signs_of(ranker: Ranker, question: str, vector: Vector = QUESTION) -> Signs:
    return ranker.signs(question, vector, ranker.legs(question, vector))


def test_closeness_is_the_mean_of_the_closest_passage_and_the_closest_line() -> None:
    ranker = with_asked(IndexedText("n0", "d1", "zebra"))
    assert signs_of(ranker, "zebra").closeness == pytest.approx(0.5)
    assert signs_of(ranker, "apple", np.array([1, 0, 0], np.float32)).closeness == pytest.approx(1)
    assert ranker.rank_by_words("zebra").above_bar is None


def test_a_question_is_of_the_subject_as_far_as_all_lines_are_like_it() -> None:
    ranker = with_asked(IndexedText("n0", "d1", "zebra"), IndexedText("n1", "d0", "yak"))
    assert signs_of(ranker, "zebra").subject == pytest.approx(0.9)
    assert signs_of(made(*TEXTS)[0], "pay", vector_of("pay")).subject is None


def test_known_words_are_a_share_of_the_different_ones_that_passages_or_lines_have() -> None:
    ranker = with_asked(IndexedText("n0", "d1", "zebra"))
    assert signs_of(ranker, "zebras, zebra and lentils").known_words == pytest.approx(1 / 2)
    assert signs_of(ranker, "the of and").known_words == 1


def test_how_far_a_question_is_above_the_bar_is_kept_with_its_ranking() -> None:
    ranker = with_asked(IndexedText("n0", "d1", "zebra"))
    assert ranker.rank("zebra", QUESTION).above_bar == pytest.approx(read_bar().above(signs_of(ranker, "zebra")))


def test_a_question_points_to_the_document_and_the_section_that_many_lines_point_to() -> None:
    lines = [IndexedText(f"n{number}", f"d{number % 2}", "x", f"section {number // 2 % 2}") for number in range(8)]
    passages = [
        IndexedText(f"k{place}", f"d{place // 2}", text, f"section {place % 2}") for place, text in enumerate("abcd")
    ]
    directions = {("d0", "section 0"): 0, ("d0", "section 1"): 1, ("d1", "section 0"): 2, ("d1", "section 1"): 3}
    known = {
        one.id: np.eye(5, dtype=np.float32)[directions[one.document_id, one.section or ""] if one in lines else 4]
        for one in [*lines, *passages]
    }
    legs = Ranker(passages, cast(Index, FakeIndex(known)), "f", lines).legs("", np.eye(5, dtype=np.float32)[3])
    assert legs.section_learned.argmax() == 3
    assert legs.document_learned[2] == legs.document_learned[3] > legs.document_learned[:2].max()


def test_what_a_program_adds_is_learned_beside_the_library() -> None:
    ranker = with_asked(IndexedText("n0", "d0", "apple or pear"))
    both = ranker.beside([IndexedText("k9", "own", "egg")], np.array([[0, 0.6, 0.8]], np.float32))
    legs = both.legs("", np.array([0, 0.6, 0.8], np.float32))
    assert legs.document_learned.argmax() == 4
    assert legs.section_learned.argmax() == 4
