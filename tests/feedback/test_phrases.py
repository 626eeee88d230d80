from pathlib import Path

import numpy as np
import pytest

from coach.errors import EmbeddingError
from coach.feedback.head import Head
from coach.feedback.phrases import Phrases, phrases_in, read_phrases, write_phrases
from coach.feedback.themes import ThemeReader
from tests.encoders import WordHashEncoder
from tests.feedback.test_themes import IDS, THEMES, head_that_knows

VOCABULARY = ("agenda", "no agenda", "the")


def phrases(**changes: object) -> Phrases:
    weights = np.zeros((len(VOCABULARY), len(IDS)), np.float32)
    weights[VOCABULARY.index("no agenda"), IDS.index("session-structure")] = 12
    known = {
        "themes": tuple(IDS),
        "vocabulary": VOCABULARY,
        "rarity": np.array([1, 3, 1], np.float32),
        "weights": weights,
        "bias": np.zeros(len(IDS), np.float32),
        "share": 1.0,
        "threshold": 0.5,
        "least": 0.0,
    }
    return Phrases(**(known | changes))  # type: ignore[arg-type]


def test_words_and_pairs_of_words_are_read_in_lower_case() -> None:
    assert phrases_in("We’d NO agenda.") == ["we'd", "no", "agenda", "we'd no", "no agenda"]
    assert phrases_in("") == []


def test_a_saying_that_the_model_misses_is_found_by_its_words() -> None:
    fake, head = WordHashEncoder(), head_that_knows(rapport="laughed")

    def found(text: str, beside: Phrases | None) -> list[str]:
        return [theme.id for theme in ThemeReader(fake, lambda: head, THEMES, beside).read([text])[0].themes]

    assert found("There was no agenda again", None) == []
    assert found("There was no agenda again", phrases()) == ["session-structure"]
    assert found("We laughed a lot then", phrases()) == ["rapport"]
    assert found("The agenda of the day", phrases()) == []


def test_words_alone_do_not_find_what_the_model_takes_for_unlikely() -> None:
    fake, head = WordHashEncoder(), head_that_knows(rapport="laughed")
    model = head.logits(fake.encode(["There was no agenda again"]))[0, IDS.index("session-structure")]
    chance = 1 / (1 + np.exp(-float(model)))
    for least, found in ((chance * 0.9, ["session-structure"]), (chance * 1.1, [])):
        reader = ThemeReader(fake, lambda: head, THEMES, phrases(least=least))
        assert [theme.id for theme in reader.read(["There was no agenda again"])[0].themes] == found


def test_the_threshold_is_the_one_of_both_halves_together() -> None:
    fake, head = WordHashEncoder(), head_that_knows(rapport="laughed")
    strict = ThemeReader(fake, lambda: head, THEMES, phrases(threshold=1.1))
    assert strict.read(["There was no agenda again"])[0].themes == ()


def test_what_is_beside_a_text_changes_nothing_of_its_evidence() -> None:
    texts = ["no agenda", "the agenda", "", "no agenda the the"]
    together, layer = phrases().logits(texts), phrases()
    for row, text in enumerate(texts):
        assert (layer.logits([text])[0] == together[row]).all()


def test_another_layer_reads_everything_again() -> None:
    assert phrases().digest == phrases().digest
    assert phrases().digest != phrases(threshold=0.4).digest
    assert phrases().digest != phrases(bias=np.ones(len(IDS), np.float32)).digest
    fake, head = WordHashEncoder(), head_that_knows(rapport="laughed")
    plain, beside = ThemeReader(fake, lambda: head, THEMES), ThemeReader(fake, lambda: head, THEMES, phrases())
    assert plain.fingerprint != beside.fingerprint


def test_the_layer_is_kept_in_a_file(tmp_path: Path) -> None:
    file, before = tmp_path / "phrases.npz", phrases(share=0.67, least=0.2)
    write_phrases(before, file)
    after = read_phrases(file)
    assert (after.themes, after.vocabulary, after.share, after.least) == (before.themes, VOCABULARY, 0.67, 0.2)
    assert (after.logits(["no agenda"]) == before.logits(["no agenda"])).all()


@pytest.mark.parametrize("content", [None, b"", b"PK not a file"])
def test_a_missing_or_broken_file_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "phrases.npz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(EmbeddingError, match="Install the coach again"):
        read_phrases(file)


def test_halves_that_know_other_themes_are_refused() -> None:
    head = head_that_knows(rapport="laughed")
    other = Head(head.themes[::-1], head.weights, head.bias, head.thresholds)
    with pytest.raises(EmbeddingError, match="do not fit"):
        phrases().beside(other)


def test_the_packaged_layer_knows_nothing_that_only_one_comment_says() -> None:
    kept = read_phrases()
    assert len(kept.themes) == 19
    assert 0 < kept.threshold < 1
    assert 5_000 < len(kept.vocabulary) < 20_000
