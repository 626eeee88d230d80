"""Retrieval: the gold set of questions, judged by people's needs, and any collection in BEIR form.

What is judged is a section of a document, `document#heading`, or a starter, `document#text`. Figures are those of
trec_eval (pytrec_eval), with 95 % intervals from a bootstrap over questions.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytrec_eval
from pydantic_evals.reporting import EvaluationReport

from coach.retrieval.chunk import Passage
from coach.retrieval.embed import Embedder, SentenceTransformerEncoder
from coach.retrieval.find import Narrowing
from coach.retrieval.index import Index
from coach.retrieval.lexical import Lexical, Scores, Stems
from coach.retrieval.rank import Legs, Ranker, scaled
from coach.retrieval.search import Search, show_progress
from coach.settings import Settings
from evals.beir import read_collection
from evals.gold import (
    KnownItem,
    Qrels,
    Question,
    Seeking,
    Split,
    Unanswered,
    read_gold,
    read_known,
    read_seeking,
    read_unanswered,
)
from evals.library_index import library_index
from evals.parts import Graded, Metric, Part, PartNotRun, carried_out, register

_MEASURES = {"ndcg_cut.5", "ndcg_cut.10", "recall.10", "recip_rank"}
_SHOWN = {"ndcg_cut_5": "nDCG@5", "recall_10": "recall@10", "recip_rank": "MRR"}
_RESAMPLES = 2_000
_SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
# So many of what is found are looked at.
_LOOKED_AT = 100
# With this word begin the names of starters, followed by their topic; so many of what is found are seen at once.
_STARTERS = "starters"
_FIRST = 3

Run = dict[str, dict[str, float]]
Asked = Question | Seeking | KnownItem | Unanswered


def judged_name(passage: Passage) -> str:
    """What the gold set calls the passage."""
    return f"{passage.document.front.id}#{passage.text if passage.asked_by else passage.section}"


class FoundFirst(Graded[Asked, list[str]]):
    """nDCG@5 of the search as it is used: a coordinator reads five passages, not fifty."""

    def grade(self, inputs: Asked, output: list[str]) -> float | None:
        """nDCG@5."""
        return _figure("ndcg_cut_5", inputs, output)


class FoundAtAll(Graded[Asked, list[str]]):
    """Recall@10 of the search as it is used: what the planner never sees it cannot use."""

    def grade(self, inputs: Asked, output: list[str]) -> float | None:
        """Recall@10."""
        return _figure("recall_10", inputs, output)


class NoAnswerSaid(Metric[Asked, list[str]]):
    """A question that the library cannot answer gets no answer, and one that it can is not turned away."""

    def faults(self, inputs: Asked, output: list[str]) -> list[str] | None:
        """Answered, or not, against what should have been."""
        if not isinstance(inputs, Question):
            return None
        if bool(output) == bool(inputs.relevant):
            return []
        return ["answered, though the library has no answer" if output else "turned away, though there is an answer"]


class NothingPretended(Metric[Asked, list[str]]):
    """Who asks about the neighborhood, such as pay or a broken printer, is told that the library has no answer."""

    def faults(self, inputs: Asked, output: list[str]) -> list[str] | None:
        """Answered all the same."""
        return _pretended(inputs, output, "near")


class FarTold(Metric[Asked, list[str]]):
    """Who asks for a recipe for lentil soup and gets advice on mentoring trusts no other answer."""

    def faults(self, inputs: Asked, output: list[str]) -> list[str] | None:
        """Answered all the same."""
        return _pretended(inputs, output, "far")


def _pretended(inputs: Asked, output: list[str], kind: str) -> list[str] | None:
    if not isinstance(inputs, Unanswered) or inputs.kind != kind:
        return None
    return ["answered, though the library has no answer"] if output else []


class StartersSought(Graded[Asked, list[str]]):
    """Who asks for questions to ask wants conversation starters, on the topic that was named; an exercise on strategy
    is no question about it.
    """

    def grade(self, inputs: Asked, output: list[str]) -> float | None:
        """The share of the first three that are such starters; of a question that is turned away, none."""
        if not isinstance(inputs, Seeking) or not inputs.for_starters:
            return None
        begin = "-".join(filter(None, [_STARTERS, inputs.metadata.about]))
        return sum(name.startswith(f"{begin}-") for name in output[:_FIRST]) / _FIRST


class StartersUnsought(Graded[Asked, list[str]]):
    """Who asks something else in the same words wants an answer and no questions: what he is to do where somebody asks
    too many, say.
    """

    def grade(self, inputs: Asked, output: list[str]) -> float | None:
        """The share of the first three that are no starters."""
        if not isinstance(inputs, Seeking) or inputs.for_starters:
            return None
        return 1 - sum(name.startswith(f"{_STARTERS}-") for name in output[:_FIRST]) / _FIRST


class RightDocument(Graded[Asked, list[str]]):
    """Whoever needs one document of 178 should not have to read through others first."""

    def grade(self, inputs: Asked, output: list[str]) -> float | None:
        """One divided by the rank of the right document among those found; 0 where it is not, or turned away."""
        return _reciprocal(inputs, output, 1)


class RightDocumentAgain(Graded[Asked, list[str]]):
    """The same, as another writer asks by whom nothing was chosen: what is fitted to one hand may not fit the next."""

    def grade(self, inputs: Asked, output: list[str]) -> float | None:
        """One divided by the rank of the right document."""
        return _reciprocal(inputs, output, 2)


class RightDocumentThird(Graded[Asked, list[str]]):
    """The same, by two more hands, of each document of guidance, exercises, topics and themes three times."""

    def grade(self, inputs: Asked, output: list[str]) -> float | None:
        """One divided by the rank of the right document."""
        return _reciprocal(inputs, output, 3)


def _reciprocal(inputs: Asked, output: list[str], writer: int) -> float | None:
    rank = right_document(inputs, output)
    if rank is None or (isinstance(inputs, KnownItem) and inputs.writer != writer):
        return None
    return 1 / rank if rank else 0.0


def right_document(inputs: Asked, output: list[str]) -> int | None:
    """The rank of the right document among the documents found, 0 where it is not; None where no one is the right."""
    if not isinstance(inputs, KnownItem):
        return None
    documents = list(dict.fromkeys(name.partition("#")[0] for name in output))
    return documents.index(inputs.document) + 1 if inputs.document in documents else 0


def _figure(name: str, inputs: Asked, output: list[str]) -> float | None:
    if not isinstance(inputs, Question) or not inputs.relevant:
        return None
    return measure({inputs.id: dict(inputs.relevant)}, {inputs.id: _as_run(output)})[inputs.id][name]


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
    """The part: the held-out halves through the search as it is used, and every leg beside it."""
    questions, seeking, known, unanswered = read_gold(), read_seeking(), read_known(), read_unanswered()
    with library_index(Settings()) as search:
        check_names(questions, known, search.passages)
        legs = {question.id: search.legs(question.text) for question in questions}
        every: list[Asked] = [*questions, *seeking, *known, *unanswered]
        held_out = {_case_name(one): one for one in every if one.split == "held-out"}

        held: list[tuple[Asked, list[str]]] = []

        async def find(name: str) -> list[str]:
            names = await found_for(held_out[name], search)
            held.append((held_out[name], names))
            return names

        report = asyncio.run(carried_out("retrieval", held_out, METRICS, find))
        found = asyncio.run(_found([one for one in every if one.split == "tune"], search))
        notes = [*_notes(questions, legs, search.passages), *_as_used(found)]
        notes += [*_right_documents("tune", found, 1), *_answered("tune", found)]
        notes += [*(line for writer in (1, 2, 3) for line in _right_documents("held-out", held, writer))]
        notes += _answered("held-out", held)
        report.experiment_metadata = {"notes": "\n".join(notes)}
        return report


async def found_for(one: Asked, search: Search) -> list[str]:
    """Names of what the search finds, best first; nothing where it says that it has no answer."""
    hits = search.find_now(one.text, _LOOKED_AT, one.narrowing if isinstance(one, Question) else Narrowing())
    answered = await search.answers(one.text)
    return list(dict.fromkeys(judged_name(hit.passage) for hit in hits)) if answered else []


async def _found(asked: Sequence[Asked], search: Search) -> list[tuple[Asked, list[str]]]:
    return [(one, await found_for(one, search)) for one in asked]


def _answered(split: Split, found: Sequence[tuple[Asked, list[str]]]) -> list[str]:
    """How many are told that there is no answer: of those with one, and of those without."""
    told: dict[str, list[bool]] = {}
    for one, names in found:
        title = (
            f"{one.form}s of writer {one.writer}" if isinstance(one, KnownItem)
            else f"{one.kind} ones without an answer" if isinstance(one, Unanswered)
            else "" if isinstance(one, Seeking)
            else "the gold set with an answer" if one.relevant else "the gold set without one"
        )  # fmt: skip
        told.setdefault(title, []).append(not names)
    counts = [f"{title} {sum(values)} of {len(values)}" for title, values in sorted(told.items()) if title]
    return [f"{split:8} told that there is no answer: {', '.join(counts)}"]


def _right_documents(split: Split, found: Sequence[tuple[Asked, list[str]]], writer: int) -> Iterator[str]:
    """How the questions with one right document fare that one writer wrote, and each form of them."""
    ranked = [(one.form, rank) for one, names in found if (rank := right_document(one, names)) is not None
              and isinstance(one, KnownItem) and one.writer == writer]  # fmt: skip
    for form in ("all", *dict.fromkeys(form for form, _ in ranked)):
        ranks = [rank for own, rank in ranked if form in ("all", own)]
        reciprocal = [1 / rank if rank else 0.0 for rank in ranks]
        low, high = interval(reciprocal)
        first, five = np.mean([rank == 1 for rank in ranks]), np.mean([0 < rank <= 5 for rank in ranks])
        yield (
            f"{split:8} one right document, writer {writer}, {form}: MRR {np.mean(reciprocal):.3f} "
            f"[{low:.3f}, {high:.3f}], first {first:.3f}, in the first five {five:.3f} ({len(ranks)})"
        )


def _as_used(found: Sequence[tuple[Asked, list[str]]]) -> list[str]:
    """What the gates would say of the tuning half."""
    lines = []
    for metric in (FoundFirst, FoundAtAll, StartersSought, StartersUnsought, RightDocument):
        grades = [grade for one, names in found if (grade := metric().grade(one, names)) is not None]
        lines.append(f"{metric.metric()} {np.mean(grades):.3f} ({len(grades)})")
    return [f"tune     as it is used: {', '.join(lines)}"]


def run_beir(folder: Path, settings: Settings, say: Callable[[str], object]) -> dict[str, float]:
    """nDCG@10 of words, meaning and both on a collection in BEIR form. Raises PartNotRun or a CoachError."""
    import tempfile

    collection = read_collection(folder)
    for told in collection.odd:
        say(f"{told}\n")
    passages, texts, qrels = collection.documents, collection.questions, collection.judged
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


def _case_name(question: Asked) -> str:
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


def check_names(questions: Sequence[Question], known: Sequence[KnownItem], passages: Sequence[Passage]) -> None:
    """Raises PartNotRun where the library lacks what a question is answered by: it would never be found."""
    judged, sections = set(map(judged_name, passages)), {f"{one.document_id}#{one.section}" for one in passages}
    asked = [
        *(("qrels.tsv", name, judged) for one in questions for name in one.relevant),
        *(("known_items*.jsonl", f"{one.document}#{one.section}", sections) for one in known),
    ]
    for file, name, names in asked:
        if name not in names:
            near = "".join(f" (“{one}”?)" for one in get_close_matches(name, names, 1))
            raise PartNotRun(f"{file} names “{name}”{near}, which the library does not have.")
    for passage in passages:
        key, begin = passage.document_id, "-".join(filter(None, [_STARTERS, passage.document.front.topic]))
        if not (key.startswith(f"{begin}-") if passage.kind == "starters" else not key.startswith(f"{_STARTERS}-")):
            raise PartNotRun(f"{key}: lists of starters are called starters-TOPIC-…, and nothing else is.")


def top(names: Sequence[str], scores: npt.NDArray[Any]) -> dict[str, float]:
    """The best of these names with their scores; a name that comes twice counts where it is best."""
    best: dict[str, float] = {}
    for place in np.argsort(-scores, kind="stable")[: 3 * _LOOKED_AT]:
        if scores[place] > -1:
            best.setdefault(names[place], float(scores[place]))
    return dict(list(best.items())[:_LOOKED_AT])


def _as_run(names: Sequence[str]) -> dict[str, float]:
    return {name: 1.0 / rank for rank, name in enumerate(names, start=1)}


METRICS: tuple[type[Metric[Any, Any]], ...] = (
    FoundFirst,
    FoundAtAll,
    NoAnswerSaid,
    NothingPretended,
    FarTold,
    StartersSought,
    StartersUnsought,
    RightDocument,
    RightDocumentAgain,
    RightDocumentThird,
)

register(Part("retrieval", "the held-out questions of datasets/retrieval", METRICS, run))
