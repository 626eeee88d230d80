"""From a comment's vector to its themes: a linear layer, its thresholds, and the file that keeps it with the tuning.

`themes.npz` beside this module is written by `python -m evals.train_themes`: the low-rank changes to the weights of the
packaged MiniLM (LoRA, Hu and others, 2021) that were trained on `examples/`, and the head that was trained with them.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from coach.errors import EmbeddingError
from coach.retrieval.embed import Encoder

Matrix = npt.NDArray[np.float32]
Polarity = Literal["concern", "gain", "mixed", "neutral"]
POLARITIES: tuple[Polarity, ...] = Polarity.__args__  # type: ignore[attr-defined]

TUNING_FILE = Path(__file__).with_name("themes.npz")
EXAMPLES_FOLDER = Path(__file__).with_name("examples")

# Wanted of every ten themes found: seven and a half that people did raise.
PRECISION = 0.75
# Of the linear head on a model that was not tuned: strength of the penalty, and parts of its cross-check.
_PENALTY = 5e-3
_FOLDS = 5
_STEPS = 60
# Vectors have length 1; a layer on longer ones learns in fewer steps.
SCALE = 10.0


@dataclass(frozen=True)
class Example:
    """A comment with the themes that it raises; `writer` is the file that it comes from."""

    text: str
    themes: tuple[str, ...]
    polarity: Polarity
    writer: str


@dataclass(frozen=True, eq=False)
class Head:
    """A linear layer on unit vectors: a row of `weights` for each of `themes`, then one for each of POLARITIES.

    A theme is found where its probability reaches its threshold. Shapes: weights (themes + 4, dimensions), bias
    (themes + 4,), thresholds (themes,), from 0 to 1.
    """

    themes: tuple[str, ...]
    weights: Matrix
    bias: Matrix
    thresholds: Matrix

    def logits(self, vectors: Matrix) -> Matrix:
        """What the layer gives for each vector, shape (vectors, themes + 4)."""
        # Not by BLAS, which sums up in another order for another number of rows.
        return np.asarray(np.einsum("nd,kd->nk", vectors, self.weights * np.float32(SCALE)) + self.bias, np.float32)

    def probabilities(self, logits: Matrix) -> tuple[Matrix, Matrix]:
        """Of each theme by itself, shape (rows, themes), and of the polarities, which add up to 1.

        Rounded to three decimals, far above what the company of other texts in a batch changes.
        """
        own, shared = logits[:, : len(self.themes)], logits[:, len(self.themes) :]
        shared = np.exp(shared - shared.max(axis=1, keepdims=True))
        of_polarities = shared / shared.sum(axis=1, keepdims=True)
        return np.round(1 / (1 + np.exp(-own)), 3), np.round(of_polarities, 3)


@dataclass(frozen=True, eq=False)
class Tuning:
    """What training made of the model whose fingerprint is `base`: changes to its weights, and the head.

    `changes` holds for each changed layer the two factors of what is added to its weights: up @ down.
    """

    base: str
    changes: Mapping[str, tuple[Matrix, Matrix]]
    head: Head


def write_tuning(tuning: Tuning, file: Path = TUNING_FILE) -> None:
    """Write the file; numbers are kept in 16 bits, but for thresholds."""
    about = {"base": tuning.base, "themes": tuning.head.themes, "layers": sorted(tuning.changes)}
    arrays: dict[str, Any] = {
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
        "weights": tuning.head.weights.astype(np.float16),
        "bias": tuning.head.bias.astype(np.float16),
        "thresholds": tuning.head.thresholds.astype(np.float32),
    }
    for layer, (up, down) in tuning.changes.items():
        arrays[f"{layer}/up"], arrays[f"{layer}/down"] = up.astype(np.float16), down.astype(np.float16)
    np.savez_compressed(file, **arrays)


@contextmanager
def read_whole(file: Path, what: str, made_by: str) -> Iterator[Any]:
    """The arrays of a file that training wrote. Raises EmbeddingError where it is missing or broken, also where what is
    read of it does not fit: it is `what`, and is made anew by the module `made_by`.
    """
    try:
        with np.load(file, allow_pickle=False) as arrays:
            yield arrays
    except (OSError, EOFError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise EmbeddingError(
            f"The {what} in {file} cannot be read ({type(error).__name__}). Install the coach again, "
            f"or make the file anew: python -m {made_by}"
        ) from error


def read_tuning(file: Path = TUNING_FILE) -> Tuning:
    """Read what `write_tuning` wrote. Raises EmbeddingError where it is missing or broken."""
    with read_whole(file, "theme classifier", "evals.train_themes") as arrays:
        about = json.loads(arrays["about"].tobytes())
        whole = {name: arrays[name].astype(np.float32) for name in arrays.files if name != "about"}
        changes = {layer: (whole[f"{layer}/up"], whole[f"{layer}/down"]) for layer in about["layers"]}
        head = Head(tuple(about["themes"]), whole["weights"], whole["bias"], whole["thresholds"])
        return Tuning(str(about["base"]), changes, head)


def read_examples(folder: Path = EXAMPLES_FOLDER) -> list[Example]:
    """The comments to learn from, all files in the order of their names. Raises EmbeddingError where there are none."""
    found = [example for file in sorted(folder.glob("*.jsonl")) for example in _read(file)]
    if not found:
        raise EmbeddingError(f"There are no comments to learn themes from in {folder}. Install the coach again.")
    return found


def _read(file: Path) -> Iterator[Example]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            if row["polarity"] not in POLARITIES:
                raise ValueError("unknown polarity")
            yield Example(str(row["text"]), tuple(row["themes"]), row["polarity"], file.stem)
        except (ValueError, KeyError, TypeError) as error:
            raise EmbeddingError(f"{file.name}:{number} is not a comment with themes and polarity: {error}") from error


def targets(examples: Sequence[Example], themes: Sequence[str]) -> tuple[Matrix, npt.NDArray[np.int64]]:
    """What a head should say: 1 where a theme is raised, shape (examples, themes), and the place of the polarity."""
    raised = np.array([[theme in example.themes for theme in themes] for example in examples], np.float32)
    return raised, np.array([POLARITIES.index(example.polarity) for example in examples], np.int64)


def fit_head(encoder: Encoder, examples: Sequence[Example], themes: Sequence[str]) -> Head:
    """A head for a model as it is: logistic regression on its vectors, the threshold from a five-fold cross-check.

    Costs the embedding of the examples and a few seconds.
    """
    vectors = encoder.encode([example.text for example in examples])
    raised, polarity = targets(examples, themes)
    head = _fitted(vectors, raised, polarity, themes)
    head.thresholds[:] = best_threshold(raised, cross_checked(vectors, examples, themes))
    return head


def cross_checked(vectors: Matrix, examples: Sequence[Example], themes: Sequence[str]) -> Matrix:
    """The probability of each theme for each example, by heads that learned from the other four fifths."""
    raised, polarity = targets(examples, themes)
    folds = np.array([_fold(example.text) for example in examples])
    unseen = np.zeros_like(raised)
    for fold in range(_FOLDS):
        inside = folds != fold
        if inside.all() or not inside.any():
            continue
        head = _fitted(vectors[inside], raised[inside], polarity[inside], themes)
        unseen[~inside] = head.probabilities(head.logits(vectors[~inside]))[0]
    return unseen


def best_threshold(raised: Matrix, probabilities: Matrix, precision: float = PRECISION) -> float:
    """The lowest threshold from which on at least `precision` of all themes found are right; 1.0 where none is."""
    order = np.argsort(-probabilities, axis=None, kind="stable")
    ordered = probabilities.ravel()[order]
    right = np.cumsum(raised.ravel()[order])
    # A threshold lets in all that are equal.
    last = np.append(ordered[1:] != ordered[:-1], True)
    enough = np.flatnonzero(last & (right >= precision * np.arange(1, len(order) + 1)) & (right > 0))
    return float(ordered[enough[-1]]) if len(enough) else 1.0


def _fold(text: str) -> int:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=2).digest()[0] % _FOLDS


def _fitted(vectors: Matrix, raised: Matrix, polarity: npt.NDArray[np.int64], themes: Sequence[str]) -> Head:
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

    inputs, wanted, sides = torch.from_numpy(vectors) * SCALE, torch.from_numpy(raised), torch.from_numpy(polarity)
    weights = torch.zeros(len(themes) + len(POLARITIES), inputs.shape[1], requires_grad=True)
    bias = torch.zeros(len(weights), requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> Any:
        optimizer.zero_grad()
        logits = inputs @ weights.T + bias
        each = binary_cross_entropy_with_logits(logits[:, : len(themes)], wanted, reduction="none").sum(1).mean()
        whole = each + cross_entropy(logits[:, len(themes) :], sides) + _PENALTY * (weights**2).sum()
        whole.backward()  # type: ignore[no-untyped-call]
        return whole

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    found = [np.array(values.detach().numpy(), np.float32) for values in (weights, bias)]
    return Head(tuple(themes), found[0], found[1], np.full(len(themes), 0.5, np.float32))
