"""What a mentoring meeting cannot carry, and where it belongs instead.

A goal or a focus that asks for a doctor, a lawyer, a complaint to be decided or the like is not made into an exercise.
The agenda says so kindly, names the right place, and goes on with what the pair can do.
"""

import re
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from coach.untrusted import shorten

Matter = Literal["harm", "health", "law", "pay", "papers", "money", "rating"]

_WORDS: dict[Matter, str] = {
    "harm": r"""\b(?:harass\w*|(?<!prevent\s)(?<!preventing\s)(?<!against\s)bull(?:y|ies|ied|ying)|assault\w*
        |abus(?:e|ed|es|ive|ing)\b(?!\sof\s(?!power|trust|auth))
        |touch(?:es|ed
        |ing)\s(?:me|her|him|them)|grop\w+
        |stalk\w+|threaten\w*\s(?:me|us|him|her|to)|threatened\sby|blackmail\w*
        |discriminat\w+\s(?:complaint|case)|grievance|whistle[\s-]?blow\w*
        |take\sthe\scomplaint
        |remove\s(?:him|her)\b|throw\s(?:him|her|them)\sout)\b""",
    "health": r"""\b(?:medical\s(?:advice|help|opinion)|(?:my|his|her|their|medical)\sdiagnos(?:is|es)|diagnosis\sfor
        |diagnos\w+\s(?:me|him|her|my\s(?!team|process|project|data|dash|business|depart|funnel|own\s(?:work|habit)))
        |diagnos\w+\b[^.!?]{0,20}\bI\s(?:feel|am|have)|treat\w*\s(?:my\s)?(?:anxiety|insomnia|adhd|migraines?)
        |(?:diagnos\w+|assess|find\sout|tell\sme|know)\s(?:whether|if)\b[^.!?]{0,30}\b(?:adhd|autis\w+|depress(?:ed|ion)
        |bipolar|addict\w*|alcoholic|narcissis\w+|burn(?:ed|t)\sout)
        |anti-?depressants?|(?:stop|quit|give\sup)\s(?:drinking|smoking)|treatment\s(?:for|of)\s(?:my\s)?(?:anxiety
        |insomnia|adhd|migraines?)
        |my\s(?:doctor|rash|illness|disease)\b|I\s(?:have|got)\s(?:diabetes|cancer|adhd|epilepsy)
        |therapy\sfor|lose\s(?:\w+\s){0,2}(?:weight|kilos?|pounds)|(?:my|save\sa|save\sour)\smarriage
        |(?:my|his|her|these)\ssymptoms?|medication|(?:which|what|heart|sleeping|my)\s(?:tablets?
        |pills?|medicine)|dos(?:e|age)
        |(?:\bmy|\bI\sam|\bI.m|\bfeel\w*|\btreat\w*|\bcure|\bwith)\s(?:\w+\s)?depress(?:ion|ed)
        |panic\s(?:attacks?|at)|anxiety\s(?:attacks?|disorder)|(?:my|as\sa|see\sa|need\sa?|be\smy|couples?.?|marriage
        |family|go\sto)\s?therap(?:y|ist)
        |counsell?ing
        |suicid\w+|self[\s-]harm\w*
        |(?:my|recover\w*\sfrom|I\sam|I.m|feel\w*|treat\w*|cure)\s(?:\w+\s)?burn(?:ed|t)?[\s-]?out
        |addicted|addiction|alcoholi\w+
        |(?:my|me|stop|quit|from)\b[^.!?]{0,25}\b(?:casino|gambl\w+)|what\ssickness|my\s(?:hand|chest|back
        |head)\s\w*\s?(?:hurts?|hot|dem))\b""",
    "law": r"""\b(?:lawsuit|sue\b|suing|(?:in|to|before)\s(?:the\s)?court|court\s(?:case|hearing|order)|(?:to
        |tell)\sthe\sjudge|custody|(?:my|need\sa|get\sa|find\s(?:me\s)?a|hire\sa|call\sa|see\sa
        |(?:talk|speak|go)\sto\sa)\s(?:\w+\s)?(?:lawyer|attorney)
        |(?:my|our)\s(?:lawyer|attorney|advocate)\b(?!\s(?:for|of)\b)|legal\s(?:advice|action|dispute|claim
        |problems?|case)|is\sit\s(?:il)?legal\b|can\s(?:my|our|the)\s(?:employer|boss|company|manager)\s(?:fire|sack|dismiss
        |sue)|my\scontract\sis\s(?:void|valid|legal)|write\s(?:a|my)\swill\b|(?:my|employment)\scontract\sfor\slegal|tribunal|contract\sdispute
        |divorce|(?:call|tell|report\w*|go|went|complain\w*)\b[^.!?]{0,25}\bpolice|criminal\scharge
        |terminat\w+\smy\scontract|unfair\sdismissal|my\slandlord)\b""",
    "pay": r"""\b(?:unpaid|back\s?pay|owed\s(?:me|us)|wage\s(?:claim|theft|dispute)|pay\s(?:dispute|claim
        |gap\sclaim)|overtime\spay|night\sdifferential
        |my\s(?:salary|bonus|raise|pay\srise)|ask\w*\sfor\sa\s(?:pay\s)?(?:raise|rise)|salary\s(?:negotiat\w+|dispute)|(?:pay|paid)\sthe\sdifference
        |rupees\smore|underpa(?:id|y\w*))\b""",
    "papers": r"""\b(?:(?:my|his|her|renew\w*|apply\w*\sfor)\s(?:an?\s)?(?:\w+\s)?(?:visas?|passport|citizenship)
        |work\spermit|residence\spermit|permit\s[a-z]\b|permesso|soggiorno
        |(?:my|our|his|her)\simmigration|immigration\s(?:case|status|papers|office|application|advice)
        |asylum|green\scard|questura|deported|deportation)""",
    "money": r"""\b(?:invest(?:ing|ment)?\s(?:my|our\ssavings|advice|tips?)|(?:should|do|can|could)\sI\sinvest
        |stock\stips?
        |(?:invest\w*|sav(?:e|ing)\w*)\b[^.!?]{0,25}\bretirement|my\sretirement\b
        |buy(?:ing)?\s(?:a|my|our)\s(?:first\s)?(?:house|home|flat|apartment)|my\stax(?:es)?\b
        |(?:should|when\sto)\s(?:I\s)?(?:buy|sell)\b[^.!?]{0,30}\b(?:stocks?|shares|bitcoin|gold|funds?|crypto\w*)
        |(?:invest\w*|put|savings)\b[^.!?]{0,30}\bcrypto(?:currenc\w+)?|my\scrypto|(?:my|pay\soff\sthe)\smortgage
        |financial\sadvice|my\s(?:pension|savings|debts?|loan)|tax\s(?:return|advice)
        |which\s(?:shares|stocks|fund)|get\srich)\b""",
    "rating": r"""\b(?:am\si\s(?:ready|good\senough)\sfor\spromotion|fire\s(?:him|her|them|someone)
        |whom?\s(?:I\s|we\s|to\s|should\s|must\s|be\s|gets?\s|has\s)*(?:fired?|sacked?|lay\soff|laid\soff)
        |(?:should|must|ought\sto)\sbe\s(?:fired|sacked|promoted|laid\soff)
        |deserves?\s(?:an?\s|the\s)?(?:promotion|raise)|get\srid\sof\s(?:my\s(?:boss|manager|mentee|mentor|colleague)|him|her)\b
        |get\s(?:my|the|our)\s\w+\sfired|(?:give|my|his|her|their)\s(?:\w+\s){0,3}performance\srating|performance\sreview\sof\s(?:my|him|her|them)
        |rate\smy\s(?:team|mentee|mentor|boss)|put\sin\sa\sword\sfor\smy\spromotion)\b""",
}
_PATTERNS = {matter: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for matter, pattern in _WORDS.items()}

_WHERE: dict[Matter, str] = {
    "harm": "the person your workplace names for complaints, or an outside help line; neither of you has to judge "
    "it, and it should not wait for a meeting",
    "health": "a doctor, a counselor or the support line your workplace offers; if it is urgent, the emergency number",
    "law": "a lawyer, a legal aid office or the staff council",
    "pay": "the payroll office, the staff council or the union, who can look at the numbers",
    "papers": "an immigration adviser or the office that wrote to you",
    "money": "an adviser who knows your situation and answers for the advice",
    "rating": "the people who decide such things by their own procedure; a mentoring pair has no say in it",
}


class Beyond(BaseModel):
    """Something typed as a goal or focus that belongs elsewhere; `matter` says what kind of thing it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    matter: Matter

    @property
    def boundary(self) -> str:
        """What the agenda says of it."""
        return boundaries([self])


def boundaries(found: Iterable[Beyond]) -> str:
    """What the agenda says of all of these, each right place named once; empty where there are none."""
    by_matter: dict[Matter, list[str]] = {}
    for one in found:
        by_matter.setdefault(one.matter, []).append(f"“{shorten(one.text, 80)}”")
    places = [(" and ".join(asked), _WHERE[matter]) for matter, asked in by_matter.items()]
    if not places:
        return ""
    (asked, where), *others = places
    this = ": this" if " and “" in asked else ""
    told = [f"{asked}{this} deserves more than a mentoring meeting can give. The right place is {where}."]
    told += [f"For {asked} it is {where}." for asked, where in others]
    return " ".join([*told, "Agree only on who calls there and when."])


def beyond(texts: Iterable[str]) -> tuple[Beyond, ...]:
    """Those of the texts that ask for what a mentoring meeting cannot carry, in their order."""
    found = []
    for text in texts:
        matter = next((matter for matter, pattern in _PATTERNS.items() if pattern.search(text)), None)
        if matter is not None:
            found.append(Beyond(text=text, matter=matter))
    return tuple(found)
