"""The agendas that several parts look at, each made once: of every pair, and of some pairs over a series of meetings.

The composer makes them, as the service would from its database.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from coach.agenda.brief import Briefing
from coach.agenda.pipeline import AgendaMaker, briefing_for
from coach.retrieval.lexical import Lexical, Stems
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store.agendas import PastAgenda, starter_key
from evals.library_index import library_index, made_once
from evals.pairs import Earlier, PairCase, read_pairs
from evals.parts import PartNotRun
from evals.progress import counted

# A pair's series of meetings.
SESSIONS = 12
_SERIES_OF = 24
# Two of them once more, with so few starters left that the library runs dry.
_NEARLY_ALL = ", nearly all starters asked"
_LEFT = 12


@dataclass(frozen=True)
class Made:
    """An agenda with the briefing it was made from; `closest` is the pair whose words it is closest to."""

    briefing: Briefing
    content: dict[str, Any]
    preps: dict[str, dict[str, Any]]
    closest: str = ""

    def shown(self) -> dict[str, Any]:
        """What the two are shown."""
        return {"closest": self.closest, "agenda": self.content, "preps": self.preps}

    def shared(self) -> str:
        """All that both read."""
        parts = [self.content["title"], self.content["summary"]]
        parts += [item[key] for item in self.content["items"] for key in ("title", "description", "because")]
        return "\n".join([*parts, *(starter["text"] for starter in self.content["starters"])])


@dataclass(frozen=True)
class Series:
    """A pair's agendas, in order."""

    agendas: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> list[dict[str, Any]]:
        """Of each agenda what has to be new."""
        return [
            {
                "title": agenda["title"],
                "activities": [item["activity"] for item in agenda["items"] if item["activity"]],
                "starters": [starter["text"] for starter in agenda["starters"]],
                "notice": agenda["notice"],
            }
            for agenda in self.agendas
        ]


async def make_all(pairs: Sequence[PairCase], search: Search) -> dict[str, Made]:
    """The agenda of each pair by its name, and to whose brief it is closest."""
    maker = AgendaMaker(search, model=None, timeout_s=1)
    made: dict[str, Made] = {}
    for pair in counted(pairs, lambda one: one.name):
        briefing = await briefing_for(pair.facts(), search)
        row = (await maker.make(briefing, "pair", "program")).row
        made[pair.name] = Made(briefing, row.content, {"mentor": row.prep_mentor, "mentee": row.prep_mentee})
    closest = matched(pairs, [without_names(one.shared(), one.briefing) for one in made.values()])
    return {
        name: Made(one.briefing, one.content, one.preps, taken_for)
        for (name, one), taken_for in zip(made.items(), closest, strict=True)
    }


def matched(pairs: Sequence[PairCase], agendas: Sequence[str]) -> list[str]:
    """For each agenda the name of the pair whose brief it is closest to, by BM25 of what each pair told the coach.

    Words that every fourth agenda has are the coach's own, and tell nobody apart.
    """
    stems = Stems()
    briefs = Lexical(stems.of([_told(pair) for pair in pairs]))
    read = stems.of(agendas)
    common = Counter(stem for words in read for stem in set(words))
    found = []
    for words in read:
        own = [stem for stem in words if common[stem] <= len(read) / 4]
        found.append(pairs[int(briefs.scores(own).argmax())].name)
    return found


def without_names(text: str, briefing: Briefing) -> str:
    """The text without the two names."""
    for name in (briefing.brief.mentor.first_name, briefing.brief.mentee.first_name):
        text = re.sub(rf"\b{re.escape(name)}\b", " ", text)
    return text


async def make_series(pair: PairCase, search: Search) -> Series:
    """The agendas of a pair that meets `SESSIONS` times, each of which knows the ones before.

    One whose name ends with `_NEARLY_ALL` has had all but a few of the library's starters before.
    """
    maker = AgendaMaker(search, model=None, timeout_s=1)
    past: list[PastAgenda] = []
    asked: set[str] = set()
    if pair.name.endswith(_NEARLY_ALL):
        asked |= {starter_key(passage.text) for passage in search.passages if passage.asked_by}
        asked -= set(sorted(asked)[:_LEFT])
    agendas = []
    for number in range(1, SESSIONS + 1):
        held = tuple(Earlier(status="held") for _ in range(number - 1))
        known = pair.model_copy(update={"past": held, "planned_sessions": SESSIONS, "actions": ()})
        briefing = await briefing_for(known.facts(tuple(past), frozenset(asked)), search)
        made = await maker.make(briefing, "pair", "program")
        agendas.append(made.row.content)
        past.append(PastAgenda(f"session-{number}", number, "held", tuple(made.row.activity_ids)))
        asked |= set(map(starter_key, made.starters))
    return Series(agendas)


def pairs_agendas() -> tuple[Sequence[PairCase], dict[str, Made]]:
    """Every pair of the eval set, and its agenda by its name. Raises PartNotRun or a CoachError."""

    def make() -> tuple[Sequence[PairCase], dict[str, Made]]:
        pairs = read_pairs()
        with library_index(Settings()) as search:
            made = asyncio.run(make_all(pairs, search))
            _still_healthy(search)
        return pairs, made

    return made_once("pairs", make)


def series_of_agendas() -> tuple[Sequence[PairCase], dict[str, Series]]:
    """The pairs that meet `SESSIONS` times, and their agendas by the pair's name. Raises PartNotRun or a CoachError."""

    def make() -> tuple[Sequence[PairCase], dict[str, Series]]:
        pairs = [pair for pair in read_pairs() if "plain" in pair.traits][:_SERIES_OF]
        pairs += [pair.model_copy(update={"name": f"{pair.name}{_NEARLY_ALL}"}) for pair in pairs[:2]]
        with library_index(Settings()) as search:
            made = {pair.name: asyncio.run(make_series(pair, search)) for pair in counted(pairs, lambda one: one.name)}
            _still_healthy(search)
        return pairs, made

    return made_once("series", make)


def _still_healthy(search: Search) -> None:
    if not search.healthy:
        raise PartNotRun("The index failed while the agendas were made. Run it again; the index is built anew.")


def _told(pair: PairCase) -> str:
    people = [
        " ".join([one.role_title, one.department, *one.strengths, *one.wants_to_learn])
        for one in (pair.mentor, pair.mentee)
    ]
    actions = [action.text for action in pair.actions]
    return " ".join([*pair.goals, *people, *actions, pair.session.focus or "", *pair.topics])
