"""How the readers of goals and wishes are trained, and that what is kept is of the examples of now."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest

from coach.errors import CoachError
from coach.learned import NOTHING, Subject, learned
from evals import train_learned
from evals.told import KeptOut, ToldNeed, Touched, read_kept_out, read_needs, read_touched
from evals.train_learned import read_examples, train
from evals.train_phrases import untrained
from evals.typed import TypedGoal, Wished, read_goals, read_wished
from tests.encoders import WordHashEncoder

_PHRASES = {
    "breaks": ["we need a pause", "my eyes hurt, a pause please", "no pause in two hours", "a pause would help"],
    "slower": ["far too fast", "it went too fast for me", "so fast that I was lost", "please not so fast"],
    "": ["all good", "thanks for a good hour", "good as it is", "nothing, it was good"],
}


def _write(folder: Path, subject: Subject, empty: str = "") -> None:
    (folder / subject).mkdir(parents=True)
    for writer in ("one", "two", "three"):
        rows = [
            {"text": f"{text} {writer}", "labels": [label] if label else [], "role": "mentee"}
            for label, texts in _PHRASES.items()
            for text in texts
        ]
        lines = "\n".join(map(json.dumps, rows))
        (folder / subject / f"{writer}.jsonl").write_text(f"{lines}\n{empty}", "utf-8")


@pytest.mark.parametrize("subject", get_args(Subject))
def test_what_was_learned_reads_what_it_has_not_seen(
    subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = WordHashEncoder()
    _write(tmp_path, subject)
    monkeypatch.setattr(train_learned, "EXAMPLES_FOLDER", tmp_path)
    monkeypatch.setattr(train_learned, "encoder_of", lambda subject: encoder)
    monkeypatch.setattr(train_learned, "of_the_library", list)
    reader = train(subject)

    def found(text: str) -> tuple[str, ...]:
        return reader.found(reader.chances(f"mentee {text}", encoder.encode([text])[0]))

    assert reader.model == encoder.fingerprint
    assert (NOTHING in reader.phrases.themes) == (subject == "matters")
    assert found("a pause next time please") == ("breaks",)
    assert found("too fast again") == ("slower",)
    assert found("it was good") == ()


def test_a_broken_row_is_told_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path, "wishes", '{"text": "x"}\n')
    monkeypatch.setattr(train_learned, "EXAMPLES_FOLDER", tmp_path)

    with pytest.raises(CoachError, match=r"one\.jsonl:13"):
        read_examples("wishes")


@pytest.mark.parametrize("subject", get_args(Subject))
def test_what_is_kept_was_learned_from_the_examples_of_now(subject: Subject) -> None:
    rows = read_examples(subject)
    labels = sorted({label for row in rows for label in row.labels})
    names = [*labels, NOTHING] if subject == "matters" else labels
    fresh, kept = untrained([row.in_words for row in rows], names), learned(subject).phrases

    assert kept.themes == fresh.themes
    # Goals are learned from the library's lines, too, which may have changed a little.
    if subject == "matters":
        assert set(fresh.vocabulary) <= {*kept.vocabulary}
    else:
        assert kept.vocabulary == fresh.vocabulary


def test_nothing_that_is_judged_is_among_the_examples() -> None:
    every: Sequence[tuple[Subject, Sequence[Wished | TypedGoal | ToldNeed | KeptOut | Touched]]] = (
        ("wishes", read_wished()),
        ("matters", read_goals()),
        ("needs", read_needs()),
        ("taboos", [*read_kept_out(), *read_touched()]),
    )
    for subject, judged in every:
        examples = {row.text.casefold() for row in read_examples(subject)}
        # A word or two says the same by chance.
        assert examples.isdisjoint(one.text.casefold() for one in judged if len(one.text.split()) > 2)
