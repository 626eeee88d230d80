"""Guards on what a text rests on: facts, figures, names, links and words come from the plan and the brief."""

import calendar
import re
from collections.abc import Collection, Iterator

from coach.agenda.guard.draft import Draft, Text, Violation, without_quotes
from coach.agenda.guard.plan_keeping import MINUTES
from coach.english import BRITISH, rare_words
from coach.untrusted import Lookout
from coach.vocabulary import everyday_stems, plain_stems, stems, words_of

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_FACT = Lookout(
    "%|cent|research|stud|survey|evidence|statistics|meta-analysis|scientist|expert|according|18|19|20",
    r"""\d\s*% | \bper\ ?cent\b
    | \b(?:research|studies|study|surveys?|evidence|statistics|meta-analysis|scientists?
    |experts?)\ (?:shows?|says?|finds?|found|suggests?|proves?|reports?|indicates?|agree)
    | \baccording\ to\b | \b(?:1[89]|20)\d\d\b""",
)
# "March" and "May" are said of other things, too.
_MONTH = re.compile(
    r"\b(January|February|April|June|July|August|September|October|November|December"
    r"|(?:(?<=in )|(?<=since )|(?<=until )|(?<=last )|(?<=by ))(?:March|May))\b"
)
_LINK = re.compile(
    r"\b(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|ai|edu|gov|info|app|dev|co|eu|de|ly|be|uk|us|example|test)\b"
    r"|\S+@\S+\.\w+",
    re.IGNORECASE,
)
# What every link or address holds: most texts hold none of it.
_LINKISH = re.compile(r"\.\w|[@/#\\+]|0\d\d")
_ADDRESS = re.compile(
    r"\b[a-z][\w+-]*://|(?:^|\s)[@#][\w-]{3,}|\b[A-Z]:\\|\\\w+\\|(?:^|\s)[~.]?/\w+/|\b\w+/[\w-]+/[\w-]+|\b\w+\.(?:docx?|pdf|txt|xlsx?|pptx?|html?|csv|md)\b"
    r"|\+\d{2}|\bon 0\d{2,}|\bbit\.ly|\b\w{3,}\.(?:com|codes?|[a-z]{2,6})/"
)
# Who typed a number into a goal may want the other one to call it.
_PHONE = re.compile(r"\+\d{1,3}[\d ()/.-]{6,}\d")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;][”\"’')]?\s+|[“\"(]\s*)$")
_CAPITALIZED = re.compile(r"\b[^\W\d_a-z][^\W\d_]+(?:['’][^\W\d_]+)?")
# Tools that people have at work: to name one invents nothing.
_TOOLS = """
outlook teams excel word powerpoint onenote onedrive sharepoint copilot chatgpt gemini claude perplexity mistral
figma miro mural jira confluence trello asana notion slack zoom webex meet gmail google docs sheets slides calendar
canva github gitlab signal whatsapp telegram linkedin tiktok instagram youtube salesforce tableau kanban scrum
python loom dropbox airtable mentimeter slido discord windows android iphone bluetooth deepl grammarly otter planner
"""
_TOOL_NAMES = frozenset(_TOOLS.split())
# These have a guard of their own.
_PRONOUNS = frozenset(stems(("he", "she", "him", "her", "his", "hers", "himself", "herself")))
_ENDING = re.compile(r"['’](?:s|m|d|ve|ll|re)?$")
_ACTS = re.compile(r"\s(?:and|is|has|was|will|can|could|would|should|then|also|\w+s)\b|['’]s\b|,")
_TITLED = re.compile(
    r"\b(?:Mrs?|Ms|Mx|Dr|Prof|Professor|Sir|Dame|Aunt|Uncle|Doctor|Madam)\b\.?\s+[A-Z]|\b[A-Z]\.\s?[A-Z][.a-z]"
)
_CALLED = re.compile(r"\b(?:named|called|certain)\s+([A-Z]\w*)")
# This many words that neither the passages nor the brief nor plain English hold are too many for a sentence, or a text.
_FOREIGN_IN_A_SENTENCE = 2
_FOREIGN_IN_A_TEXT = 4
_NAMED = 5
_THE_TWO = frozenset({"you", "they", "both"})
_STATED = re.compile(
    r"([^\W\d_]+)(?:['’](?:re|ll|d|ve)|,? (?:\w+ )?(?:is|are|was|were|has|have|had|can|cannot|can['’]t|could|may|might"
    r"|will|would|should|must|need|needs|seems?|feels?|looks?|sounds?|knows?|lacks?|wants?|likes?|tends?|finds?))\b",
)
# Of a fact's words, this share must stand in the cited passages.
_SUPPORTED = 0.6


def claims(draft: Draft) -> Iterator[Violation]:
    """A fact is cited, and its figures stand in the cited passage or in what the two said themselves."""
    brief = draft.briefing.brief
    known = set(_NUMBER.findall(draft.brief_text)) | {str(number) for number in range(len(brief.actions) + 1)}
    small = {str(number) for number in range(13)} | {str(brief.planned_sessions), str(brief.number)}
    if draft.prep is None:
        for where, slot, text, cited in draft.slots():
            text = without_quotes(text, draft.brief_text)
            offered = {passage.id: passage for passage in slot.passages}
            if _facts(text, known) and not cited:
                yield Violation(
                    "claims",
                    where,
                    "It states a fact without citing a passage. Cite one that says so, or leave the fact out.",
                )
            passages = " ".join(offered[key].text for key in cited if key in offered)
            allowed = known | small | set(_NUMBER.findall(passages)) | {str(slot.minutes)} | {*MINUTES.findall(text)}
            if any(number not in allowed for number in _NUMBER.findall(text)):
                yield Violation("claims", where, "It holds a figure that stands in no passage cited there.")
    allowed = known | small | {str(brief.minutes)}
    for place in draft.places:
        if "told facts" in place.subjects:
            yield Violation(
                "claims", place.where, "It tells of the company, the program or an earlier meeting unasked."
            )
        if _names_a_month(place, draft):
            yield Violation("claims", place.where, "It names a month that nobody told.")
        if place.slot is None and not place.is_the_librarys and set(_NUMBER.findall(place.shown)) - allowed:
            yield Violation("claims", place.where, "It holds a figure that is not in the brief.")


def _names_a_month(text: Text, draft: Draft) -> bool:
    """Whether a month is told of that neither the two, nor the passages, nor any date of theirs has."""
    brief = draft.briefing.brief
    days = (brief.scheduled_on, *(action.due_on for action in brief.actions if action.due_on))
    ours = {calendar.month_name[day.month] for day in days}
    return not text.is_the_librarys and any(
        month not in ours and month.casefold() not in text.known for month in _MONTH.findall(text.shown)
    )


def figures(draft: Draft) -> Iterator[Violation]:
    """No share, sum or rank in words that the passages of its place do not give: it sounds exact and nobody counted."""
    for text in draft.places:
        if "figures" in text.subjects:
            yield Violation("figures", text.where, "It gives a share or a sum that no passage gives.")


def sweeping(draft: Draft) -> Iterator[Violation]:
    """No truth about everybody that the passages of its place do not tell: two people cannot look it up."""
    for text in draft.places:
        if "sweeping" in text.subjects:
            yield Violation("sweeping", text.where, "It says what is true of all, and no passage does. Say what to do.")


def support(draft: Draft) -> Iterator[Violation]:
    """A fact says what its cited passage says: names and most words are found there, more than in any other one."""
    told = set(_NUMBER.findall(draft.brief_text))
    for where, slot, text, cited in draft.slots():
        if not cited or not _facts(text, told):
            continue
        stems_of = draft.vocabulary.stems_of
        stand_behind = set().union(*(stems_of(passage) for passage in slot.passages if passage.id in cited))
        for sentence in re.split(r"(?<=[.!?])\s+|\n", without_quotes(text, draft.brief_text)):
            if not _facts(sentence, told):
                continue
            said = {stem for stem in stems(words_of(sentence)) if len(stem) > 3} - draft.brief_stems
            supported = len(said & stand_behind)
            other = max(
                (
                    len(said & stems_of(passage))
                    for others in draft.plan.slots
                    for passage in others.passages
                    if passage not in slot.passages
                ),
                default=0,
            )
            if supported < _SUPPORTED * len(said) or other > supported:
                yield Violation("support", where, "The cited passages do not say this.")


def _facts(text: str, told: Collection[str]) -> bool:
    """Whether a text states a fact: a share, a year or what research says, other than with a figure of the pair's."""
    return any(set(_NUMBER.findall(fact.group())).isdisjoint(told) for fact in _FACT.finditer(text, text.casefold()))


def names(draft: Draft) -> Iterator[Violation]:
    """Nobody is named but these two: the others were not asked, and one who does not exist is looked for."""
    for text in draft.places:
        if not text.is_the_librarys and (_stranger(text, draft) or _titled(text)):
            yield Violation("names", text.where, "It names somebody or something that is not in the brief.")


def pronouns(draft: Draft) -> Iterator[Violation]:
    """Neither of the two is a he or a she: nobody told, and who is taken for somebody else does not feel meant."""
    for text in draft.places:
        if not text.is_the_librarys and not _PRONOUNS.isdisjoint(text.foreign):
            yield Violation("pronouns", text.where, "It says he or she, and nobody told. Write the name or “they”.")


def links(draft: Draft) -> Iterator[Violation]:
    """No link, path or page that a reader would look for but the brief's own, and no number to call at all."""
    for text in draft.places:
        if _LINKISH.search(text.text):
            found = [match.group().strip() for pattern in (_LINK, _ADDRESS) for match in pattern.finditer(text.text)]
            if any(link not in text.brief for link in found) or _PHONE.search(text.shown):
                yield Violation("links", text.where, "It holds a link or an address.")
                continue
        if "links" in text.subjects:
            yield Violation("links", text.where, "It sends the reader to a page, a file or a number.")


def grounding(draft: Draft) -> Iterator[Violation]:
    """What a model writes rewords its passages: words from nowhere are where every invented thing begins.

    Each word of a text stands in the passages of its slot, in the brief or in `everyday_words.txt`; one word of a
    sentence may be the writer's own. What one of the two is, can or must do is said in `plain_words.txt` alone,
    and a rare word stands among no others of the writer's own.
    """
    for text in draft.places:
        strict = _beyond(plain_stems(), text)
        if len(strict) < _FOREIGN_IN_A_SENTENCE:
            continue
        foreign = strays(text)
        many = len(foreign) >= _FOREIGN_IN_A_TEXT or strict.intersection(stems(rare_words(text.words)))
        found = strict if many else frozenset()
        for sentence in text.sentences:
            said = (strict if _states(sentence, text) else foreign).intersection(stems(words_of(sentence)))
            found |= said if len(said) >= _FOREIGN_IN_A_SENTENCE else frozenset()
        if found:
            yield Violation(
                "grounding",
                text.where,
                f"Neither the passages nor the brief hold these words: {_named(text, found)}. Stay close to theirs.",
            )


def strays(text: Text) -> frozenset[str]:
    """The stems of a text that neither its passages nor the brief nor everyday English hold."""
    return _beyond(everyday_stems(), text)


def _states(sentence: str, text: Text) -> bool:
    """Whether the sentence says what one of the two is, can or must do, instead of what they do."""
    return any(
        match.group(1).casefold() in _THE_TWO or match.group(1) in text.pair for match in _STATED.finditer(sentence)
    )


def _beyond(english: frozenset[str], text: Text) -> frozenset[str]:
    known = english, text.besides, _PRONOUNS
    own = (stem for stem in text.foreign.difference(*known) if len(stem) > 2)
    return frozenset(stem for stem in own if not _is_known_american(stem, text, known))


def _is_known_american(stem: str, text: Text, known: Collection[Collection[str]]) -> bool:
    """Whether a stem in British spelling is one that may be used: the library is American."""
    for british, american in BRITISH:
        if british in stem:
            spelled = american.join(stem.rsplit(british, 1))
            if text.rests(spelled) or any(spelled in stems for stems in known):
                return True
    return False


def _named(text: Text, foreign: frozenset[str]) -> str:
    """The writer's own words behind these stems, the first few, as they stand in the text."""
    words = dict.fromkeys(word for word in words_of(text.text) if stems((word,))[0] in foreign)
    return ", ".join(list(words)[:_NAMED])


def _titled(text: Text) -> bool:
    if any(match.group() not in text.brief for match in _TITLED.finditer(text.text)):
        return True
    # A list may be called "Done"; a person is called what is no plain word.
    called = (match for match in _CALLED.finditer(text.text) if match.group() not in text.brief)
    return any(stems((match.group(1).casefold(),))[0] not in everyday_stems() for match in called)


def _stranger(text: Text, draft: Draft) -> bool:
    """Whether a word that is written like a name is none of the brief's, and no plain word either."""
    known, plain, shown = draft.known_words, everyday_stems(), text.text
    heading = None
    for match in _CAPITALIZED.finditer(shown):
        word = match.group()
        bare = _ENDING.sub("", word).casefold()
        if len(bare) < 2 or bare in known or bare in _TOOL_NAMES or word.casefold() in known:
            continue
        before = shown[: match.start()]
        begins = before.endswith("\n") or _SENTENCE_START.search(before[-4:])
        stem = stems((bare,))[0]
        if stem in plain or stem in _PRONOUNS:
            continue
        if begins or text.rests(stem) or stem in text.besides:
            if word in draft.vocabulary or word in draft.spelled:
                continue
            if not begins or _ACTS.match(shown[match.end() :]):
                return True
        else:
            # In a heading every word may have its capital, and says nothing by it.
            heading = _is_heading(text) if heading is None else heading
            if not (heading and word in draft.vocabulary and "\n" not in before):
                return True
    return False


def _is_heading(text: Text) -> bool:
    line = [word for word in text.text.partition("\n")[0].split() if len(word) > 3]
    return sum(word[0].isupper() for word in line) > 0.6 * len(line)
