"""Train the readers in `coach/learned/`: `python -m evals.train_learned` writes their files anew, in ten minutes.

Each reader is two linear layers, one on vectors and one on words, both learned from `coach/learned/examples/`; that of
goals also from lines of `knowledge/asked`, none of which belongs elsewhere.
How much each counts, and from which chance on something is found, is fitted to what the two say of each writer's texts
when they have learned from the other writers' alone. Those figures are printed; `--check` writes nothing else.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, get_args

import numpy as np

from coach.errors import CoachError
from coach.feedback.head import SCALE, Matrix, best_threshold, read_tuning
from coach.learned import EXAMPLES_FOLDER, NOTHING, Learned, Subject, chances_of, learned_file, write_learned
from coach.retrieval.embed import PACKAGED_MODEL, SentenceTransformerEncoder
from coach.retrieval.library import read_library
from coach.settings import Settings
from evals.train_phrases import features_of, minimize, untrained

# Of the mean of the squares of the weights on vectors and on words; chosen, as the kind of features was, by leaving
# writers out.
_PENALTIES: dict[Subject, tuple[float, float]] = {
    "wishes": (1e-3, 1.7e-5),
    "matters": (2e-4, 1e-6),
    "needs": (3e-4, 5e-6),
    "taboos": (3e-4, 5e-6),
}
# Of the library's lines every fourth is enough, and all of them took four times as long.
_EVERY_LINE, _PARTS = 4, 3
# Of what is found in an unseen writer's texts so many are to be right. A wish that nobody had is said to be somebody's;
# a way of working that nobody needs harms nobody; and a subject that is kept out in vain costs a few activities, where
# one that comes up hurts.
RIGHT: dict[Subject, float] = {"wishes": 0.85, "needs": 0.8, "taboos": 0.67}
# From this chance on a goal is sent on: of the library's lines that were not learned from it takes as large a share for
# something that belongs elsewhere as 0.65 did before their number doubled.
SENT_ON = 0.55


@dataclass(frozen=True)
class Row:
    """A text with its labels; `role` is whose it is, where that matters, and `writer` the file that it comes from."""

    text: str
    labels: tuple[str, ...]
    role: str
    writer: str

    @property
    def in_words(self) -> str:
        """What the layer on words reads."""
        return f"{self.role} {self.text}".strip()


def read_examples(subject: Subject) -> list[Row]:
    """The texts to learn from. Raises CoachError for a row that cannot be read."""
    found = []
    for file in sorted((EXAMPLES_FOLDER / subject).glob("*.jsonl")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            try:
                row: dict[str, Any] = json.loads(line)
                found.append(Row(row["text"], tuple(row["labels"]), row.get("role", ""), file.stem))
            except (ValueError, KeyError, TypeError) as error:
                raise CoachError(f"{file.name}:{number} is no text with labels: {error}") from error
    return found


def of_the_library() -> list[Row]:
    """What people type when they need the library: situations and questions of pairs, none of which belongs elsewhere.

    In as many parts as there are `_PARTS`, each of other documents, so that most are there when one is left out.
    """
    documents = read_library(Settings().knowledge_dir).documents
    return [
        Row(line, (), "", f"the library, part {number % _PARTS + 1}")
        for number, document in enumerate(documents)
        for line in islice(document.asked.lines, 0, None, _EVERY_LINE)
    ]


def encoder_of(subject: Subject) -> SentenceTransformerEncoder:
    """The model whose vectors the coach keeps of such texts anyway."""
    return SentenceTransformerEncoder(PACKAGED_MODEL, read_tuning().changes if subject == "wishes" else {})


def train(subject: Subject) -> Learned:
    """The reader of a subject, from all its examples; says how it reads writers whom it has not learned from."""
    rows, encoder = read_examples(subject), encoder_of(subject)
    if subject == "matters":
        rows += of_the_library()
    texts = [row.in_words for row in rows]
    labels = sorted({label for row in rows for label in row.labels})
    # Where a text has one label or none, having none is learned like a label.
    names = [*labels, NOTHING] if subject == "matters" else labels
    raised = np.array([[label in (row.labels or (NOTHING,)) for label in names] for row in rows], np.float32)
    vectors = encoder.encode([row.text for row in rows]) * np.float32(SCALE)
    of_vectors, of_words = _of_others(subject, rows, vectors, raised, names)
    shares, bias = _weighed(of_vectors, of_words, raised, names)
    chances = chances_of(shares[0] * of_vectors + shares[1] * of_words + bias, names)
    threshold = best_threshold(raised, chances, RIGHT[subject]) if subject in RIGHT else SENT_ON
    _tell(subject, rows, raised[:, : len(labels)], _found(chances, threshold, subject))
    weights, own = _layer(vectors, raised, _PENALTIES[subject][0], names)
    phrases = untrained(texts, names)
    word_weights, word_bias = _layer(features_of(phrases, texts), raised, _PENALTIES[subject][1], names)
    return Learned(
        encoder.fingerprint,
        weights.T * np.float32(SCALE * shares[0]),
        replace(
            phrases,
            weights=word_weights * shares[1],
            bias=own * shares[0] + word_bias * shares[1] + bias,
            share=1.0,
            threshold=threshold,
        ),
    )


def _of_others(
    subject: Subject, rows: Sequence[Row], vectors: Matrix, raised: Matrix, names: Sequence[str]
) -> tuple[Matrix, Matrix]:
    """What both layers say of each writer's texts when they have learned from the others', shapes (texts, names)."""
    of_vectors, of_words = np.zeros_like(raised), np.zeros_like(raised)
    for writer in sorted({row.writer for row in rows}):
        own = np.array([row.writer == writer for row in rows])
        weights, bias = _layer(vectors[~own], raised[~own], _PENALTIES[subject][0], names)
        of_vectors[own] = vectors[own] @ weights + bias
        phrases = untrained([row.in_words for row in rows if row.writer != writer], names)
        read = features_of(phrases, [row.in_words for row in rows])
        weights, bias = _layer(read[~own], raised[~own], _PENALTIES[subject][1], names)
        of_words[own] = read[own] @ weights + bias
    return of_vectors, of_words


def _layer(inputs: Matrix, raised: Matrix, penalty: float, names: Sequence[str]) -> tuple[Matrix, Matrix]:
    """Logistic regression: weights (inputs, names) and bias (names,)."""
    import torch

    read = torch.from_numpy(inputs)
    # Of the words of all texts each has few.
    if np.count_nonzero(inputs) < inputs.size / 10:
        read = read.to_sparse()
    weights = torch.zeros(inputs.shape[1], len(names), requires_grad=True)
    bias = torch.zeros(len(names), requires_grad=True)

    def loss() -> torch.Tensor:
        whole: torch.Tensor = _loss(read @ weights + bias, raised, names)
        return whole + penalty * (weights**2).sum()

    minimize([weights, bias], loss)
    return weights.detach().numpy(), bias.detach().numpy()


def _weighed(of_vectors: Matrix, of_words: Matrix, raised: Matrix, names: Sequence[str]) -> tuple[Matrix, np.float32]:
    """How much each layer counts, and what is added (stacking, Wolpert, 1992)."""
    import torch

    both = torch.from_numpy(np.stack([of_vectors, of_words]))
    shares, bias = torch.full((2,), 0.5, requires_grad=True), torch.zeros(1, requires_grad=True)
    minimize([shares, bias], lambda: _loss((both * shares[:, None, None]).sum(0) + bias, raised, names))
    return shares.detach().numpy(), np.float32(bias.item())


def _loss(evidence: Any, raised: Matrix, names: Sequence[str]) -> Any:
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

    wanted = torch.from_numpy(raised)
    if NOTHING in names:
        return cross_entropy(evidence, wanted.argmax(1))
    return binary_cross_entropy_with_logits(evidence, wanted, reduction="none").sum(1).mean()


def _found(chances: Matrix, threshold: float, subject: Subject) -> Any:
    """Which labels are found, shape (texts, labels)."""
    if subject in RIGHT:
        return chances >= threshold
    own = chances[:, :-1]
    return (own == own.max(axis=1, keepdims=True)) & (1 - chances[:, -1:] >= threshold)


def _tell(subject: str, rows: Sequence[Row], raised: Matrix, found: Any) -> None:
    for writer in [*sorted({row.writer for row in rows}), "all"]:
        chosen = [place for place, row in enumerate(rows) if writer in ("all", row.writer)]
        wanted, said = raised[chosen] > 0, found[chosen]
        right, none = wanted & said, ~wanted.any(axis=1)
        sys.stderr.write(
            f"{subject}, {writer}: {right.sum()} of {said.sum()} found are right; of {(~none).sum()} texts with a "
            f"label {right.any(axis=1).sum()} are read rightly, {said[~none].any(axis=1).sum()} somehow; of "
            f"{none.sum()} without one {said[none].any(axis=1).sum()} get one\n"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write, or check."""
    parser = argparse.ArgumentParser(prog="python -m evals.train_learned", description="Train the readers of texts.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help="of wishes, matters, needs, taboos; all of them")
    parser.add_argument("--check", action="store_true", help="print the figures of writers left out; write nothing")
    options = parser.parse_args(arguments)
    if unknown := set(options.subjects) - set(get_args(Subject)):
        parser.error(f"no reader reads {', '.join(sorted(unknown))}")
    for subject in options.subjects or get_args(Subject):
        reader = train(subject)
        if not options.check:
            write_learned(reader, learned_file(subject))
            sys.stderr.write(f"{subject}.npz: {learned_file(subject).stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CoachError as error:
        sys.exit(str(error))
