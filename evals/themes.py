"""Themes: what the classifier finds in comments that another hand than its examples' wrote and labelled.

The held-out comments are `datasets/themes/heldout.jsonl`, rows of {text, themes, polarity}; nothing was chosen by them.
Figures are over pairs of a comment and a theme (micro) and the mean over themes (macro).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from pydantic_evals.reporting import EvaluationReport

from coach.feedback.head import Matrix, cross_checked, fit_head, read_examples, targets
from coach.feedback.themes import Theme, ThemeReader, taxonomy
from coach.retrieval.embed import Progress
from coach.retrieval.library import Library, read_library
from coach.settings import Settings
from evals.library_index import encoder
from evals.parts import Metric, Part, PartNotRun, Pooled, judged, register
from evals.rows import checked, distinct, json_rows
from evals.topic_model import is_installed, topic_shares

HELD_OUT = Path(__file__).with_name("datasets") / "themes" / "heldout.jsonl"
_RESAMPLES = 2_000
# More comments take so long that one wants to see how far it is.
_MANY = 100


@dataclass(frozen=True)
class Labelled:
    """A comment, and the themes that a person found in it."""

    text: str
    themes: frozenset[str]

    def groups(self) -> dict[str, Sequence[str]]:
        """What people raise in it."""
        return {"theme": sorted(self.themes)}


Comments = tuple[Labelled, ...]
Found = list[frozenset[str]]


@dataclass(frozen=True)
class ThemeFigures:
    """How one theme, or all of them together, was found: from 0 to 1; `raised` counts the comments that raise it."""

    precision: float
    recall: float
    f1: float
    raised: int


@dataclass(frozen=True)
class Figures:
    """How themes were found in comments. `themes` holds those that were raised or found, by id."""

    micro: ThemeFigures
    macro_f1: float
    themes: dict[str, ThemeFigures]


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str
    themes: tuple[str, ...]


_Text = Annotated[str, Field(min_length=1)]


class Comment(BaseModel):
    """A held-out comment with the themes and the polarity that a person found in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: _Text
    themes: list[_Text]
    polarity: Literal["concern", "gain", "mixed", "neutral"]


def held_out_comments(known: Collection[str] | None = None, file: Path = HELD_OUT) -> Comments:
    """The held-out comments, each a `Comment` that comes once. Raises PartNotRun as `read_comments` does."""
    distinct(Comment, json_rows(file), "text")
    return read_comments(file, known)


def read_comments(file: Path, known: Collection[str] | None = None) -> Comments:
    """Rows of {text, themes}; whatever else a row has is left alone.

    Raises PartNotRun with the line that is broken, or that names a theme which is not among the `known` ones.
    """
    found = []
    for where, row in json_rows(file):
        one = checked(_Row, f'{where} is not {{"text": "...", "themes": ["ID", ...]}}', row)
        if known is not None and (strange := sorted({*one.themes} - {*known})):
            raise PartNotRun(
                f"{where} names {_strange(strange, known)}, and the taxonomy has only {', '.join(sorted(known))}."
            )
        # Half of a sign that takes two, as some exports leave it, is no text that can be read.
        found.append(Labelled(one.text.encode("utf-8", "replace").decode("utf-8"), frozenset(one.themes)))
    if not found:
        raise PartNotRun(f"{file} has no comments.")
    return tuple(found)


def measure(comments: Sequence[Labelled], found: Sequence[frozenset[str]]) -> Figures:
    """Figures of what was found in each comment against what its label says."""
    ids = sorted(set().union(*(comment.themes for comment in comments), *found))
    raised = [comment.themes for comment in comments]
    by_theme = {
        one: _figures([themes & {one} for themes in raised], [themes & {one} for themes in found]) for one in ids
    }
    macro = float(np.mean([figures.f1 for figures in by_theme.values()])) if by_theme else 0.0
    return Figures(_figures(raised, found), macro, by_theme)


def interval(comments: Sequence[Labelled], found: Sequence[frozenset[str]], seed: int = 7) -> tuple[float, float]:
    """The 95 % interval of micro F1, by resampling comments."""
    pairs = [(comment.themes, themes) for comment, themes in zip(comments, found, strict=True)]
    counts = np.array([(len(gold & themes), len(gold) + len(themes)) for gold, themes in pairs])
    drawn = np.random.default_rng(seed).integers(len(counts), size=(_RESAMPLES, len(counts)))
    right, both = counts[drawn].sum(axis=1).T
    low, high = np.percentile(2 * right / np.maximum(both, 1), [2.5, 97.5])
    return float(low), float(high)


class MicroF1(Pooled[Labelled, frozenset[str]]):
    """Micro F1: a theme that people raise and nobody is told of helps no one; one that nobody raised misleads."""

    def portion(self, inputs: Labelled, output: frozenset[str]) -> tuple[float, float]:
        """Themes found rightly, twice, of those raised and those found: over all comments that is micro F1."""
        return 2 * len(inputs.themes & output), len(inputs.themes) + len(output)


class Precision(Pooled[Labelled, frozenset[str]]):
    """The share of themes found that people did raise: coordinators act on a report, and a false theme costs trust."""

    def portion(self, inputs: Labelled, output: frozenset[str]) -> tuple[float, float]:
        """Themes found rightly, of those found."""
        return len(inputs.themes & output), len(output)


METRICS: tuple[type[Metric[Any, Any]], ...] = (MicroF1, Precision)


def run() -> EvaluationReport[Any, Any, Any]:
    """The part: the held-out comments through the reader as it is used, and simpler ways beside it."""
    settings = Settings()
    library = read_library(settings.knowledge_dir)
    comments = held_out_comments([theme.id for theme in taxonomy(library)])
    reader = ThemeReader.open(settings.embedding_model, taxonomy(library))

    found = _found(reader, comments)
    report = evaluate(comments, found)
    lines = [*_beside(comments, found, library, settings), "", *by_theme(measure(comments, found))]
    report.experiment_metadata = {"notes": "\n".join(lines)}
    return report


def evaluate(comments: Comments, found: Found) -> EvaluationReport[Labelled, frozenset[str], Any]:
    """What was found in each comment, as a case of the suite."""
    names = [f"{number}: {one.text[:60]}" for number, one in enumerate(comments, start=1)]
    return judged("themes", dict(zip(names, comments, strict=True)), METRICS, dict(zip(names, found, strict=True)))


def run_comments(file: Path, settings: Settings, say: Callable[[str], object]) -> Iterator[str]:
    """The lines to print for any file of {text, themes}. Raises PartNotRun or a CoachError."""
    comments = read_comments(file)
    themes = taxonomy(read_library(settings.knowledge_dir))
    known = {theme.id for theme in themes}
    strange = sorted(set().union(*(comment.themes for comment in comments)) - known)
    if strange:
        say(
            f"{len(strange)} of the file's themes are not in the taxonomy and count as missed: "
            f"{_strange(strange, known)}.\n"
        )
    if not any(comment.themes for comment in comments):
        say("No comment of the file has a theme, so there is nothing to find, and the figures say nothing.\n")

    def progress(done: int, total: int) -> None:
        say(f"\rreading the comments and their sentences: {done} of {total} texts" + ("\n" if done == total else ""))

    reader = ThemeReader.open(settings.embedding_model, themes)
    found = _found(reader, comments, progress if len(comments) > _MANY else None)
    figures = measure(comments, found)
    low, high = interval(comments, found)
    yield f"micro F1 {figures.micro.f1:.3f}"
    yield f"macro F1 {figures.macro_f1:.3f}"
    yield f"precision {figures.micro.precision:.3f}"
    yield f"recall {figures.micro.recall:.3f}"
    yield f"95 % interval of micro F1 {low:.3f} to {high:.3f}, {len(comments)} comments"
    yield from by_theme(figures)


def _strange(strange: Sequence[str], known: Collection[str]) -> str:
    """Themes that nobody knows, each with the one that may be meant."""
    near = ((one, get_close_matches(one, known, 1)) for one in strange)
    return ", ".join(f"{one!r} ({found[0]}?)" if found else repr(one) for one, found in near)


def by_theme(figures: Figures) -> Iterator[str]:
    """A table by theme."""
    wide = max(map(len, figures.themes), default=5)
    yield f"{'theme':<{wide}}  precision  recall     F1  raised by"
    for name, one in figures.themes.items():
        yield f"{name:<{wide}}  {one.precision:>9.3f}  {one.recall:>6.3f}  {one.f1:>5.3f}  {one.raised:>9}"


def _found(reader: ThemeReader, comments: Comments, progress: Progress | None = None) -> Found:
    texts = [comment.text for comment in comments]
    readings = reader.read(texts) if progress is None else reader.read(texts, progress)
    return [frozenset(theme.id for theme in reading.themes) for reading in readings]


def _beside(comments: Comments, found: Found, library: Library, settings: Settings) -> Iterator[str]:
    """A line for each way: this classifier, and what it must be better than, on the same comments."""
    yield _row("this classifier", comments, found)
    themes = taxonomy(library)
    ids = [theme.id for theme in themes]
    plain = encoder(settings.embedding_model)
    examples = read_examples()
    learned, asked = plain.encode([one.text for one in examples]), plain.encode([one.text for one in comments])
    raised, _ = targets(examples, ids)
    descriptions = plain.encode([_description(theme, library) for theme in themes])
    # A cosine has no natural threshold: the one that serves best on the examples.
    bar = best_f1_threshold(raised, learned @ descriptions.T)
    yield _row("zero-shot cosine to the theme's signs", comments, _above(asked @ descriptions.T, bar, ids))
    head = fit_head(plain, examples, ids)
    likely = head.probabilities(head.logits(asked))[0]
    bar = best_f1_threshold(raised, cross_checked(learned, examples, ids))
    yield _row("linear head, threshold for F1", comments, _above(likely, bar, ids))
    yield _row("linear head, threshold for precision", comments, _above(likely, head.thresholds[0], ids))
    if not is_installed():
        yield f"{'BERTopic':44} not run: the package bertopic is not installed"
        return
    own, theirs, topics = topic_shares(
        [one.text for one in examples], learned, raised, [one.text for one in comments], asked
    )
    bar = best_f1_threshold(raised, own)
    yield _row(f"BERTopic, {topics} topics, labels of the examples", comments, _above(theirs, bar, ids))


def _description(theme: Theme, library: Library) -> str:
    """The theme's title, and what its document says of its signs."""
    document = next(one for one in library.documents if one.front.id == theme.id)
    signs = document.body.partition("## Signs")[2].partition("\n## ")[0]
    return f"{theme.title}. {' '.join(signs.split())}"


def _row(name: str, comments: Comments, found: Found) -> str:
    figures, (low, high) = measure(comments, found), interval(comments, found)
    return (
        f"{name:44} micro F1 {figures.micro.f1:.3f} [{low:.3f}, {high:.3f}], macro F1 {figures.macro_f1:.3f}, "
        f"precision {figures.micro.precision:.3f}, recall {figures.micro.recall:.3f}"
    )


def _above(scores: Matrix, bar: float, ids: Sequence[str]) -> Found:
    return [frozenset(one for one, likely in zip(ids, row >= bar, strict=True) if likely) for row in scores]


def best_f1_threshold(raised: Matrix, scores: Matrix) -> float:
    """The threshold on `scores` with the highest micro F1."""
    order = np.argsort(-scores, axis=None, kind="stable")
    right = np.cumsum(raised.ravel()[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + raised.sum())
    return float(scores.ravel()[order[int(f1.argmax())]])


def _figures(raised: Sequence[frozenset[str]], found: Sequence[frozenset[str]]) -> ThemeFigures:
    right = sum(len(gold & themes) for gold, themes in zip(raised, found, strict=True))
    all_raised, all_found = sum(map(len, raised)), sum(map(len, found))
    return ThemeFigures(
        precision=right / all_found if all_found else 0.0,
        recall=right / all_raised if all_raised else 0.0,
        f1=2 * right / (all_raised + all_found) if right else 0.0,
        raised=all_raised,
    )


register(Part("themes", "the held-out comments of datasets/themes", METRICS, run))
