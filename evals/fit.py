"""Fit the weights of search to the tuning halves of the gold set and of the questions with one right document.

`python -m evals.fit` writes `weights.toml` anew. Listwise: what is relevant should have a large share of a softmax over
all passages (ListNet, Cao and others, 2007). Which kind of section helps is learned from the gold set alone, whose
judges chose among all. The held-out halves are not looked at; `python -m evals retrieval` measures on them.
"""

import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coach.retrieval.chunk import Passage
from coach.retrieval.rank import WEIGHTS_FILE, Legs, Weights, scaled, section_kind
from coach.settings import Settings
from evals.gold import KnownItem, Question, read_gold, read_known
from evals.library_index import library_index
from evals.parts import PartNotRun
from evals.retrieval import RightDocument, judged_name, measure, top

# The cosine of a passage alone says little that the highest in its document does not; it orders what is equal.
LEGS = (
    "words",
    "whole_words",
    "document_words",
    "document_similarity",
    "document_asked",
    "section_asked",
    "document_learned",
    "section_learned",
)
# What a question with one right document counts beside one of the gold set, and what its section and the others of its
# document gain.
_KNOWN = 0.7
_RIGHT_SECTION, _RIGHT_DOCUMENT = 3.0, 0.3
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


def fit(
    seen: Sequence[Features], gains: Sequence[npt.NDArray[np.float32]], counting: Sequence[float]
) -> npt.NDArray[np.float32]:
    """The weight of each column; those of legs are not negative. `counting` is what each question counts."""
    import torch

    inputs, wanted = torch.tensor(np.stack(seen)), torch.tensor(np.stack([gain / gain.sum() for gain in gains]))
    counted = torch.tensor(counting) / sum(counting)
    weights = torch.zeros(inputs.shape[2], requires_grad=True)
    optimizer = torch.optim.Adam([weights], lr=0.05)
    for _ in range(_STEPS):
        shares = torch.log_softmax(inputs @ weights * _SHARPNESS, dim=1)
        loss = -(counted * (wanted * shares).sum(dim=1)).sum() + _PENALTY * (weights**2).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        with torch.no_grad():
            weights[: len(LEGS)].clamp_(min=0)
    return np.asarray(weights.detach().numpy(), np.float32)


def gains_of(question: Question | KnownItem, passages: Sequence[Passage]) -> npt.NDArray[np.float32]:
    """What each passage is worth to whoever asks."""
    if isinstance(question, KnownItem):
        own = np.array([passage.document_id == question.document for passage in passages])
        section = own & np.array([passage.section == question.section for passage in passages])
        return np.where(section, _RIGHT_SECTION, np.where(own, _RIGHT_DOCUMENT, 0)).astype(np.float32)
    return np.array([2.0 ** question.relevant.get(judged_name(one), 0) - 1 for one in passages], np.float32)


def main() -> int:
    """Fit, cross-check within the tuning halves, and write."""
    judged = [question for question in read_gold() if question.split == "tune" and question.relevant]
    questions: list[Question | KnownItem] = [*judged, *(one for one in read_known() if one.split == "tune")]
    with library_index(Settings()) as search:
        passages = search.passages
        names = [judged_name(passage) for passage in passages]
        counted = Counter(map(section_kind, passages))
        kinds = sorted(kind for kind, count in counted.items() if count >= _FEWEST_OF_A_KIND)
        seen = [features(search.legs(question.text)[0], passages, kinds) for question in questions]
    gains = [gains_of(question, passages) for question in questions]
    counting = [1.0 if isinstance(question, Question) else _KNOWN for question in questions]
    told = [one.copy() for one in seen]
    for one in told[len(judged) :]:
        one[:, len(LEGS) :] = 0

    def fitted_to(chosen: Sequence[int]) -> npt.NDArray[np.float32]:
        return fit([told[one] for one in chosen], [gains[one] for one in chosen], [counting[one] for one in chosen])

    def figures(weights: npt.NDArray[np.float32], chosen: Sequence[int]) -> list[tuple[bool, float]]:
        """For each question whether it is of the gold set, and its nDCG@5, or else its reciprocal rank."""
        found = []
        for one in chosen:
            question, run = questions[one], top(names, seen[one] @ weights)
            if isinstance(question, KnownItem):
                found.append((False, RightDocument().grade(question, list(run)) or 0.0))
            else:
                rows = measure({question.id: dict(question.relevant)}, {question.id: run})
                found.append((True, rows[question.id]["ndcg_cut_5"]))
        return found

    everyone = range(len(questions))
    checked: list[tuple[bool, float]] = []
    for fold in range(_FOLDS):
        weights = fitted_to([one for one in everyone if one % _FOLDS != fold])
        checked += figures(weights, [one for one in everyone if one % _FOLDS == fold])
    weights = fitted_to(everyone)
    fully = figures(weights, everyone)
    for of_gold, title in ((True, "gold set, nDCG@5"), (False, "one right document, MRR")):
        values = [value for gold, value in fully if gold is of_gold]
        unseen = [value for gold, value in checked if gold is of_gold]
        sys.stdout.write(
            f"{title}: {np.mean(values):.3f}; "
            f"each fifth by the weights of the others: {np.mean(unseen):.3f} ({len(values)} questions)\n"
        )
    fitted = iter(weights.tolist())
    found = Weights({name: next(fitted) for name in LEGS}, {kind: next(fitted) for kind in kinds})
    WEIGHTS_FILE.write_text(as_toml(found), "utf-8")
    return 0


def as_toml(weights: Weights) -> str:
    """The file that `coach.retrieval.rank.read_weights` reads."""
    # What a program adds is in none of the gold set's answers: it is ranked as guidance is.
    sections = {**weights.sections, "program": weights.sections.get("guidance", 0.0)}
    lines = ["# Written by `python -m evals.fit` from the tuning halves of both sets. Not to be edited by hand.", ""]
    for title, values in (("legs", weights.legs), ("sections", sections)):
        lines += [f"[{title}]", *(f'"{name}" = {value:.3f}' for name, value in values.items()), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PartNotRun as error:
        sys.exit(str(error))
