"""Retrieval: the gold set of questions, judged by people's needs, and any collection in BEIR form.

The gold set is in `datasets/retrieval/`: `queries.jsonl` and `qrels.tsv` (0 to 2), half to tune with and half held out.
What is judged is a section of a document, `document#heading`, or a starter, `document#text`. Figures are those of
trec_eval (pytrec_eval), with 95 % intervals from a bootstrap over questions.
"""

import asyncio
import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytrec_eval
from pydantic_evals.reporting import EvaluationReport

from coach.retrieval.chunk import IndexedText, Passage
from coach.retrieval.embed import Embedder, SentenceTransformerEncoder
from coach.retrieval.find import ANSWERED, Narrowing
from coach.retrieval.index import Index
from coach.retrieval.lexical import Lexical, Scores, Stems
from coach.retrieval.rank import Legs, Ranker, closeness, scaled
from coach.retrieval.search import Search, show_progress
from coach.settings import Settings
from evals.library_index import library_index
from evals.parts import Graded, Metric, Part, PartNotRun, carried_out, register

FOLDER = Path(__file__).with_name("datasets") / "retrieval"
_MEASURES = {"ndcg_cut.5", "ndcg_cut.10", "recall.10", "recip_rank"}
_SHOWN = {"ndcg_cut_5": "nDCG@5", "recall_10": "recall@10", "recip_rank": "MRR"}
_RESAMPLES = 2_000
_SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
# So many of what is found are looked at.
_LOOKED_AT = 100

Split = Literal["tune", "held-out"]
Run = dict[str, dict[str, float]]
Qrels = dict[str, dict[str, int]]


@dataclass(frozen=True, eq=False)
class Question:
    """One question of the gold set; `relevant` is empty where the library has no answer."""

    id: str
    text: str
    form: str
    split: Split
    narrowing: Narrowing
    relevant: Mapping[str, int]

    def groups(self) -> dict[str, Sequence[str]]:
        """What the question is of."""
        narrowing = self.narrowing
        return {
            "form": [self.form],
            "topic": sorted(narrowing.topics or ()),
            "stage": [narrowing.stage] if narrowing.stage else [],
        }

    def shown(self) -> dict[str, Any]:
        """The question, and what answers it."""
        return {"question": self.text, **self.groups(), "answered by": dict(self.relevant)}


def read_gold(folder: Path = FOLDER) -> list[Question]:
    """The gold set. Raises PartNotRun where it is missing or broken."""
    try:
        qrels = _read_qrels(folder / "qrels.tsv")
        return [
            Question(
                id=row["_id"],
                text=row["text"],
                form=row["metadata"]["form"],
                split=row["metadata"]["split"],
                narrowing=Narrowing(
                    topics=frozenset({row["metadata"]["topic"]}) if row["metadata"]["topic"] else None,
                    stage=row["metadata"]["stage"],
                ),
                relevant=qrels.get(row["_id"], {}),
            )
            for row in _read_jsonl(folder / "queries.jsonl")
        ]
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise PartNotRun(f"The gold set in {folder} cannot be read: {error}") from error


def judged_name(passage: Passage) -> str:
    """What the gold set calls the passage."""
    return f"{passage.document.front.id}#{passage.text if passage.asked_by else passage.section}"


class FoundFirst(Graded[Question, list[str]]):
    """nDCG@5 of the search as it is used: a coordinator reads five passages, not fifty."""

    def grade(self, inputs: Question, output: list[str]) -> float | None:
        """nDCG@5."""
        if not inputs.relevant:
            return None
        return measure({inputs.id: dict(inputs.relevant)}, {inputs.id: _as_run(output)})[inputs.id]["ndcg_cut_5"]


class FoundAtAll(Graded[Question, list[str]]):
    """Recall@10 of the search as it is used: what the planner never sees it cannot use."""

    def grade(self, inputs: Question, output: list[str]) -> float | None:
        """Recall@10."""
        if not inputs.relevant:
            return None
        return measure({inputs.id: dict(inputs.relevant)}, {inputs.id: _as_run(output)})[inputs.id]["recall_10"]


class NoAnswerSaid(Metric[Question, list[str]]):
    """A question that the library cannot answer gets no answer, and one that it can is not turned away."""

    def faults(self, inputs: Question, output: list[str]) -> list[str] | None:
        """Answered, or not, against what should have been."""
        if bool(output) == bool(inputs.relevant):
            return []
        return ["answered, though the library has no answer" if output else "turned away, though there is an answer"]


def measure(qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """trec_eval's figures by question."""
    figures: dict[str, dict[str, float]] = pytrec_eval.RelevanceEvaluator(qrels, _MEASURES).evaluate(run)
    return figures


def interval(values: Sequence[float], seed: int = 7) -> tuple[float, float]:
    """The 95 % interval of the mean, by resampling questions."""
    drawn = np.random.default_rng(seed).choice(np.asarray(values), (_RESAMPLES, len(values))).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def run() -> EvaluationReport[Any, Any, Any]:
    """The part: the held-out half through the search as it is used, and every leg beside it."""
    questions = read_gold()
    with library_index(Settings()) as search:
        _check_names(questions, search)
        legs = {question.id: search.legs(question.text) for question in questions}
        held_out = {_case_name(question): question for question in questions if question.split == "held-out"}

        async def find(name: str) -> list[str]:
            question = held_out[name]
            hits = search.find_now(question.text, _LOOKED_AT, question.narrowing)
            answered = await search.answers(question.text)
            return list(dict.fromkeys(judged_name(hit.passage) for hit in hits)) if answered else []

        report = asyncio.run(carried_out("retrieval", held_out, METRICS, find))
        report.experiment_metadata = {"notes": "\n".join(_notes(questions, legs, search.passages))}
        return report


def run_beir(folder: Path, settings: Settings, say: Callable[[str], object]) -> dict[str, float]:
    """nDCG@10 of words, meaning and both on a collection in BEIR form. Raises PartNotRun or a CoachError."""
    import tempfile

    try:
        rows = list(_read_jsonl(folder / "corpus.jsonl"))
        passages = [_indexed(row) for row in rows]
        texts = {str(row["_id"]): str(row["text"]) for row in _read_jsonl(folder / "queries.jsonl")}
        qrels = {key: row for key, row in _read_qrels(folder / "qrels" / "test.tsv").items() if key in texts}
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise PartNotRun(f"{folder} is not a collection in BEIR form: {error}") from error
    if not rows or not any(key in texts for key in qrels):
        raise PartNotRun(f"{folder} has no documents, or no judged question among its queries.")
    embedder = Embedder(SentenceTransformerEncoder(settings.embedding_model))
    with tempfile.TemporaryDirectory(prefix="coach-beir-") as home:
        index = Index.open(folder=Path(home))
        index.build(passages, embedder, show_progress)
        ranker = Ranker(passages, index, embedder.fingerprint)
        ranker.load()
        runs: dict[str, Run] = {"words": {}, "meaning": {}, "both": {}}
        for number, key in enumerate(qrels, start=1):
            (vector,) = embedder.encode_passages([texts[key]])
            legs = ranker.legs(texts[key], vector[0])
            names = [passage.id for passage in passages]
            for name, scores in (
                ("words", legs.words),
                ("meaning", legs.similarity),
                ("both", ranker.scores(legs)),
            ):
                runs[name][key] = top(names, scores)
            say(f"\rasking: {number} of {len(qrels)}")
        index.close()
    say("\n")
    figures = {name: measure(qrels, run) for name, run in runs.items()}
    return {name: float(np.mean([row["ndcg_cut_10"] for row in rows.values()])) for name, rows in figures.items()}


def _case_name(question: Question) -> str:
    return f"{question.id} {question.text}"


def _notes(
    questions: list[Question], legs: Mapping[str, tuple[Legs, Scores]], passages: list[Passage]
) -> Iterator[str]:
    names = [judged_name(passage) for passage in passages]
    stems = Stems()
    bare = Lexical(stems.of([passage.embedded_text for passage in passages]))
    words = {question.id: bare.scores(stems.of([question.text])[0]) for question in questions}

    def usual(share: float) -> Callable[[Question], Scores]:
        return lambda one: (
            np.float32(share) * scaled(legs[one.id][0].similarity) + np.float32(1 - share) * scaled(words[one.id])
        )

    def narrowed(one: Question) -> Scores:
        allowed = np.fromiter(map(one.narrowing.admits, passages), np.bool_, len(passages))
        return np.where(allowed, legs[one.id][1], np.float32(-1))

    def figures(split: Split, scores: Callable[[Question], Scores]) -> dict[str, list[float]]:
        asked = [question for question in questions if question.split == split and question.relevant]
        found = {question.id: top(names, scores(question)) for question in asked}
        rows = measure({question.id: dict(question.relevant) for question in asked}, found).values()
        return {key: [row[key] for row in rows] for key in _SHOWN}

    tuned = {share: float(np.mean(figures("tune", usual(share))["ndcg_cut_5"])) for share in _SHARES}
    best = max(tuned, key=lambda share: tuned[share])
    yield "the usual fusion by the share of meaning, tuning half, nDCG@5: " + ", ".join(
        f"{share:g}: {value:.3f}" for share, value in tuned.items()
    )
    ways: dict[str, Callable[[Question], Scores]] = {
        "BM25 of passages": lambda one: words[one.id],
        "dense": lambda one: legs[one.id][0].similarity,
        f"both, {best:g} dense": usual(best),
        "this search": lambda one: legs[one.id][1],
        "this search, narrowed": narrowed,
    }
    for split in ("tune", "held-out"):
        for name, scores in ways.items():
            found = figures(split, scores)
            shown = []
            for key, title in _SHOWN.items():
                low, high = interval(found[key])
                shown.append(f"{title} {np.mean(found[key]):.3f} [{low:.3f}, {high:.3f}]")
            yield f"{split:8} {name:22} {', '.join(shown)}  ({len(found['recip_rank'])} questions)"
    for split in ("tune", "held-out"):
        closest = {q: closeness(legs[q.id][0]) for q in questions if q.split == split}
        answered = [value for question, value in closest.items() if question.relevant]
        unanswered = [value for question, value in closest.items() if not question.relevant]
        turned_away = sum(value < ANSWERED for value in answered)
        let_in = sum(value >= ANSWERED for value in unanswered)
        yield (
            f"{split:8} no answer where the closest texts are below {ANSWERED:g}: {turned_away} of {len(answered)} "
            f"answerable questions turned away, {let_in} of {len(unanswered)} others answered"
        )


def _check_names(questions: list[Question], search: Search) -> None:
    known = set(map(judged_name, search.passages))
    lost = sorted({name for question in questions for name in question.relevant} - known)
    if lost:
        raise PartNotRun(f"qrels.tsv names {len(lost)} sections that the library does not have, such as {lost[0]!r}.")


def _indexed(row: dict[str, Any]) -> IndexedText:
    """A document of a BEIR collection."""
    key = str(row["_id"])
    return IndexedText(key, key, ". ".join(filter(None, [row.get("title"), row["text"]])))


def top(names: Sequence[str], scores: npt.NDArray[Any]) -> dict[str, float]:
    """The best of these names with their scores; a name that comes twice counts where it is best."""
    best: dict[str, float] = {}
    for place in np.argsort(-scores, kind="stable")[: 3 * _LOOKED_AT]:
        if scores[place] > -1:
            best.setdefault(names[place], float(scores[place]))
    return dict(list(best.items())[:_LOOKED_AT])


def _as_run(names: Sequence[str]) -> dict[str, float]:
    return {name: 1.0 / rank for rank, name in enumerate(names, start=1)}


def _read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _read_qrels(path: Path) -> Qrels:
    qrels: Qrels = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if int(row["score"]) > 0:
                qrels.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    return qrels


METRICS: tuple[type[Metric[Any, Any]], ...] = (FoundFirst, FoundAtAll, NoAnswerSaid)

register(Part("retrieval", "the held-out questions of datasets/retrieval", METRICS, run))
