"""What a mentoring meeting cannot carry, and where it belongs instead.

A goal or a focus that asks for a doctor, a lawyer, a complaint to be decided or the like is not made into an exercise,
and neither is what no two colleagues should do to others or for each other. The agenda says so kindly, names the right
place, and goes on with what the pair can do.
"""

import re
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from coach.agenda.scope_words import A_TOOL_FOR_IT, TO_UNDERSTAND, WORDS, WORK_ON_IT, Matter
from coach.untrusted import shorten

_THEIR_OWN = re.compile(r"\b(?:my|me|I|mine)\b", re.IGNORECASE)
_PATTERNS = {matter: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for matter, pattern in WORDS.items()}

# Where to go with what weighs more than a meeting can carry.
_WHERE: dict[Matter, str] = {
    "danger": "a crisis line or the emergency number, today, and somebody who can stay with you; this does not wait "
    "for a meeting",
    "harm": "the person your workplace names for complaints, or an outside help line; neither of you has to judge "
    "it, and it should not wait for a meeting",
    "health": "a doctor, a counselor or the support line your workplace offers; if it is urgent, the emergency number",
    "law": "a lawyer, a legal aid office or the staff council",
    "pay": "the payroll office, the staff council or the union, who can look at the numbers",
    "papers": "an immigration adviser or the office that wrote to you",
    "money": "an adviser who knows your situation and answers for the advice",
    "rating": "the people who decide such things by their own procedure; a mentoring pair has no say in it",
}
# What is said of the rest: what a meeting of two colleagues is not for, whoever asks.
_NOT_HERE: dict[Matter, str] = {
    "cheating": "would not be anybody's own result, so this meeting leaves it. The right place is whoever runs the "
    "exam or the course, who can say what help is allowed; learning for it together is.",
    "errand": "would have one of you do the other's work, and a meeting is for learning. Where there is too much of "
    "it, the right place is whoever shares out the work; here you can do one piece of it together.",
    "watching": "is about what others have not agreed to show, so this meeting leaves it. Ask them openly instead; the "
    "right place for what may be looked at in the first place is the person your workplace names for data protection.",
    "romance": "is private, and a meeting keeps to work so that both can be at ease. The right place is your own time, "
    "with somebody who is free to say no; who feels uneasy about it here can turn to the program's coordinator.",
    "campaign": "is a matter of conviction, and at work everybody is left free in those. The right place is the party, "
    "the community or the association that it belongs to, in your own time.",
    "wrong": "could break a rule or the law, so this meeting leaves it. The right place is the person your workplace "
    "names for compliance, before anything is done.",
}
# Not quoted: whom it is about should not have to read it again.
_AGAINST = (
    "Something that was typed here turns against people for what they are, and this meeting does not work on that. "
    "Where something happened at work, the right place is the person your workplace names for complaints or equal "
    "treatment."
)


class Beyond(BaseModel):
    """Something typed as a goal, or as the focus, that belongs elsewhere; `matter` says what kind of thing it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    matter: Matter
    as_focus: bool = Field(default=False, exclude_if=lambda as_focus: not as_focus)

    @property
    def boundary(self) -> str:
        """What the agenda says of it."""
        return boundaries([self])


def boundaries(found: Iterable[Beyond]) -> str:
    """What the agenda says of all of these, each right place named once; empty where there are none."""
    by_matter: dict[Matter, list[str]] = {}
    for one in found:
        by_matter.setdefault(one.matter, []).append(f"“{shorten(one.text, 80)}”")
    quoted = {matter: " and ".join(asked) for matter, asked in by_matter.items()}
    told: list[str] = []
    for matter, where in _WHERE.items():
        if asked := quoted.get(matter):
            this = ": this" if len(by_matter[matter]) > 1 else ""
            heavy = f"{asked}{this} deserves more than a mentoring meeting can give. The right place is {where}."
            told.append(f"For {asked} it is {where}." if told else heavy)
    if told:
        told.append("Agree only on who calls there and when.")
    for matter, why in _NOT_HERE.items():
        if asked := quoted.get(matter):
            told.append(f"{asked}{': this' if len(by_matter[matter]) > 1 else ''} {why}")
    return " ".join([*told, *([_AGAINST] if "against" in by_matter else [])])


def beyond(texts: Iterable[str]) -> tuple[Beyond, ...]:
    """Those of the texts that ask for what a mentoring meeting cannot carry, in their order."""
    found = []
    for text in texts:
        matter = next((matter for matter, pattern in _PATTERNS.items() if _is_theirs(pattern, text)), None)
        if matter is not None:
            found.append(Beyond(text=text, matter=matter))
    return tuple(found)


def _is_theirs(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the text holds a match that is a matter of the two, and not of their work."""
    if TO_UNDERSTAND.search(text):
        return False
    for match in pattern.finditer(text):
        of_work = A_TOOL_FOR_IT if _THEIR_OWN.search(match.group()) else WORK_ON_IT
        if not of_work.match(text, match.end()):
            return True
    return False
