"""Fit the weights of search to the tuning half of the gold set: `python -m evals.fit` writes `weights.toml` anew.

Listwise: what is relevant should have a large share of a softmax over all passages (ListNet, Cao and others, 2007).
The held-out half is not looked at; `python -m evals retrieval` measures on it.
"""

import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coach.retrieval.chunk import Passage
from coach.retrieval.rank import WEIGHTS_FILE, Legs, Weights, scaled, section_kind
from coach.settings import Settings
from evals.gold import read_gold
from evals.library_index import library_index
from evals.parts import PartNotRun
from evals.retrieval import judged_name, measure, top

# The cosine of a passage alone says little that the highest in its document does not; it orders what is equal.
LEGS = ("words", "whole_words", "document_words", "document_similarity", "document_asked", "section_asked")
_FEWEST_OF_A_KIND = 10
_SHARPNESS = 5.0
_PENALTY = 0.1
_STEPS = 300
_FOLDS = 5

Features = npt.NDArray[np.float32]


def features(legs: Legs, passages: Sequence[Passage], kinds: Sequence[str]) -> Features:
    """Scaled legs, and which kind of section each passage is; shape (passages, legs + kinds)."""
    of_legs = [scaled(getattr(legs, name)) for name in LEGS]
    of_kinds = [np.array([section_kind(passage) == kind for passage in passages], np.float32) for kind in kinds]
    return np.stack([*of_legs, *of_kinds], axis=1)


def fit(seen: Sequence[Features], gains: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    """The weight of each column; those of legs are not negative."""
    import torch

    inputs, wanted = torch.tensor(np.stack(seen)), torch.tensor(np.stack([gain / gain.sum() for gain in gains]))
    weights = torch.zeros(inputs.shape[2], requires_grad=True)
    optimizer = torch.optim.Adam([weights], lr=0.05)
    for _ in range(_STEPS):
        shares = torch.log_softmax(inputs @ weights * _SHARPNESS, dim=1)
        loss = -(wanted * shares).sum(dim=1).mean() + _PENALTY * (weights**2).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        with torch.no_grad():
            weights[: len(LEGS)].clamp_(min=0)
    return np.asarray(weights.detach().numpy(), np.float32)


def main() -> int:
    """Fit, cross-check within the tuning half, and write."""
    questions = [question for question in read_gold() if question.split == "tune" and question.relevant]
    with library_index(Settings()) as search:
        passages = search.passages
        names = [judged_name(passage) for passage in passages]
        counted = Counter(map(section_kind, passages))
        kinds = sorted(kind for kind, count in counted.items() if count >= _FEWEST_OF_A_KIND)
        seen = [features(search.legs(question.text)[0], passages, kinds) for question in questions]
    gains = [
        np.array([2.0 ** question.relevant.get(name, 0) - 1 for name in names], np.float32) for question in questions
    ]

    def ndcg(weights: npt.NDArray[np.float32], chosen: Sequence[int]) -> list[float]:
        runs = {questions[one].id: top(names, seen[one] @ weights) for one in chosen}
        rows = measure({questions[one].id: dict(questions[one].relevant) for one in chosen}, runs)
        return [row["ndcg_cut_5"] for row in rows.values()]

    everyone = range(len(questions))
    checked: list[float] = []
    for fold in range(_FOLDS):
        rest = [one for one in everyone if one % _FOLDS != fold]
        weights = fit([seen[one] for one in rest], [gains[one] for one in rest])
        checked += ndcg(weights, [one for one in everyone if one % _FOLDS == fold])
    weights = fit(seen, gains)
    sys.stdout.write(
        f"tuning half, nDCG@5: {np.mean(ndcg(weights, everyone)):.3f}; "
        f"each fifth by the weights of the others: {np.mean(checked):.3f} ({len(questions)} questions)\n"
    )
    fitted = iter(weights.tolist())
    found = Weights({name: next(fitted) for name in LEGS}, {kind: next(fitted) for kind in kinds})
    WEIGHTS_FILE.write_text(as_toml(found), "utf-8")
    return 0


def as_toml(weights: Weights) -> str:
    """The file that `coach.retrieval.rank.read_weights` reads."""
    # What a program adds is in none of the gold set's answers: it is ranked as guidance is.
    sections = {**weights.sections, "program": weights.sections.get("guidance", 0.0)}
    lines = ["# Written by `python -m evals.fit` from the tuning half of the gold set. Not to be edited by hand.", ""]
    for title, values in (("legs", weights.legs), ("sections", sections)):
        lines += [f"[{title}]", *(f'"{name}" = {value:.3f}' for name, value in values.items()), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PartNotRun as error:
        sys.exit(str(error))
