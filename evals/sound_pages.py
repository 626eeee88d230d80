"""The part `pages`: whole agendas of faithful rewordings, others of a model, and how much of them reaches the two.

The composer's agendas for briefs of `datasets/agendas.yaml` are given the exercises and starters that the sound texts
of `datasets/plants` reword, and those texts in as many places as there are some for. The model of this part says such
a page, and says it again when it is sent back: a real one would mend some of what is named. The pages of
`evals.written_pages`, by a large language model, are said twice as well, and have metrics of their own.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, ClassVar

from pydantic import ValidationError
from pydantic_evals.reporting import EvaluationReport

from coach.agenda.compose import compose
from coach.agenda.guard import Draft, check_agenda
from coach.agenda.mend import mend
from coach.retrieval.chunk import Passage
from coach.settings import Settings
from coach.vocabulary import Vocabulary
from evals.library_index import library_index
from evals.pairs import read_pairs
from evals.parts import Graded, Metric, Part, judged, register
from evals.plants import SOUND_SETS, good_drafts
from evals.rows import in_words
from evals.sound_texts import OFFERED, SoundText, read_sound, with_sound_text, with_what_they_bring
from evals.written_pages import Unfit, WrittenPage, by_name, laid_out, read_written


@dataclass(frozen=True)
class Page:
    """What became of a page: how many `texts` it had of a model, in how many of them the coach's own `stand`, all of
    them where it was refused, and what the guards found.
    """

    refused: bool
    texts: int
    stand: int
    found: tuple[str, ...]

    def shown(self) -> dict[str, Any]:
        """What became of it, and the findings."""
        outcome = "refused" if self.refused else "mended" if self.stand else "taken as it was"
        return {"page": outcome, "the model's own": f"{self.texts - self.stand} of {self.texts}", "found": self.found}


# What a case is made from, the name of a page of rewordings or a page that a model wrote, and what becomes of it.
Said = str | WrittenPage
Became = Page | Unfit


class PageArrives(Metric[Said, Became]):
    """Where an honest model's page is thrown away for a word, nobody ever reads a model's words, and the time and the
    tokens that they cost are lost. Of good agendas at most one in fifty may be refused.
    """

    of: ClassVar[type] = str

    def faults(self, inputs: Said, output: Became) -> list[str] | None:
        """What the guards found in a page that was refused."""
        if isinstance(output, Unfit) or not isinstance(inputs, self.of):
            return None
        return list(output.found) if output.refused else []


class WordsKept(Graded[Said, Became]):
    """A page that arrives with the coach's words in most places is the coach's page at a model's price."""

    of: ClassVar[type] = str

    def grade(self, inputs: Said, output: Became) -> float | None:
        """The share of the model's texts that the two read."""
        if isinstance(output, Unfit) or not isinstance(inputs, self.of):
            return None
        return 1 - output.stand / output.texts


class WrittenPageArrives(PageArrives):
    """Rewordings one by one are no page of a model's. Whole pages that a large language model wrote must reach the two
    as well, whatever guard comes next.
    """

    of = WrittenPage


class WrittenWordsKept(WordsKept):
    """A large language model writes in other words than those who wrote the rewordings; they are worth as much."""

    of = WrittenPage


class WrittenPageFits(Metric[Said, Became]):
    """What was written for a plan of one day is left out where plan or library have moved on. Where that is many pages,
    those that are left show little, and nobody would know.
    """

    def faults(self, inputs: Said, output: Became) -> list[str] | None:
        """Why a page is left out."""
        if isinstance(inputs, str):
            return None
        return [output.why] if isinstance(output, Unfit) else []


def pages(
    drafts: Sequence[Draft], passages: Sequence[Passage], sound: Sequence[SoundText]
) -> Iterator[tuple[str, Draft]]:
    """Pages until each rewording of an exercise has been on one; other texts come again."""
    texts = {passage.text: passage for passage in passages if passage.asked_by}
    sections = defaultdict(list)
    for passage in passages:
        sections[passage.document.front.id].append(passage)
    exercises = deque(one for one in sound if one.place == "activity" and one.key in sections)
    others: dict[str, deque[SoundText]] = defaultdict(deque)
    for one in sound:
        # Of those that bring their passage only exercises have a place here.
        if not one.passage and (one.place != "starter" or one.key in texts):
            others[one.key if one.place == "purpose" else one.place].append(one)
    number = 0
    while exercises:
        draft = drafts[number % len(drafts)]
        number += 1
        chosen: list[SoundText] = []
        slots = list(draft.plan.slots)
        for place, slot in enumerate(slots):
            if slot.activity is not None and exercises:
                chosen.append(exercises.popleft())
                own = sections[chosen[-1].key]
                slots[place] = replace(slot, activity=own[0].document, passages=tuple(own[:OFFERED]), variants=())
            elif slot.activity is None and others[slot.purpose]:
                chosen.append(_next(others[slot.purpose]))
        asked = [_next(others["starter"]) for _ in draft.plan.starters]
        plan = replace(draft.plan, slots=tuple(slots), starters=tuple(texts[one.key] for one in asked))
        page = replace(draft, plan=plan, words=compose(plan, draft.briefing))
        for one in (*chosen, *asked, _next(others["title"]), _next(others["summary"])):
            changed = with_sound_text(one, page)
            assert isinstance(changed, Draft)
            page = changed
        yield f"{number}: {', '.join(one.title or one.text[:40] for one in chosen)}", page


def _next(texts: deque[SoundText]) -> SoundText:
    texts.rotate(-1)
    return texts[-1]


def outcome(page: Draft) -> Page:
    """What becomes of a page that is said twice."""
    own = {text.where: text.text for text in replace(page, words=compose(page.plan, page.briefing)).places}
    written = {text.where for text in page.places if text.text != own.get(text.where)}
    found = check_agenda(page)
    mended = mend(page, found)
    stand = written if mended is None else written.intersection(mended.places)
    named = tuple(f"{violation.where}: {violation.guard}: {violation.reason}" for violation in found)
    return Page(mended is None, len(written), len(stand), named)


def written(
    rows: Sequence[WrittenPage], passages: Sequence[Passage], vocabulary: Vocabulary
) -> Iterator[tuple[WrittenPage, Became]]:
    """What becomes of each page that a model wrote, or why it is left out."""
    library, pairs = by_name(passages), {pair.name: pair for pair in read_pairs()}
    for row in rows:
        if row.pair not in pairs:
            yield row, Unfit(f"there is no pair “{row.pair}”")
            continue
        try:
            page = laid_out(row, pairs[row.pair].briefing(), library, vocabulary)
        except ValidationError as error:
            # Such a reply is no agenda, and the composer's takes its place.
            yield row, Page(True, row.texts, row.texts, (in_words(error),))
        else:
            yield row, page if isinstance(page, Unfit) else outcome(page)


METRICS: tuple[type[Metric[Said, Became]], ...] = (
    PageArrives,
    WordsKept,
    WrittenPageArrives,
    WrittenWordsKept,
    WrittenPageFits,
)


def evaluate(cases: Mapping[str, Said], outcomes: Mapping[str, Became]) -> EvaluationReport[Said, Became, Any]:
    """The pages, each as a case of the suite, by the same names in both."""
    report = judged("pages", cases, METRICS, outcomes)
    by_set: dict[str, list[Became]] = defaultdict(list)
    for name, said in cases.items():
        by_set["rewordings" if isinstance(said, str) else f"the {said.set} set that a model wrote"].append(
            outcomes[name]
        )
    report.experiment_metadata = {"notes": "\n".join(_told(name, found) for name, found in by_set.items())}
    return report


def _told(name: str, found: Sequence[Became]) -> str:
    """What became of the pages of a set, in a line."""
    every = [page for page in found if isinstance(page, Page)]
    refused = sum(page.refused for page in every)
    mended = sum(page.stand > 0 for page in every) - refused
    texts, stand = sum(page.texts for page in every), sum(page.stand for page in every)
    left_out = f"; {len(found) - len(every)} are left out, which no longer fit" if len(every) < len(found) else ""
    return (
        f"of {len(every)} pages of {name} {len(every) - mended - refused} are taken as they are, {mended} mended "
        f"and {refused} refused; of {texts} texts {texts - stand} are read as they were written{left_out}"
    )


def run() -> EvaluationReport[Any, Any, Any]:
    """The part, over the library of the settings. Raises PartNotRun or a CoachError."""
    rows = read_written()
    with library_index(Settings()) as search:
        drafts = asyncio.run(good_drafts(search))
        sound = [*chain.from_iterable(read_sound(half) for half in SOUND_SETS)]
        made = pages(*with_what_they_bring(sound, drafts, search.passages), sound)
        cases: dict[str, Said] = {}
        outcomes: dict[str, Became] = {}
        for name, page in made:
            cases[name], outcomes[name] = name, outcome(page)
        for row, became in written(rows, search.passages, drafts[0].vocabulary):
            name = f"written for {row.pair}"
            cases[name], outcomes[name] = row, became
        return evaluate(cases, outcomes)


register(Part("pages", "pages of rewordings and of a model, and how much of them reaches the two", METRICS, run))
