"""How an agenda reads: metrics of its words, over the agendas of the part `pairs`.

What the two typed themselves is quoted in an agenda, and is taken out before its words are judged.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from evals.made import Made
from evals.pairs import PairCase
from evals.parts import Metric

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# LIX: words a sentence, and the share of words of more than six letters in percent (Björnsson, "Läsbarhet", 1968). From
# 40 a text is of medium difficulty, as newspapers are; from 50 it is hard.
MOST_LIX = 45
_LONG_WORD = 6
# Sentences so short come back on purpose: "Read it aloud."
_TELLING_WORDS = 6
# Silent reading of English goes at about 240 words a minute (Brysbaert, 2019); at the table it is slower.
_WORDS_A_MINUTE = 200
# Of an item's time so much may go to reading it; the shortest items have words as well.
_READING_SHARE = 0.25
_LEAST_WORDS = 130
# Who acts: one of the two by name, or both.
_BOTH = re.compile(r"\b(?:[Ee]ach|[Bb]oth|[Tt]ogether|you|one of you)\b")
# From the guidance on inclusive language of the American Psychological Association (2023) and of Google's developer
# documentation: words that shut people out, rank them by age or origin, or make an illness a figure of speech.
_SHUTS_OUT = re.compile(
    r"""\b(?:guys|manpower|man[\s-]hours?|chairm[ae]n|spokesm[ae]n|businessm[ae]n|mankind|salesm[ae]n|foremen|man\sup
    |ladies|girls|housekeeping|black[\s-]?list\w*|white[\s-]?list\w*|master[\s/]slave|grandfathered|crazy|insane|nuts
    |lame|dumb|blind\sto|deaf\sto|tone[\s-]deaf|crippl\w+|spastic|schizophrenic|ocd|the\s(?:disabled|elderly|blind|deaf)
    |wheelchair[\s-]bound|suffers?\sfrom|old[\s-]timers?|dinosaurs?|boomers?|millennials?|gen\s?[xyz]
    |digital\snatives?|kids|native\sspeakers?|exotic|powwow|low[\s-]hanging\sfruit|sanity\scheck|he/she|his/her
    |s/he)\b""",
    re.IGNORECASE | re.VERBOSE,
)


class Specific(Metric[PairCase, Made]):
    """“Discuss the topic” leaves two people looking at each other: every item must say who of them does what."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """Items in which nobody is named, and agendas without anything that only these two could have told."""
        brief = output.briefing.brief
        names = (brief.mentor.first_name, brief.mentee.first_name)
        found = [
            f"item {item['id']} says nobody: {item['description']}"
            for item in output.content["items"]
            if not _BOTH.search(item["description"]) and not any(name in item["description"] for name in names)
        ]
        told = [brief.focus, *brief.goals, *brief.reached, *(action.text for action in brief.actions)]
        known = [text[:30] for text in told if text]
        if known and not any(text in item["description"] for item in output.content["items"] for text in known):
            found.append("no item takes up a goal, an action or the focus in what is to be done")
        return found


class ReadingLevel(Metric[PairCase, Made]):
    """An agenda is read on the way to the meeting, by people of whom many read English as their second language."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """A readability (LIX) of what the coach wrote beyond that of a newspaper."""
        found = lix([own(text) for text in _read_by_both(output)])
        return [f"LIX {found:.0f}, at most {MOST_LIX}"] if found > MOST_LIX else []


class Inclusive(Metric[PairCase, Made]):
    """One word that shuts a reader out, in the program that is about letting people in, and the coach has lost them."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """Words of the coach's own that shut people out, in the agenda, its starters and both preps."""
        texts = [*_read_by_both(output), *(starter["text"] for starter in output.content["starters"])]
        texts += [step for prep in output.preps.values() for step in prep["steps"]]
        return [f"“{word}”" for text in texts for word in _SHUTS_OUT.findall(own(text))]


class ShortEnough(Metric[PairCase, Made]):
    """What takes longer to read than to talk about stays unread, and the two go on without an agenda."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """Items whose words take more than a quarter of their minutes to read."""
        found = []
        for item in output.content["items"]:
            words = len(item["description"].split())
            most = max(_LEAST_WORDS, int(item["minutes"] * _READING_SHARE * _WORDS_A_MINUTE))
            if words > most:
                found.append(f"item {item['id']}: {words} words in {item['minutes']} minutes, at most {most}")
        return found


class NoRepetition(Metric[PairCase, Made]):
    """A sentence that stands twice on one page was written by nobody, and the reader stops believing the rest."""

    def faults(self, inputs: PairCase, output: Made) -> list[str] | None:
        """Sentences of the coach's own that stand twice in an agenda, and clauses that open several reasons."""
        items = output.content["items"]
        texts = [item["description"] for item in items] + [item["because"] for item in items]
        counts = Counter(sentence for text in texts for sentence in _telling_sentences(text))
        clauses = Counter(
            clause
            for item in items
            if len(_WORD.findall(clause := item["because"].partition(":")[0])) >= _TELLING_WORDS
            and "“" not in clause
            and ":" in item["because"]
        )
        return [f"{count} times: {text}" for text, count in [*counts.items(), *clauses.items()] if count > 1]


WORDING_METRICS: tuple[type[Metric[PairCase, Made]], ...] = (
    Specific,
    ReadingLevel,
    Inclusive,
    ShortEnough,
    NoRepetition,
)


def own(text: str) -> str:
    """The text without what is quoted in it."""
    return _QUOTED.sub("this", text)


def lix(texts: list[str]) -> float:
    """The readability of these texts, from about 20 (very easy) to 60 (very hard); 0 where there are no words."""
    words = [word for text in texts for word in _WORD.findall(text)]
    sentences = sum(len([one for one in _SENTENCE.split(text) if _WORD.search(one)]) for text in texts)
    if not words:
        return 0.0
    return len(words) / sentences + 100 * sum(len(word) > _LONG_WORD for word in words) / len(words)


def _read_by_both(output: Made) -> list[str]:
    content: dict[str, Any] = output.content
    return [content["summary"], *(item[key] for item in content["items"] for key in ("description", "because"))]


def _telling_sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(own(text)):
        if len(_WORD.findall(sentence)) >= _TELLING_WORDS:
            yield sentence
