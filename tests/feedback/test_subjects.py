"""What comes up beside the taxonomy: fixed subjects, told apart by a whitened vector."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coach.errors import EmbeddingError
from coach.feedback import ThemeFound
from coach.feedback.disclosure import QUOTE_WORDS, Minimums
from coach.feedback.periods import parse_period
from coach.feedback.quotes import folded_words
from coach.feedback.reading import OwnReader
from coach.feedback.report_words import report_words
from coach.feedback.reports import make_report
from coach.feedback.subjects import (
    SubjectFinder,
    read_whitening,
    subject_labels,
    subject_sentences,
    subjects_version,
)
from coach.retrieval.embed import PACKAGED_MODEL, SentenceTransformerEncoder, Vector
from coach.retrieval.library import Library
from tests.feedback.programs import program

Read = list[tuple[list[ThemeFound], bytes]]


@pytest.fixture(scope="module")
def reader(library: Library) -> OwnReader:
    return OwnReader(PACKAGED_MODEL, library)


class Words:
    """An embedding model that counts words."""

    fingerprint = "words"

    def encode(self, texts: Sequence[str]) -> Vector:
        vectors = np.full((len(texts), 4096), 1e-4, np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in folded_words(text):
                row[int(hashlib.md5(word.encode()).hexdigest(), 16) % 4096] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def subjects_of(read: Read) -> list[list[str]]:
    return [[found.theme for found in themes if found.polarity == "emerging"] for themes, _ in read]


async def test_comments_that_raise_no_theme_are_known_by_their_subject(reader: OwnReader) -> None:
    said = {
        "The parking garage was full again, no free space anywhere.": ["subject:parking"],
        "It was freezing in the office, the heating is off and we kept our coats on.": ["subject:heat"],
        "Are we even allowed to use AI chatbots at work? There is no policy.": ["subject:ai-policy"],
        "The works council was never consulted.": ["subject:union"],
        "n/a": [],
        "Es gibt keine Parkplätze, das Parkhaus ist immer voll.": [],
        "Thanks, see you all in autumn.": [],
    }
    read = await reader.read(list(said))
    assert dict(zip(said, subjects_of(read), strict=True)) == said
    for themes, _ in read:
        assert all(0.8 <= found.confidence <= 1 for found in themes if found.polarity == "emerging")


async def test_a_comment_on_a_theme_of_the_taxonomy_stays_with_it(reader: OwnReader) -> None:
    (read,) = await reader.read(["We started twenty minutes late again because his calendar is full."])
    assert [found.theme for found in read[0]] == ["time-and-scheduling"]


async def test_the_company_a_comment_comes_in_changes_nothing(reader: OwnReader) -> None:
    texts = ["The parking garage was full again.", "There were biscuits.", "We drew a chart.", "Layoffs are rumored."]
    together = await reader.read(texts)
    apart = [(await reader.read([text]))[0] for text in texts]
    assert [themes for themes, _ in together] == [themes for themes, _ in apart]


def test_the_readers_version_names_the_subjects_too(reader: OwnReader, library: Library) -> None:
    assert reader.version.endswith(f"+{subjects_version()}")


def test_a_model_that_was_not_tuned_is_compared_as_it_is() -> None:
    encoder = Words()
    finder = SubjectFinder(encoder)
    asked = encoder.encode(["Parking fees went up again and nobody asked us.", "zebra"])
    found = finder.find(asked, [False, False])
    assert [one.id if one else None for one in found] == ["subject:parking", None]
    assert finder.find(np.zeros((0, 4096), np.float32), []) == []


def test_a_comment_with_a_theme_must_be_nearer() -> None:
    encoder = Words()
    finder, asked = SubjectFinder(encoder), encoder.encode(["Parking fees went up, she smiled."])
    without, beside = (finder.find(asked, [themed])[0] for themed in (False, True))
    assert without is not None
    assert without.id == "subject:parking"
    assert beside is None


def test_ids_and_labels_are_fixed_and_short() -> None:
    labels = subject_labels()
    assert len(labels) == len(set(labels.values())) > 120
    assert all(len(folded_words(label)) < QUOTE_WORDS for label in labels.values())
    assert len(subject_sentences()) == len(set(subject_sentences())) >= 3 * len(labels)


def test_a_broken_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "subjects.npz").write_bytes(b"no")
    for file in (tmp_path / "subjects.npz", tmp_path / "none.npz"):
        with pytest.raises(EmbeddingError, match="Install the coach again"):
            read_whitening(file)


def test_the_whitening_belongs_to_the_packaged_reader(reader: OwnReader) -> None:
    """Otherwise subjects would be looked for the worse way; `python -m evals.fit_subjects` makes it anew."""
    assert reader.version.startswith(read_whitening().model)


def report(library: Library, raised: dict[str, Sequence[int]], comments: Sequence[str] = ()) -> Any:
    period, at = parse_period("2026-08"), datetime(2026, 9, 9, tzinfo=UTC)
    voices = program(14, raised)
    return make_report(period, voices, comments, Minimums(), report_words(library), before=None, made_at=at)


def test_subjects_are_listed_as_emerging_at_the_same_minimums(library: Library) -> None:
    listed = report(library, {"subject:parking": (0, 2, 4), "subject:heat": (0, 2), "subject:made-up": range(9)})
    (theme,) = listed["themes"]
    assert (theme["id"], theme["label"], theme["kind"]) == ("subject:parking", "Parking", "emerging")
    assert "Parking" in theme["summary"]
    assert 1 <= len(theme["actions"]) <= 3
    assert {source["id"] for source in listed["sources"]} == set(theme["actions"][0]["sources"])
    assert json.dumps(listed).count("{label}") == 0


def test_what_is_said_of_a_subject_repeats_no_comment(library: Library) -> None:
    plain = report(library, {"subject:parking": range(6)})["themes"][0]["summary"]
    other = report(library, {"subject:parking": range(6)}, [plain])["themes"][0]["summary"]
    assert other
    assert other != plain


def test_the_model_that_is_shared_stays_as_it_was() -> None:
    assert SentenceTransformerEncoder(PACKAGED_MODEL).fingerprint != read_whitening().model
