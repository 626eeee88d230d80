"""The guards: what words must not do before two people read them. Each is one function that says what it found.

A violation's `reason` may go back to the model that wrote the words, so it never holds what the guard protects.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from coach.agenda.brief import Briefing, PrivateBrief
from coach.agenda.plan import AgendaPlan, Slot
from coach.agenda.vocabulary import WORD, Vocabulary, words_of
from coach.agenda.words import AgendaWords, PrepWords, description_characters
from coach.store.agendas import starter_key
from coach.untrusted import Lookout, folded, orders_a_model
from coach.wording import is_closed_question

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MINUTES = re.compile(r"\b(\d{1,3})[\s-]*(?:min\b|mins\b|minutes?\b)", re.IGNORECASE)
_MARKUP = re.compile(
    r"<[^>\s][^>]*>|&[a-z]+;|&#\d+;|```|`[^`]+`|\*\*|__|!?\[[^\]]*\]\([^)]*\)|^\s*(?:#{1,6}\s|[-*+]\s|\|)",
    re.MULTILINE,
)
_LINK = re.compile(
    r"\b(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|ai|edu|gov|info|app|dev|co)\b|\S+@\S+\.\w+",
    re.IGNORECASE,
)
# What every link or address holds: most texts hold none of it.
_LINKISH = re.compile(r"\w\.\w|[@/]")
_FACT = Lookout(
    "%|cent|research|stud|survey|evidence|statistics|meta-analysis|scientist|expert|according|18|19|20",
    r"""\d\s*% | \bper\ ?cent\b
    | \b(?:research|studies|study|surveys?|evidence|statistics|meta-analysis|scientists?
    |experts?)\ (?:shows?|says?|finds?|found|suggests?|proves?|reports?|indicates?|agree)
    | \baccording\ to\b | \b(?:1[89]|20)\d\d\b""",
)
_PLUMBING = (
    Lookout(
        "data|json|slot |as a|system prompt",
        r"""</?data | ‹/?data | \bjson\b | \bslot\ \d | \bas\ an?\ (?:ai|language\ model|assistant)\b
        | \bsystem\ prompt\b""",
    ),
    Lookout("k", r"\bk[0-9a-f]{12}\b"),
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:;]\s+|[“\"(]\s*)$")
_STEERS = r"(?:leads?|opens?|runs?|chairs?|steers?|facilitates?|hosts?)"
_PRIVATE_RUN = 4
_KNOWN_SHARE = 0.6


@dataclass(frozen=True)
class Violation:
    """What a guard found: the guard, the place in the words, and a reason fit for the writer of the words."""

    guard: str
    where: str
    reason: str


@dataclass(frozen=True)
class Draft:
    """Words under check, with all that they are checked against."""

    words: AgendaWords
    plan: AgendaPlan
    briefing: Briefing
    vocabulary: Vocabulary

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
        return " ".join(text for text in (brief.program, brief.focus, *people, *brief.goals, *actions) if text)

    @cached_property
    def brief_words(self) -> frozenset[str]:
        """The words of all that both people may know."""
        return frozenset(words_of(self.brief_text))

    @cached_property
    def offered_words(self) -> frozenset[str]:
        """The words of every passage that may be cited."""
        return frozenset(self.vocabulary.words_in(passage for slot in self.plan.slots for passage in slot.passages))

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
        """Place and text of everything that the two may read."""
        yield "title", self.words.title
        yield "summary", self.words.summary
        for item in self.words.items:
            yield f"item {item.slot}", f"{item.title}\n{item.description}"
        for starter in self.words.starters:
            yield f"starter {starter.starter}", starter.text


def check_agenda(draft: Draft) -> list[Violation]:
    """All violations in the words of an agenda."""
    return [violation for guard in AGENDA_GUARDS for violation in guard(draft)]


def check_prep(prep: PrepWords, draft: Draft, private: PrivateBrief | None = None) -> list[Violation]:
    """All violations in one person's prep, who may read again what that person told in private."""
    places = [(f"step {number}", step) for number, step in enumerate(prep.steps, start=1)]
    return [
        *_avoided(places, draft),
        *_markup_and_links(places),
        *_strangers(places, draft, words_of(f"{private.note} {private.accessibility}") if private else ()),
        *_plumbing(places),
        *_other_language(places, draft),
    ]


def structure(draft: Draft) -> Iterator[Violation]:
    """Each slot of the plan is written once, in order; no slot and no starter is invented."""
    if [item.slot for item in draft.words.items] != list(range(1, len(draft.plan.slots) + 1)):
        yield Violation(
            "structure",
            "items",
            f"There must be one item for each of the slots 1 to {len(draft.plan.slots)}, in order.",
        )
    numbers = [starter.starter for starter in draft.words.starters]
    if len(set(numbers)) != len(numbers) or any(number > len(draft.plan.starters) for number in numbers):
        yield Violation(
            "structure", "starters", f"There must be one starter for each number 1 to {len(draft.plan.starters)}."
        )


def citations(draft: Draft) -> Iterator[Violation]:
    """A cited id was offered for that slot: anything else is invented, or somebody else's evidence."""
    for where, slot, _, cited in draft.slots():
        if not set(cited) <= {passage.id for passage in slot.passages}:
            yield Violation("citations", where, "It cites an id that was not offered for this slot.")


def claims(draft: Draft) -> Iterator[Violation]:
    """A fact is cited, and its figures stand in the cited passage or in what the two said themselves."""
    known = set(_NUMBER.findall(draft.brief_text)) | {
        str(number) for number in range(len(draft.briefing.brief.actions) + 1)
    }
    for where, slot, text, cited in draft.slots():
        text = _without_quotes(text, draft)
        offered = {passage.id: passage for passage in slot.passages}
        stated = [fact for fact in _FACT.finditer(text, folded(text)) if not set(_NUMBER.findall(fact.group())) & known]
        if stated and not cited:
            yield Violation(
                "claims",
                where,
                "It states a fact without citing a passage. Cite one that says so, or leave the fact out.",
            )
        passages = " ".join(offered[key].text for key in cited if key in offered)
        allowed = known | set(_NUMBER.findall(passages)) | {str(number) for number in range(13)} | {str(slot.minutes)}
        allowed |= {
            *_MINUTES.findall(text),
            str(draft.briefing.brief.planned_sessions),
            str(draft.briefing.brief.number),
        }
        if any(number not in allowed for number in _NUMBER.findall(text)):
            yield Violation("claims", where, "It holds a figure that stands in no passage cited there.")
    brief = draft.briefing.brief
    allowed = (
        known
        | {str(brief.minutes), str(brief.number), str(brief.planned_sessions)}
        | {str(number) for number in range(13)}
    )
    for where, text in (("title", draft.words.title), ("summary", draft.words.summary)):
        if any(number not in allowed for number in _NUMBER.findall(text)):
            yield Violation("claims", where, "It holds a figure that is not in the brief.")


def minutes(draft: Draft) -> Iterator[Violation]:
    """No text asks for more minutes than its slot has."""
    wanted = set(_MINUTES.findall(draft.brief_text))
    for where, slot, text, _ in draft.slots():
        if any(int(number) > slot.minutes for number in _MINUTES.findall(text) if number not in wanted):
            yield Violation("minutes", where, f"It mentions more minutes than the slot has ({slot.minutes}).")


def leads(draft: Draft) -> Iterator[Violation]:
    """The one whom the plan names leads; nobody turns mentor and mentee round."""
    brief = draft.briefing.brief
    mentor, mentee = re.escape(brief.mentor.first_name), re.escape(brief.mentee.first_name)
    swapped = re.compile(
        rf"\b{mentor}\b,? (?:is |as )?(?:the |our |your )?(?:senior )?mentee\b"
        rf"|\b{mentee}\b,? (?:is |as )?(?:the |our |your )?(?:junior )?mentor\b"
        rf"|\bmentee,? {mentor}\b|\bmentor,? {mentee}\b",
        re.IGNORECASE,
    )
    for where, text in draft.texts():
        if swapped.search(text):
            yield Violation("leads", where, "It swaps mentor and mentee.")
    for where, slot, text, _ in draft.slots():
        other = {"mentor": mentee, "mentee": mentor}.get(slot.led_by)
        # Names as they are written: "Will" is a person, "will run" is not.
        steers = rf"(?<!that )(?<!which )(?<!and )\b{other}\b {_STEERS}\b(?! (?:a|an|the file|the document|up|with)\b)"
        if other and re.search(steers, text):
            yield Violation("leads", where, f"The {slot.led_by} leads this slot, not the other one.")


def names(draft: Draft) -> Iterator[Violation]:
    """Nobody is named but these two."""
    yield from _strangers(draft.texts(), draft, draft.offered_words)


def avoided(draft: Draft) -> Iterator[Violation]:
    """Nothing that either person asked to keep out. The reason does not say what it was."""
    yield from _avoided(draft.texts(), draft)


def markup_and_links(draft: Draft) -> Iterator[Violation]:
    """Plain text only; a link only where a cited passage holds it."""
    cited = " ".join(passage.text for slot in draft.plan.slots for passage in slot.passages)
    yield from _markup_and_links(draft.texts(), f"{cited} {draft.brief_text}")


def length(draft: Draft) -> Iterator[Violation]:
    """No description is longer than its slot bears."""
    for item in draft.words.items:
        if 1 <= item.slot <= len(draft.plan.slots):
            most = description_characters(draft.plan.slots[item.slot - 1].minutes)
            if len(item.description) > most:
                yield Violation("length", f"item {item.slot}", f"The description is longer than {most} characters.")


def private_words(draft: Draft) -> Iterator[Violation]:
    """Nothing that one of the two told in private stands where both can read it."""
    for private in (draft.briefing.mentor, draft.briefing.mentee):
        said = words_of(f"{private.note} {private.accessibility}")
        runs = {tuple(said[i : i + _PRIVATE_RUN]) for i in range(len(said) - _PRIVATE_RUN + 1)}
        # "at the end of" is nobody's secret.
        runs = {run for run in runs if sum(len(word) > 3 for word in run) > 1}
        telling = {
            word for word in said if len(word) > 3 and word not in draft.brief_words and word not in draft.vocabulary
        }
        if not telling and not runs:
            continue
        for where, text in draft.texts():
            found = words_of(text)
            if telling & set(found) or any(tuple(found[i : i + _PRIVATE_RUN]) in runs for i in range(len(found))):
                yield Violation(
                    "private words", where, "It holds words that are not in the brief. Write it from the brief alone."
                )


def starters(draft: Draft) -> Iterator[Violation]:
    """A starter is an open question that this pair was never asked."""
    seen: set[str] = set()
    for starter in draft.words.starters:
        where, key = f"starter {starter.starter}", starter_key(starter.text)
        if not starter.text.rstrip(' ”"').endswith("?") or is_closed_question(starter.text):
            yield Violation("starters", where, "It must be one open question.")
        if key in draft.briefing.asked or key in seen:
            yield Violation("starters", where, "The pair has been asked this before.")
        seen.add(key)


def repetition(draft: Draft) -> Iterator[Violation]:
    """No line comes twice: a model that has lost its way repeats itself."""
    seen: set[str] = set()
    for item in draft.words.items:
        key = starter_key(item.description)
        if key in seen:
            yield Violation("repetition", f"item {item.slot}", "It repeats another item.")
        seen.add(key)


def on_the_plan(draft: Draft) -> Iterator[Violation]:
    """An activity has to do with its goal or with the passages offered for it."""
    for where, slot, text, _ in draft.slots():
        if slot.activity is None:
            continue
        about = draft.vocabulary.words_in(slot.passages).union(words_of(slot.goal or ""))
        if sum(len(word) > 3 for word in about.intersection(words_of(text))) < 3:
            yield Violation("on the plan", where, "It has nothing to do with the goal or the passages of its slot.")


def plumbing(draft: Draft) -> Iterator[Violation]:
    """No order to a model, no marker, no id and no talk of the machine reaches the two."""
    yield from _plumbing((where, _without_quotes(text, draft)) for where, text in draft.texts())


def other_language(draft: Draft) -> Iterator[Violation]:
    """The words are plain English, like the rest of the agenda."""
    yield from _other_language(draft.texts(), draft)


AGENDA_GUARDS: tuple[Callable[[Draft], Iterator[Violation]], ...] = (
    structure,
    citations,
    claims,
    minutes,
    leads,
    names,
    avoided,
    markup_and_links,
    length,
    private_words,
    starters,
    repetition,
    on_the_plan,
    plumbing,
    other_language,
)


def _without_quotes(text: str, draft: Draft) -> str:
    """The text without what it quotes of the two themselves: their words are no claims of ours."""

    def own(match: re.Match[str]) -> str:
        return " " if match.group(1).rstrip("…").strip() in draft.brief_text else match.group(0)

    return re.sub(r"“([^”]*)”", own, text)


_Places = Sequence[tuple[str, str]] | Iterator[tuple[str, str]]


def _strangers(places: _Places, draft: Draft, extra: Iterable[str]) -> Iterator[Violation]:
    known = draft.brief_words.union(extra)
    for where, text in places:
        for match in WORD.finditer(text):
            word = match.group()
            if not word[0].isupper() or len(word) < 2 or word.casefold() in known or word in draft.vocabulary:
                continue
            bare = re.sub(r"['’]s?$", "", word).casefold()
            if bare in known or bare in {"i'm", "i'd", "i've", "let's"}:
                continue
            begins = _SENTENCE_START.search(text[: match.start()]) or text[: match.start()].endswith("\n")
            acts = re.match(
                r"\s(?:and|is|has|was|will|can|could|would|should|then|also|\w+s)\b|['’]s\b|,", text[match.end() :]
            )
            if not begins or acts:
                yield Violation("names", where, "It names somebody or something that is not in the brief.")
                break


def _avoided(places: _Places, draft: Draft) -> Iterator[Violation]:
    for where, text in places:
        if draft.briefing.avoid.touches(text):
            yield Violation(
                "avoided", where, "It leaves the pair's goals. Write it closer to the goal and the passages."
            )


def _markup_and_links(places: _Places, cited: str = "") -> Iterator[Violation]:
    for where, text in places:
        if _MARKUP.search(text):
            yield Violation("markup", where, "It holds markup. Write plain sentences.")
        if _LINKISH.search(text) and any(link not in cited for link in _LINK.findall(text)):
            yield Violation("links", where, "It holds a link or an address.")


def _plumbing(places: _Places) -> Iterator[Violation]:
    for where, text in places:
        without_case = folded(text)
        if any(pattern.search(text, without_case) for pattern in _PLUMBING) or orders_a_model(text):
            yield Violation("plumbing", where, "It speaks of the machine instead of the meeting.")


def _other_language(places: _Places, draft: Draft) -> Iterator[Violation]:
    for where, text in places:
        found = words_of(text)
        unknown = draft.vocabulary.unknown(set(found) - draft.brief_words)
        if sum(word not in unknown for word in found) < _KNOWN_SHARE * len(found) or not found:
            yield Violation("other language", where, "It is not plain English.")
