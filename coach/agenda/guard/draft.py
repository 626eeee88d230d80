"""What the guards read: the words of an agenda or of one person's prep, with all that they are checked against."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from coach.agenda.brief import Briefing, PrivateBrief
from coach.agenda.guard.subjects import subjects_in
from coach.agenda.plan import AgendaPlan, Slot
from coach.agenda.words import AgendaWords, PrepWords
from coach.retrieval.chunk import Passage
from coach.retrieval.library import TopicFrontMatter
from coach.vocabulary import Vocabulary, stems, words_of

# Where a promise of confidentiality ends, in the words of `slot_words`: the slot's own passages may not say it.
_LIMITS = frozenset(
    stems(words_of("senior, danger to someone, a breach of law or policy, confidential, confidentiality"))
)
_SENTENCE = re.compile(r"(?<=[.!?:;])[”\"'’)]*\s+|\n+")
_QUOTED = re.compile(r"“([^”]*)”")


@dataclass(frozen=True)
class Violation:
    """What a guard found: the guard, the place in the words, and a reason fit for the writer of the words."""

    guard: str
    where: str
    reason: str


@dataclass(frozen=True, eq=False)
class Text:
    """One text that somebody may read: an item's title and description, a starter, a step of prep.

    `ground` holds the stems of what the text may rest on, in several sets, and `rests_on` the passages; `slot` and
    `starter` are what the plan has at its place. `brief` is all that both may know, and `pair` the names of the mentor
    and the mentee.
    `besides` holds the stems of the program's own documents, which nobody here has read, and of the passages of other
    places, to which an agenda comes back: a text may use their words, but they excuse nothing that it says with them.
    """

    where: str
    text: str
    ground: tuple[frozenset[str], ...]
    brief: str
    pair: tuple[str, str]
    rests_on: tuple[Passage, ...] = ()
    slot: Slot | None = None
    starter: Passage | None = None
    besides: frozenset[str] = frozenset()

    @cached_property
    def cast(self) -> str:
        """The text as shown, with “the mentor” and “the mentee” for their names, as the library speaks of them."""
        return self._with_roles(self.shown)

    @property
    def in_roles(self) -> str:
        """The whole text, with what it quotes, and with “the mentor” and “the mentee” for their names."""
        return self._with_roles(self.text)

    def _with_roles(self, text: str) -> str:
        for name, role in zip(self.pair, ("the mentor", "the mentee"), strict=True):
            if name in text:
                text = _whole(name).sub(role, text)
        return text

    @property
    def is_the_librarys(self) -> bool:
        """Whether it is a starter as the library has it, which was read before it was put there."""
        return self.starter is not None and self.text == self.starter.text

    @cached_property
    def shown(self) -> str:
        """The text without what it quotes of the two themselves: their words are no claims of ours."""
        return without_quotes(self.text, self.brief)

    @cached_property
    def known(self) -> str:
        """The brief and all of the library that the text may rest on, word for word, without case."""
        rests_on = [passage for passage in self.rests_on if passage.kind != "program"]
        documents = {passage.document.front.id: passage.document.front for passage in rests_on}.values()
        asked = [
            f"{front.agenda} {front.prep.mentor} {front.prep.mentee}"
            for front in documents
            if isinstance(front, TopicFrontMatter)
        ]
        return " ".join([self.brief, *(passage.embedded_text for passage in rests_on), *asked]).casefold()

    @cached_property
    def words(self) -> list[str]:
        """The words, without case."""
        return words_of(self.text)

    @cached_property
    def word_set(self) -> frozenset[str]:
        """Each of the words once."""
        return frozenset(self.words)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the words."""
        return frozenset(stems(self.word_set))

    @cached_property
    def foreign(self) -> frozenset[str]:
        """The stems that what the text may rest on does not hold."""
        found = self.stems
        # One by one: to put the sets of all passages together takes ten times as long.
        for ground in self.ground:
            found -= ground
        return found

    def rests(self, stem: str) -> bool:
        """Whether what the text may rest on holds a stem."""
        return any(stem in ground for ground in self.ground)

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The subjects that the text is on and must not be on, none for what is the library's."""
        return frozenset() if self.is_the_librarys else subjects_in(self)

    @cached_property
    def sentences(self) -> list[str]:
        """The sentences, also those that end with a colon."""
        return _sentences(self.text)

    @cached_property
    def own_sentences(self) -> list[str]:
        """The same, without what they quote of the two."""
        return _sentences(self.shown)


@dataclass(frozen=True)
class Draft:
    """Words under check, with all that they are checked against.

    Where `prep` is set, the steps of one person's prep are under check, and `private` is what that person told.
    """

    words: AgendaWords
    plan: AgendaPlan
    briefing: Briefing
    vocabulary: Vocabulary
    prep: PrepWords | None = None
    private: PrivateBrief | None = None

    @cached_property
    def brief_text(self) -> str:
        """All that both people may know, as one text."""
        brief = self.briefing.brief
        people = [
            text
            for person in (brief.mentor, brief.mentee)
            for text in (
                person.first_name,
                person.role_title,
                person.department,
                *person.strengths,
                *person.wants_to_learn,
            )
        ]
        actions = [
            f"{action.text} {action.due_on or ''} {action.due_on.day if action.due_on else ''}"
            for action in brief.actions
        ]
        shown = (brief.program, brief.focus, brief.format, *people, *brief.goals, *actions)
        return " ".join(text for text in shown if text)

    @cached_property
    def brief_words(self) -> frozenset[str]:
        """The words of all that both people may know."""
        return frozenset(words_of(self.brief_text))

    @cached_property
    def brief_stems(self) -> frozenset[str]:
        """The stems of all that both people may know."""
        return frozenset(stems(self.brief_words))

    @cached_property
    def known_words(self) -> frozenset[str]:
        """The words of the brief, and of what the reader of this prep told in private."""
        return self.brief_words.union(self._private_words)

    @cached_property
    def offered_words(self) -> frozenset[str]:
        """The words of every passage that may be cited."""
        return frozenset(self.vocabulary.words_in(passage for slot in self.plan.slots for passage in slot.passages))

    @cached_property
    def _private_words(self) -> list[str]:
        return words_of(f"{self.private.note} {self.private.accessibility}") if self.private else []

    @cached_property
    def spelled(self) -> str:
        """The library's offered passages as they are spelled."""
        passages = [passage for slot in self.plan.slots for passage in slot.passages if passage.kind != "program"]
        return " ".join(passage.embedded_text for passage in [*passages, *self.plan.starters])

    def slots(self) -> Iterator[tuple[str, Slot, str, tuple[str, ...]]]:
        """Place, slot, text and cited ids of every item whose slot exists."""
        for item in self.words.items:
            if 1 <= item.slot <= len(self.plan.slots):
                yield (
                    f"item {item.slot}",
                    self.plan.slots[item.slot - 1],
                    f"{item.title}\n{item.description}",
                    item.sources,
                )

    def texts(self) -> Iterator[tuple[str, str]]:
        """Place and text of everything that is read by somebody."""
        for text in self.places:
            yield text.where, text.text

    @cached_property
    def places(self) -> tuple[Text, ...]:
        """Everything that is read by somebody, each with what it may rest on."""
        slots, starters, brief = self.plan.slots, self.plan.starters, self.brief_text
        pair = self.briefing.brief.mentor.first_name, self.briefing.brief.mentee.first_name
        every = (*(passage for slot in slots for passage in slot.passages), *starters)
        anything, own_words = self._ground(every)
        elsewhere = own_words.union(*anything)
        if self.prep is not None:
            anything = (*anything, frozenset(stems(self._private_words)))
            brief = f"{brief} {self.private.note} {self.private.accessibility}" if self.private else brief
            steps = enumerate(self.prep.steps, start=1)
            return tuple(
                Text(f"step {number}", step, anything, brief, pair, every, besides=own_words) for number, step in steps
            )

        def text(where: str, words: str, slot: Slot | None = None, starter: Passage | None = None) -> Text:
            rests_on = slot.passages if slot else (starter,) if starter else ()
            ground, own = self._ground(rests_on)
            if slot and slot.purpose == "confidentiality":
                ground = (*ground, _LIMITS)
            # What has no activity of its own comes back to those of the others.
            besides = own if slot is None or slot.activity is not None else elsewhere
            return Text(where, words, ground, brief, pair, rests_on, slot, starter, besides)

        found = [
            Text("title", self.words.title, anything, brief, pair, every, besides=own_words),
            Text("summary", self.words.summary, anything, brief, pair, every, besides=own_words),
        ]
        for item in self.words.items:
            slot = slots[item.slot - 1] if 1 <= item.slot <= len(slots) else None
            found.append(text(f"item {item.slot}", f"{item.title}\n{item.description}", slot))
        for starter in self.words.starters:
            offered = starters[starter.starter - 1] if 1 <= starter.starter <= len(starters) else None
            found.append(text(f"starter {starter.starter}", starter.text, starter=offered))
        return tuple(found)

    def _ground(self, passages: tuple[Passage, ...]) -> tuple[tuple[frozenset[str], ...], frozenset[str]]:
        """The stems that a text resting on these passages stands on, and those of the program's own among them."""
        stems_of = self.vocabulary.stems_of
        librarys = [stems_of(passage) for passage in passages if passage.kind != "program"]
        own = [stems_of(passage) for passage in passages if passage.kind == "program"]
        return (self.brief_stems, *librarys), frozenset().union(*own)


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE.split(text) if part.strip()]


@lru_cache(maxsize=256)
def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def forget_names() -> None:
    """Let go of the names that were looked for."""
    _whole.cache_clear()


def without_quotes(text: str, said: str) -> str:
    """The text without what it quotes word for word from `said`, also where the quotation is cut short."""
    if "“" not in text:
        return text

    def own(match: re.Match[str]) -> str:
        return " " if match.group(1).rstrip("…").strip() in said else match.group(0)

    return _QUOTED.sub(own, text)
