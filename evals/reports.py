"""Theme reports: what coordinators are told of simulated programs, against what their people raised.

Each program has 10 to 300 people who write one to four comments each, drawn from the held-out comments by shares that
differ from program to program; the coach's classifier reads them, and the report is made as the service makes it.
"""

import asyncio
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic_evals.reporting import EvaluationReport

from coach.feedback.disclosure import BANDS, THEME_PEOPLE, Minimums, Voice, band_step
from coach.feedback.periods import parse_period
from coach.feedback.publishing import publish
from coach.feedback.report_words import ReportWords, report_words
from coach.feedback.reports import Content, make_report
from coach.feedback.themes import ThemeReader, taxonomy
from coach.models import Comment, Feedback, Pair, Participant
from coach.models import Program as StoredProgram
from coach.retrieval.library import read_library
from coach.settings import Settings
from coach.store import Store
from evals.parts import Graded, Metric, Part, carried_out, register
from evals.themes import Labelled, held_out_comments

PERIOD = parse_period("2026-Q3")
_AT = datetime(2026, 11, 1, tzinfo=UTC)
_PROGRAMS = 120
# Of these the report is published by the service's own code, and asked for again after feedback came and went.
_STORED = 6
_FEWEST, _MOST = 10, 300
_SAYING_NOTHING_OF_A_THEME = 0.2

Certainties = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Wrote:
    """A comment of a simulated person; `raises` are the themes that its label names."""

    person: int
    text: str
    raises: frozenset[str]


Program = tuple[Wrote, ...]


@dataclass(frozen=True)
class Told:
    """What coordinators were told: `reordered` of the same comments in another order.

    `again` is what they were told when they asked once more after feedback had come and gone; None where nobody asked.
    """

    report: Content
    reordered: Content
    again: Content | None


def raised_by(program: Program) -> dict[str, int]:
    """How many people raised each theme."""
    people: dict[str, set[int]] = defaultdict(set)
    for wrote in program:
        for theme in wrote.raises:
            people[theme].add(wrote.person)
    return {theme: len(each) for theme, each in people.items()}


class ListedWhereSix(Graded[Program, Told]):
    """Themes that 6 or more people raised are listed: what many say and nobody is told of changes nothing."""

    def grade(self, inputs: Program, output: Told) -> float | None:
        """The share of those themes that are listed."""
        wanted = {theme for theme, people in raised_by(inputs).items() if people >= 6}
        listed = {theme["id"] for theme in output.report["themes"]}
        return len(wanted & listed) / len(wanted) if wanted else None


class AbsentWhereNone(Graded[Program, Told]):
    """Themes that nobody or one person raised are not listed: a coordinator would act on what is not there."""

    def grade(self, inputs: Program, output: Told) -> float | None:
        """The share of those themes of the taxonomy that are not listed."""
        raised = raised_by(inputs)
        absent = {theme for theme in all_themes() if raised.get(theme, 0) < 2}
        listed = {theme["id"] for theme in output.report["themes"]}
        return 1 - len(absent & listed) / len(absent) if absent else None


class BandWithinOne(Graded[Program, Told]):
    """Bands are right or one off: they are all that a coordinator has to weigh one theme against another."""

    def grade(self, inputs: Program, output: Told) -> float | None:
        """The share of the listed themes with such a band; below the first band is one off from it."""
        raised = raised_by(inputs)
        themes = output.report["themes"]
        right = sum(abs(_step(theme["people"]) - _true_step(raised.get(theme["id"], 0))) <= 1 for theme in themes)
        return right / len(themes) if themes else None


class SameInAnyOrder(Metric[Program, Told]):
    """The same comments in another order give the same report: otherwise it would depend on who wrote first."""

    def faults(self, inputs: Program, output: Told) -> list[str] | None:
        """Whether the two differ."""
        return [] if output.report == output.reordered else ["another order gave another report"]


class Frozen(Metric[Program, Told]):
    """Asking again gives the same report: two that differ by one person's feedback would tell what that person said."""

    def faults(self, inputs: Program, output: Told) -> list[str] | None:
        """Whether asking again gave another one."""
        if output.again is None:
            return None
        return [] if output.again == output.report else ["asking again gave another report"]


METRICS: tuple[type[Metric[Any, Any]], ...] = (ListedWhereSix, AbsentWhereNone, BandWithinOne, SameInAnyOrder, Frozen)


@cache
def all_themes() -> tuple[str, ...]:
    """The ids of the taxonomy."""
    return tuple(theme.id for theme in taxonomy(read_library(Settings().knowledge_dir)))


def simulate(comments: Sequence[Labelled], seed: int) -> Program:
    """What the people of one program write: some themes, each with a share of its own, and now and then none."""
    dice = random.Random(seed)
    by_theme: dict[str, list[Labelled]] = defaultdict(list)
    for comment in comments:
        for theme in comment.themes or {""}:
            by_theme[theme].append(comment)
    without = by_theme.pop("", []) or list(comments)
    people = round(_FEWEST * (_MOST / _FEWEST) ** dice.random())
    active = dice.sample(sorted(by_theme), k=dice.randint(3, min(10, len(by_theme))))
    weights = [dice.expovariate(1) for _ in active]
    found = []
    for person in range(people):
        for _ in range(dice.randint(1, 4)):
            silent = dice.random() < _SAYING_NOTHING_OF_A_THEME
            drawn = dice.choice(without if silent else by_theme[dice.choices(active, weights)[0]])
            found.append(Wrote(person, drawn.text, drawn.themes))
    return tuple(found)


def tell(program: Program, certainties: Certainties, words: ReportWords) -> Content:
    """The report on this program, made as the service makes it."""
    voices = [Voice(f"{one.person}", f"{one.person // 2}", _role(one.person), certainties[one.text]) for one in program]
    texts = [wrote.text for wrote in program]
    return make_report(PERIOD, voices, texts, Minimums(), words, before=None, made_at=_AT)


def run() -> EvaluationReport[Any, Any, Any]:
    """The part: simulated programs of held-out comments, from comments to report."""
    comments, settings = held_out_comments(all_themes()), Settings()
    library = read_library(settings.knowledge_dir)
    words = report_words(library)
    reader = ThemeReader.open(settings.embedding_model, taxonomy(library))
    texts = [comment.text for comment in comments]
    certainties = {
        text: {found.id: found.score for found in reading.themes}
        for text, reading in zip(texts, reader.read(texts), strict=True)
    }
    programs = {f"program {seed}": simulate(comments, seed) for seed in range(_PROGRAMS)}
    stored = {simulate(comments, seed) for seed in range(_STORED)}

    async def told(name: str) -> Told:
        program = programs[name]
        shuffled = list(program)
        random.Random(1).shuffle(shuffled)
        report, again = tell(program, certainties, words), None
        if program in stored:
            report, again = await _published_twice(program, certainties, words)
            return Told(report, report, again)
        return Told(report, tell(tuple(shuffled), certainties, words), again)

    report = asyncio.run(carried_out("reports", programs, METRICS, told))
    cases = [(case.inputs, case.output) for case in report.cases]
    report.experiment_metadata = {"notes": "\n".join(by_size(cases))}
    return report


def by_size(cases: Sequence[tuple[Program, Told]]) -> Iterator[str]:
    """How themes fared by size of program, over all of them together."""
    yield "people    raised by 6+: listed    by 0 or 1: listed    bands right"
    for least, most in ((10, 20), (21, 50), (51, 100), (101, 200), (201, 300)):
        six, six_listed, none, none_listed, bands, right = 0, 0, 0, 0, 0, 0
        for program, told in cases:
            if not least <= len({wrote.person for wrote in program}) <= most:
                continue
            raised, listed = raised_by(program), {theme["id"]: theme["people"] for theme in told.report["themes"]}
            for theme in all_themes():
                count = raised.get(theme, 0)
                six, six_listed = six + (count >= 6), six_listed + (count >= 6 and theme in listed)
                none, none_listed = none + (count < 2), none_listed + (count < 2 and theme in listed)
                if theme in listed and count >= THEME_PEOPLE:
                    bands, right = bands + 1, right + (_step(listed[theme]) == band_step(count))
        yield f"{least:>3}-{most:<3}   {six_listed:>7} of {six:<10} {none_listed:>7} of {none:<8} {right:>6} of {bands}"


def _role(person: int) -> str:
    return "mentee" if person % 2 else "mentor"


def _step(label: str) -> int:
    return [f"{least}+" if most is None else f"{least}-{most}" for least, most in BANDS].index(label)


def _true_step(people: int) -> int:
    return -1 if people < THEME_PEOPLE else band_step(people)


async def _published_twice(program: Program, certainties: Certainties, words: ReportWords) -> tuple[Content, Content]:
    """The report as the service publishes it, and as it gives it again after feedback has come and gone."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Settings(data_dir=Path(folder)))
        await store.migrate()
        try:
            program_id = await _stored(store, program, certainties)
            first, _ = await publish(store, None, words, program_id, PERIOD, _AT)
            async with store.write() as db:
                given = list((await db.execute(Feedback.__table__.select())).mappings())  # type: ignore[attr-defined]
                for row in given[::2]:
                    one = await db.get(Feedback, row["id"])
                    assert one is not None
                    one.share_with_coordinators = False
            again, _ = await publish(store, None, words, program_id, PERIOD, _AT + timedelta(days=99))
            return first.content, again.content
        finally:
            await store.close()


async def _stored(store: Store, program: Program, certainties: Certainties) -> str:
    async with store.write() as db:
        row = StoredProgram(name="Simulated")
        db.add(row)
        await db.flush()
        count = max(wrote.person for wrote in program) + 1
        people = [Participant(program_id=row.id, name="Somebody") for _ in range(count + count % 2)]
        db.add_all(people)
        await db.flush()
        pairs = [
            Pair(program_id=row.id, mentor_id=mentor.id, mentee_id=mentee.id, planned_sessions=6)
            for mentor, mentee in zip(people[::2], people[1::2], strict=True)
        ]
        db.add_all(pairs)
        await db.flush()
        for wrote in program:
            given = Feedback(
                pair_id=pairs[wrote.person // 2].id,
                program_id=row.id,
                author_id=people[wrote.person].id,
                role=_role(wrote.person),
                held_at=PERIOD.begin,
                share_with_coordinators=True,
                imported=True,
            )
            db.add(given)
            await db.flush()
            found = [
                {"theme": one, "polarity": "", "confidence": sure} for one, sure in certainties[wrote.text].items()
            ]
            db.add(
                Comment(
                    feedback_id=given.id, question="to_change", text=wrote.text, themes=found, vector=b"", reader="-"
                )
            )
    return row.id


register(Part("reports", "theme reports of simulated programs of held-out comments", METRICS, run))
