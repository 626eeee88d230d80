import random
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from coach.errors import EmbeddingError
from coach.feedback.head import (
    POLARITIES,
    TUNING_FILE,
    Example,
    Head,
    Tuning,
    best_threshold,
    fit_head,
    read_examples,
    read_tuning,
    write_tuning,
)
from coach.feedback.themes import Theme, ThemeReader, taxonomy
from coach.retrieval.embed import PACKAGED_MODEL, PACKAGED_SHA256, SentenceTransformerEncoder
from coach.retrieval.library import Library
from coach.settings import REPOSITORY
from tests.encoders import DIMENSIONS, WordHashEncoder

THEMES = (
    Theme("rapport", "Ease between the two", "gain"),
    Theme("session-structure", "Meetings without a thread", "concern"),
    Theme("time-and-scheduling", "Finding the time", "concern"),
)
IDS = [theme.id for theme in THEMES]
# What WordHashEncoder's head says of the polarity of any text: concern, gain, mixed, neutral.
SIDES = np.array([1, 2, 0, 3], np.float32)


def example(text: str, *themes: str) -> Example:
    sides = {theme.polarity for theme in THEMES if theme.id in themes}
    return Example(text, themes, "mixed" if len(sides) > 1 else sides.pop() if sides else "neutral", "somebody")


EXAMPLES = [
    *[example(f"we laughed about the {one}", "rapport") for one in ("cat", "rain", "tea", "bus", "cake", "dog")],
    *[example(f"no agenda for the {one}", "session-structure") for one in ("cat", "rain", "tea", "bus", "cake", "dog")],
    *[example(f"cancelled for the {one}", "time-and-scheduling") for one in ("cat", "rain", "tea", "bus", "cake")],
    *[
        example(f"laughed over the {one} and cancelled", "rapport", "time-and-scheduling")
        for one in ("cat", "rain", "tea", "bus", "cake")
    ],
    *[example(f"the {one} was there") for one in ("cat", "rain", "tea", "bus", "cake", "dog")],
]


def head_that_knows(**words: str) -> Head:
    """A head for WordHashEncoder: each theme is certain where its word is in the text."""
    fake, weights = WordHashEncoder(), np.zeros((len(IDS) + len(POLARITIES), DIMENSIONS), np.float32)
    empty = fake.encode([""])[0]
    for theme, word in words.items():
        weights[IDS.index(theme.replace("_", "-"))] = np.where(fake.encode([word])[0] > empty.max(), 10, 0)
    bias = np.concatenate([np.full(len(IDS), -5, np.float32), SIDES])
    return Head(tuple(IDS), weights, bias, np.full(len(IDS), 0.5, np.float32))


@pytest.fixture
def fake() -> WordHashEncoder:
    return WordHashEncoder()


@pytest.fixture
def reader(fake: WordHashEncoder) -> ThemeReader:
    head = head_that_knows(rapport="laughed", time_and_scheduling="cancelled")
    return ThemeReader(fake, lambda: head, THEMES)


@pytest.fixture(scope="module")
def real(library: Library) -> ThemeReader:
    """The reader as the service uses it."""
    return ThemeReader.open(PACKAGED_MODEL, taxonomy(library))


# Reading


def test_a_comment_raises_none_one_or_several_themes(reader: ThemeReader) -> None:
    readings = reader.read(["the cat sat there", "we laughed", "we laughed, then cancelled"])

    assert [[theme.id for theme in one.themes] for one in readings] == [
        [],
        ["rapport"],
        ["rapport", "time-and-scheduling"],
    ]
    assert all(0.5 <= theme.score <= 1 for one in readings for theme in one.themes)


def test_polarity_never_contradicts_the_themes(reader: ThemeReader) -> None:
    readings = reader.read(["we laughed", "they cancelled", "we laughed, then cancelled", "the cat sat there"])

    assert [one.polarity for one in readings] == ["gain", "concern", "mixed", "neutral"]


def test_what_says_nothing_costs_nothing_and_has_no_vector(reader: ThemeReader, fake: WordHashEncoder) -> None:
    readings = reader.read(["n/a", "", "asdfgh"])

    assert [(one.kind, one.themes, one.polarity, one.vector) for one in readings] == [
        ("nothing said", (), "neutral", None)
    ] * 3
    assert fake.texts == []


def test_another_language_is_kept_with_its_vector_and_no_theme(reader: ThemeReader) -> None:
    (reading,) = reader.read(["wir haben viel gelacht und laughed"])

    assert (reading.kind, reading.themes) == ("other language", ())
    assert reading.vector is not None


def test_an_equal_comment_is_encoded_once(reader: ThemeReader, fake: WordHashEncoder) -> None:
    readings = reader.read(["we laughed", " we  laughed ", "we laughed"])

    assert fake.texts == ["we laughed"]
    assert len({tuple(one.themes) for one in readings}) == 1


def test_the_model_gets_the_same_batches_in_whatever_order_comments_come(
    reader: ThemeReader, fake: WordHashEncoder
) -> None:
    texts = [f"{'we laughed ' * (number % 7 + 1)}{number} times" for number in range(60)]
    reader.read(texts)
    reader.read(random.Random(3).sample(texts, len(texts)))

    assert fake.batches[0] == fake.batches[1]


def test_a_theme_that_only_a_piece_of_a_comment_shows_counts_too(fake: WordHashEncoder) -> None:
    def weigh(one: str) -> float:
        return float(fake.encode([one])[0] @ head.weights[IDS.index("rapport")])

    whole = "we laughed a lot but " + "nobody knew the plan of the day " * 4
    head = head_that_knows(rapport="laughed")
    # Between what the whole says and what its first piece says.
    head.bias[IDS.index("rapport")] = -10 * (0.6 * weigh(whole.strip()) + 0.4 * weigh("we laughed a lot"))
    reader = ThemeReader(fake, lambda: head, THEMES)

    turning, straight = reader.read([whole, whole.replace("but", "and")])

    assert [theme.id for theme in turning.themes] == ["rapport"]
    assert straight.themes == ()


def test_progress_is_told_and_ends_with_all(reader: ThemeReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.feedback.themes._AT_A_TIME", 2)
    told: list[tuple[int, int]] = []

    reader.read(["one cat", "two cats", "three cats", "n/a", "four cats", "five cats"], lambda *step: told.append(step))

    assert told == [(2, 5), (4, 5), (5, 5)]


def test_a_theme_that_the_library_no_longer_has_is_not_found(fake: WordHashEncoder) -> None:
    head = head_that_knows(rapport="laughed", time_and_scheduling="cancelled")
    reader = ThemeReader(fake, lambda: head, THEMES[1:])

    (reading,) = reader.read(["we laughed, then cancelled"])

    assert [theme.id for theme in reading.themes] == ["time-and-scheduling"]


def test_many_threads_learn_the_head_once(fake: WordHashEncoder) -> None:
    made: list[Head] = []

    def make() -> Head:
        made.append(head_that_knows(rapport="laughed"))
        return made[-1]

    reader = ThemeReader(fake, make, THEMES)
    threads = [threading.Thread(target=reader.read, args=(["we laughed"],)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1


def test_an_error_of_the_model_is_not_swallowed(reader: ThemeReader, fake: WordHashEncoder) -> None:
    fake.script.append(EmbeddingError("the weights are gone"))
    with pytest.raises(EmbeddingError, match="gone"):
        reader.read(["we laughed"])


# The head


def test_a_head_learns_words_and_leaves_out_what_it_is_not_sure_of(fake: WordHashEncoder) -> None:
    head = fit_head(fake, EXAMPLES, IDS)
    reader = ThemeReader(fake, lambda: head, THEMES)

    readings = reader.read(["we laughed about the moon", "no agenda for the moon", "cancelled for the moon"])

    assert [[theme.id for theme in one.themes] for one in readings] == [[one] for one in IDS]
    assert reader.read(["the moon was there"])[0].themes == ()


def test_a_head_learned_twice_is_the_same(fake: WordHashEncoder) -> None:
    first, second = fit_head(fake, EXAMPLES, IDS), fit_head(fake, EXAMPLES, IDS)

    np.testing.assert_array_equal(first.weights, second.weights)
    np.testing.assert_array_equal(first.thresholds, second.thresholds)


def test_probabilities_do_not_depend_on_the_other_rows() -> None:
    chance = np.random.default_rng(2)
    head = Head(
        ("a", "b"), chance.normal(size=(6, 384)).astype(np.float32), np.zeros(6, np.float32), np.ones(2, np.float32)
    )
    vectors = (chance.normal(size=(500, 384)) / 20).astype(np.float32)

    together = head.probabilities(head.logits(vectors))[0]

    alone = np.concatenate([head.probabilities(head.logits(vector[None]))[0] for vector in vectors])
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize(
    ("raised", "scores", "expected"),
    [
        ([1, 1, 1, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.5], 0.5),
        ([1, 1, 0, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.5], 0.8),
        ([1, 1, 1, 0, 0], [0.9, 0.8, 0.6, 0.6, 0.5], 0.6),
        ([1, 0, 0], [0.9, 0.9, 0.9], 1.0),
        ([0, 1], [0.9, 0.1], 1.0),
    ],
)
def test_the_threshold_is_the_lowest_that_is_precise_enough(
    raised: Sequence[int], scores: Sequence[float], expected: float
) -> None:
    found = best_threshold(np.array([raised], np.float32), np.array([scores], np.float32))
    assert found == pytest.approx(expected)


# The file


def tuning(base: str = "base") -> Tuning:
    chance = np.random.default_rng(4)
    factors = (chance.normal(size=(6, 2)).astype(np.float32), chance.normal(size=(2, 5)).astype(np.float32))
    return Tuning(base, {"encoder.layer.0": factors}, head_that_knows(rapport="laughed"))


def test_a_tuning_that_is_written_is_read_again(tmp_path: Path) -> None:
    file, before = tmp_path / "themes.npz", tuning()
    write_tuning(before, file)
    after = read_tuning(file)

    assert (after.base, after.head.themes) == (before.base, before.head.themes)
    np.testing.assert_allclose(after.head.weights, before.head.weights, rtol=1e-3)
    np.testing.assert_array_equal(after.head.thresholds, before.head.thresholds)
    for one, other in zip(after.changes["encoder.layer.0"], before.changes["encoder.layer.0"], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("content", [None, b"", b"not a zip", b"PK\x03\x04 half a zip"])
def test_a_broken_or_missing_file_says_how_to_make_it_anew(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "themes.npz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(EmbeddingError, match=r"python -m evals\.train_themes"):
        read_tuning(file)


def test_the_file_in_the_repository_is_small_and_belongs_to_the_packaged_model(library: Library) -> None:
    kept = read_tuning()

    assert TUNING_FILE.stat().st_size < 3_000_000
    assert kept.base == PACKAGED_SHA256
    assert list(kept.head.themes) == [theme.id for theme in taxonomy(library)]
    assert ((kept.head.thresholds > 0) & (kept.head.thresholds < 1)).all()


def test_the_examples_are_many_by_several_hands_and_of_every_theme(library: Library) -> None:
    examples = read_examples()
    ids = {theme.id for theme in taxonomy(library)}

    assert len(examples) >= 2_500
    assert len({one.writer for one in examples}) >= 6
    assert {theme for one in examples for theme in one.themes} == ids
    assert len({one.text for one in examples}) >= 0.99 * len(examples)


@pytest.mark.parametrize("line", ["{", '{"text": "a"}', '{"text": "a", "themes": [], "polarity": "sad"}', "[]"])
def test_a_broken_example_is_named_by_file_and_line(tmp_path: Path, line: str) -> None:
    good = '{"text": "a", "themes": [], "polarity": "gain"}\n'
    (tmp_path / "some.jsonl").write_text(good + line)
    with pytest.raises(EmbeddingError, match=r"some\.jsonl:2 "):
        read_examples(tmp_path)


def test_without_examples_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="no comments"):
        read_examples(tmp_path)


# Models


def test_another_embedding_model_gets_a_head_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: Library
) -> None:
    fake = WordHashEncoder("another model")
    monkeypatch.setattr("coach.feedback.themes.SentenceTransformerEncoder", lambda model, changes=None: fake)
    monkeypatch.setattr("coach.feedback.themes.read_examples", lambda: EXAMPLES)

    reader = ThemeReader.open("/models/another", THEMES)
    (reading,) = reader.read(["no agenda for the moon"])

    assert [theme.id for theme in reading.themes] == ["session-structure"]
    assert reader.fingerprint == "another model"
    assert EXAMPLES[0].text in fake.texts


def test_the_packaged_model_gets_the_tuning(real: ThemeReader) -> None:
    assert real.fingerprint.startswith(PACKAGED_SHA256 + "+")


def test_changes_that_do_not_fit_the_model_are_refused() -> None:
    changes = {"encoder.layer.99": (np.ones((2, 1), np.float32), np.ones((1, 2), np.float32))}
    with pytest.raises(EmbeddingError, match="do not fit"):
        SentenceTransformerEncoder(PACKAGED_MODEL, changes).encode(["text"])


def test_the_tuning_leaves_the_model_of_search_alone(real: ThemeReader, encoder: SentenceTransformerEncoder) -> None:
    before = encoder.encode(["we had no agenda"])
    (reading,) = real.read(["we had no agenda"])

    np.testing.assert_array_equal(encoder.encode(["we had no agenda"]), before)
    assert reading.vector is not None
    assert abs(float(before[0] @ reading.vector)) < 0.99


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("She cancelled three times in a row, always on the day itself.", "time-and-scheduling"),
        ("We had no agenda and drifted from one subject to the next.", "session-structure"),
        ("I am afraid that what I say will reach my manager.", "trust-and-confidentiality"),
        ("The video call was blocked by the firewall and I have no license for the tool.", "tools-and-access"),
        ("He taught me how to use pivot tables in the spreadsheet and now I make them myself.", "digital-skills"),
        ("We laugh a lot together and I look forward to every meeting.", "rapport"),
    ],
)
def test_plain_comments_are_understood(real: ThemeReader, text: str, theme: str) -> None:
    (reading,) = real.read([text])
    assert theme in [found.id for found in reading.themes]


def test_the_same_comments_in_another_order_give_the_same_readings_to_the_bit(real: ThemeReader) -> None:
    texts = [one.text for one in read_examples()[::25]]
    order = random.Random(8).sample(range(len(texts)), len(texts))

    straight, shuffled = real.read(texts), real.read([texts[place] for place in order])

    for place, reading in zip(order, shuffled, strict=True):
        same = straight[place]
        assert (reading.kind, reading.themes, reading.polarity) == (same.kind, same.themes, same.polarity)
        np.testing.assert_array_equal(reading.vector, same.vector)


def test_a_comment_by_itself_is_read_as_it_is_among_others(real: ThemeReader) -> None:
    texts = [one.text for one in read_examples()[::100]]

    together = real.read(texts)

    alone = [real.read([text])[0] for text in texts]
    assert [[found.id for found in one.themes] for one in alone] == [
        [found.id for found in one.themes] for one in together
    ]
    for one, other in zip(alone, together, strict=True):
        assert [found.score for found in one.themes] == pytest.approx([f.score for f in other.themes], abs=0.0011)


def test_opening_a_reader_loads_no_heavy_library() -> None:
    code = (
        "import sys; from coach.feedback.themes import ThemeReader; "
        f"ThemeReader.open({PACKAGED_MODEL!r}, []); "
        "print(*sorted({'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=True)

    assert done.stdout.split() == []
