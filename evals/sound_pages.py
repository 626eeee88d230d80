"""The part `pages`: whole agendas of faithful rewordings, and how much of a good model's words reaches the two.

The composer's agendas for briefs of `datasets/agendas.yaml` are given the exercises and starters that the sound texts
of `datasets/plants` reword, and those texts in as many places as there are some for. The model of this part says such
a page, and says it again when it is sent back: a real one would mend some of what is named.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from pydantic_evals.reporting import EvaluationReport

from coach.agenda.compose import compose
from coach.agenda.guard import Draft, check_agenda
from coach.agenda.mend import mend
from coach.retrieval.chunk import Passage
from coach.settings import Settings
from evals.library_index import library_index
from evals.parts import Graded, Metric, Part, judged, register
from evals.plants import SOUND_SETS, good_drafts
from evals.sound_texts import OFFERED, SoundText, read_sound, with_sound_text, with_what_they_bring


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


class PageArrives(Metric[str, Page]):
    """Where an honest model's page is thrown away for a word, nobody ever reads a model's words, and the time and the
    tokens that they cost are lost. Of good agendas at most one in fifty may be refused.
    """

    def faults(self, inputs: str, output: Page) -> list[str] | None:
        """What the guards found in a page that was refused."""
        return list(output.found) if output.refused else []


class WordsKept(Graded[str, Page]):
    """A page that arrives with the coach's words in most places is the coach's page at a model's price."""

    def grade(self, inputs: str, output: Page) -> float | None:
        """The share of the model's texts that the two read."""
        return 1 - output.stand / output.texts


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
    own = replace(page, words=compose(page.plan, page.briefing))
    written = {text.where for text, other in zip(page.places, own.places, strict=True) if text.text != other.text}
    found = check_agenda(page)
    mended = mend(page, found)
    stand = written if mended is None else written.intersection(mended.places)
    named = tuple(f"{violation.where}: {violation.guard}: {violation.reason}" for violation in found)
    return Page(mended is None, len(written), len(stand), named)


METRICS: tuple[type[Metric[str, Page]], ...] = (PageArrives, WordsKept)


def evaluate(outcomes: Mapping[str, Page]) -> EvaluationReport[str, Page, Any]:
    """The pages, each as a case of the suite."""
    report = judged("pages", {name: name for name in outcomes}, METRICS, outcomes)
    every = outcomes.values()
    refused = sum(page.refused for page in every)
    mended = sum(page.stand > 0 for page in every) - refused
    texts, stand = sum(page.texts for page in every), sum(page.stand for page in every)
    report.experiment_metadata = {
        "notes": f"of {len(every)} pages {len(every) - mended - refused} are taken as they are, {mended} mended "
        f"and {refused} refused; of {texts} texts {texts - stand} are read as the model wrote them"
    }
    return report


def run() -> EvaluationReport[Any, Any, Any]:
    """The part, over the library of the settings. Raises PartNotRun or a CoachError."""
    with library_index(Settings()) as search:
        drafts = asyncio.run(good_drafts(search))
        sound = [*chain.from_iterable(read_sound(half) for half in SOUND_SETS)]
        made = pages(*with_what_they_bring(sound, drafts, search.passages), sound)
        return evaluate({name: outcome(page) for name, page in made})


register(Part("pages", "pages of faithful rewordings, and how much of them reaches the two", METRICS, run))
