"""Vectors of questions as bytes."""

import numpy as np
import pytest

from coach.retrieval.embed import Embedder, Vector
from coach.retrieval.find import Finder
from coach.retrieval.kept import holds_exactly, packed, unpacked
from coach.retrieval.search import Search
from tests.encoders import WordHashEncoder


def vectors(*texts: str) -> dict[str, Vector]:
    return dict(zip(texts, WordHashEncoder().encode(texts), strict=True))


def test_vectors_come_back_to_the_last_bit_and_only_for_the_texts_that_they_were_made_of() -> None:
    kept = packed(vectors("Read charts", "Run a retro"))

    found = unpacked(kept, ["Run a retro", "Read charts ", "read charts"])

    assert list(found) == ["Run a retro"]
    assert found["Run a retro"].tobytes() == vectors("Run a retro")["Run a retro"].tobytes()
    assert found["Run a retro"].base is None


def test_the_texts_themselves_are_not_kept() -> None:
    assert b"charts" not in packed(vectors("charts"))


@pytest.mark.parametrize(
    ("texts", "exactly"), [(["a", "b"], True), (["b", "a", "a"], True), (["a"], False), (["a", "b", "c"], False)]
)
def test_more_or_less_than_what_is_asked_is_told(texts: list[str], exactly: bool) -> None:
    assert holds_exactly(packed(vectors("a", "b")), texts) is exactly


@pytest.mark.parametrize("damaged", [b"", b"\1", packed(vectors("a"))[:-1], packed(vectors("a")) + b"\0"])
def test_damaged_bytes_give_nothing(damaged: bytes) -> None:
    assert unpacked(damaged, ["a"]) == {}
    assert not holds_exactly(damaged, ["a"])


def finder(search: Search, encoder: WordHashEncoder) -> Finder:
    """Finds as `search` does, and knows nothing yet."""
    return Finder(search.passages, search._ranker, Embedder(encoder), search._thread, search._spelling)


async def test_what_is_recalled_is_found_without_the_model(search: Search) -> None:
    question = "Ask better questions of our dashboards"
    kept = await search.vectors_of([question])
    before = [(hit.passage.id, hit.score, hit.similarity) for hit in await search.find(question, 20)]
    encoder = WordHashEncoder(search.model)
    later = finder(search, encoder)

    assert later.recall([question], search.model, kept)
    found = [(hit.passage.id, hit.score, hit.similarity) for hit in await later.find(question, 20)]

    assert found == before
    assert encoder.batches == []


async def test_vectors_of_another_model_or_of_other_words_are_not_used(search: Search) -> None:
    encoder = WordHashEncoder()
    later = finder(search, encoder)
    kept = packed({"Read charts": np.ones(64, np.float32)})

    assert not later.recall(["Read charts"], "another", kept)
    assert not later.recall(["Read maps"], later.model, kept)
    await later.vectors_of(["Read charts", "Read maps"])

    assert encoder.texts == ["Read charts", "Read maps"]
