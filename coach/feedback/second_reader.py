"""A language model as a second reader of comments: it may add a theme, where the coach's own reader does not object.

Only where an operator has asked for it, and only of what its author shares with coordinators. It gets pieces without
names, numbers and addresses, and answers with ids of themes alone, so nothing that anybody wrote can come back from
it. The pieces of one feedback are a request of their own: nobody's words change how another's are read, and the order
in which feedback comes changes nothing.
"""

import asyncio
import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from coach.asking import Spent, ask, wire_schema
from coach.errors import ModelError, ModelPaused
from coach.feedback import QUESTIONS, CommentReader, ThemeFound, Weighed, WeighingReader
from coach.feedback.comments import clean, parts
from coach.feedback.reading import read_comments
from coach.feedback.redact import redactor, written_small
from coach.feedback.report_words import ReportTheme, report_words
from coach.llm import LanguageModel
from coach.models import Feedback, now
from coach.prompts import Rendered, Untrusted, load
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store import Store
from coach.store.agendas import spend_tokens, tokens_today
from coach.store.feedback import BESIDE, ReadComment, keep_reading, unread_comments
from coach.store.pairs import PairPeople, get_pair

log = structlog.get_logger(__name__)

# A theme that the coach's own reader takes for less likely than this is not added, whatever the model says. Of the
# themes that it misses in comments of writers whom it did not learn from, 72 in 100 are likelier than this, and of
# those that a comment does not raise 9 in 100 (docs/decisions/0007-a-second-reader-only-adds.md).
LIKELY = 0.05
MOST_TOKENS = 1_500
# So many themes of one piece are taken, and so many pieces of one feedback are asked about; the coach reads all.
MOST_THEMES, MOST_PIECES = 4, 30


class _Named(BaseModel):
    model_config = ConfigDict(extra="forbid")

    theme: str
    polarity: Literal["concern", "gain"]


class _Piece(BaseModel):
    model_config = ConfigDict(extra="forbid")

    piece: int
    themes: list[_Named] = Field(max_length=MOST_THEMES)


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    pieces: list[_Piece] = Field(max_length=MOST_PIECES)


@dataclass(frozen=True)
class _Problem:
    where: str
    reason: str


class SecondReader:
    """Asks one model for the themes of comments.

    `themes` are those that a report can list, `known` stems of words that are no names, as for `redactor`, and a
    program may spend `tokens_per_day`.
    """

    def __init__(
        self,
        model: LanguageModel,
        themes: Mapping[str, ReportTheme],
        known: frozenset[str],
        timeout_s: float,
        tokens_per_day: int | None = None,
    ) -> None:
        self._model, self._known, self._timeout_s = model, known, timeout_s
        self._tokens_per_day = tokens_per_day
        self._themes = {name: theme for name, theme in sorted(themes.items()) if theme.kind != "emerging"}
        self._schema = _schema(list(self._themes))

    @classmethod
    def open(cls, search: Search, model: LanguageModel | None, settings: Settings) -> "SecondReader | None":
        """The second reader where one is asked for and there is a model; else None."""
        if model is None or not settings.llm_reads_comments:
            return None
        known = written_small(passage.text for passage in search.passages)
        themes = report_words(search.library).themes
        return cls(model, themes, known, settings.llm_timeout_s, settings.llm_tokens_per_day)

    @property
    def model(self) -> str:
        """Name of the model, as shown to people."""
        return self._model.name

    async def may_spend(self, db: AsyncSession, program_id: str) -> bool:
        """Whether the program has model tokens left for today."""
        return self._tokens_per_day is None or await tokens_today(db, program_id, now()) < self._tokens_per_day

    def version_beside(self, reader: CommentReader) -> str:
        """Names both readers of a comment; what it begins with is the own reader's version."""
        return BESIDE.join([reader.version, self.model, load("comment_themes").label])

    async def add_to(
        self, weighed: Sequence[Weighed], texts: Sequence[str], people: PairPeople, spent: Spent
    ) -> list[Weighed]:
        """What both readers find in the comments of one feedback of one of these two, in order.

        Comments that say nothing, or that are not in English, are the own reader's alone. Raises ModelError and
        TimeoutError.
        """
        redact = redactor(people, self._known)
        pieces = [
            (place, redact(piece))
            for place, (one, text) in enumerate(zip(weighed, texts, strict=True))
            if one.chances
            for piece in parts(clean(text).text)
        ][:MOST_PIECES]
        named: dict[int, set[str]] = {}
        if pieces:
            async with asyncio.timeout(self._timeout_s):
                found = await self._ask([piece for _, piece in pieces], spent)
            for (place, _), themes in zip(pieces, found, strict=True):
                named.setdefault(place, set()).update(themes)
        return [self._both(one, named.get(place, set())) for place, one in enumerate(weighed)]

    async def _ask(self, pieces: Sequence[str], spent: Spent) -> list[set[str]]:
        """The themes that the model names in each piece, where it means them with their own polarity."""

        def check(answer: _Answer) -> list[_Problem]:
            return _problems(answer, len(pieces), self._themes)

        prompt = self._prompt(pieces)
        answer, _ = await ask(self._model, prompt, _Answer, self._schema, MOST_TOKENS, check, spent)
        named = {one.piece: one.themes for one in answer.pieces}
        return [
            {one.theme for one in named[number] if one.polarity == self._themes[one.theme].kind}
            for number in range(1, len(pieces) + 1)
        ]

    def _prompt(self, pieces: Sequence[str]) -> Rendered:
        themes = "\n".join(
            f"- {name} ({theme.kind}), {theme.label}: {' '.join(theme.summaries)}".rstrip()
            for name, theme in self._themes.items()
        )
        lines = [
            json.dumps({"piece": number, "text": piece}, ensure_ascii=False)
            for number, piece in enumerate(pieces, start=1)
        ]
        return load("comment_themes").render(themes=themes, pieces=Untrusted("\n".join(lines)))

    def _both(self, own: Weighed, named: set[str]) -> Weighed:
        """Nothing that the own reader found is taken away; what is added counts as what it only just finds."""
        there = {theme.theme for theme in own.themes}
        added = [
            ThemeFound(name, "gain" if self._themes[name].kind == "gain" else "concern", own.least)
            for name in sorted(named - there)
            if own.chances.get(name, 0.0) >= LIKELY
        ]
        themes = sorted([*own.themes, *added], key=lambda one: (one.polarity == "emerging", -one.confidence, one.theme))
        return replace(own, themes=tuple(themes))


async def read_with_both(
    store: Store, reader: CommentReader, second: SecondReader | None, feedback_id: str | None
) -> None:
    """Read the comments of this feedback, with the second reader too, or all that are unread.

    What an earlier run left unread, what was imported, and what is not shared with coordinators the own reader reads
    alone. Doing it again, or twice at once, does no harm.
    """
    if second is not None and feedback_id is not None and isinstance(reader, WeighingReader):
        await _read_twice(store, reader, second, feedback_id)
    await read_comments(store, reader, feedback_id)


async def _read_twice(store: Store, reader: WeighingReader, second: SecondReader, feedback_id: str) -> None:
    """Where the model fails, is late, or has spent the program's tokens, the own reader's reading is kept, for good.

    No transaction is open while either of them works.
    """
    async with store.read() as db:
        given = await db.get(Feedback, feedback_id)
        if given is None or not given.share_with_coordinators:
            return
        unread = await unread_comments(db, reader.version, len(QUESTIONS), feedback_id=feedback_id)
        if not unread:
            return
        people = await get_pair(db, given.pair_id)
        affordable = await second.may_spend(db, given.program_id)
    texts = [comment.text for comment in unread]
    weighed, version, spent = await reader.weigh(texts), second.version_beside(reader), Spent()
    try:
        if not affordable:
            raise ModelPaused("The program's model tokens for today are spent.")
        weighed = await second.add_to(weighed, texts, people, spent)
    except (ModelError, TimeoutError) as error:
        version = reader.version
        reason = error.reason if isinstance(error, ModelError) else "timeout"
        log.warning("comments.fallback", reason=reason, program=given.program_id)
    async with store.write() as db:
        read = [ReadComment(comment.id, one.themes, one.vector) for comment, one in zip(unread, weighed, strict=True)]
        await keep_reading(db, version, read)
        await spend_tokens(db, given.program_id, now(), spent.prompt, spent.completion)


def _problems(answer: _Answer, pieces: int, themes: Mapping[str, ReportTheme]) -> list[_Problem]:
    """What the answer has wrong, in words that repeat nothing of it."""
    numbers = [one.piece for one in answer.pieces]
    problems = []
    if sorted(numbers) != list(range(1, pieces + 1)):
        problems.append(_Problem("pieces", f"Each piece from 1 to {pieces} must be there once, and no other."))
    if any(named.theme not in themes for one in answer.pieces for named in one.themes):
        problems.append(_Problem("themes", "Only ids of the list are themes."))
    return problems


def _schema(ids: Sequence[str]) -> dict[str, Any]:
    """The schema of the answer, in which a theme is one of these ids."""
    schema = copy.deepcopy(wire_schema(_Answer))
    schema["$defs"]["_Named"]["properties"]["theme"]["enum"] = list(ids)
    return schema
