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
        |abus(?:e|ed|es|ive|ing)\b(?!\s(?:of\s(?!power|trust|auth)|e?-?mails?|meetings|data|the\s(?:\w+\s)?(?:system
        |budget|process)))
        |touch(?:es|ed
        |ing)\s(?:me|her|him|them)|grop\w+
        |stalk\w+|threaten\w*\s(?:me|us|him|her|to)|threatened\sby|blackmail\w*
        |discriminat\w+\s(?:complaint|case)|grievance|whistle[\s-]?blow\w*
        |take\sthe\scomplaint
        |remove\s(?:him|her)\b|throw\s(?:him|her|them)\sout
        |discriminat\w+\s(?:against\s)?(?:me|us|my)|mobbing|(?:bullie[sd]|bullying|picks?\son|picking\son)\sme
        |(?:comments?|remarks?|jokes?)\s(?:about|on)\smy\s(?:\w+\s)?(?:body|legs|looks?|breasts?|skin|accent
        |religion|hair)
        |unwanted\s(?:touch\w*|attention|advances?|messages?)|(?:sexual(?:ly)?|sexist|racist)\s(?:remarks?|comments?
        |advances?|explicit|jokes?|insults?|slurs?|messages?|photos?|touch\w*|pressure)
        |(?:screams?|shouts?|yells?|screaming|shouting|yelling)\sat\sme|report\s(?:my|him|her)\b[^.!?]{0,20}\bfor\b
        |(?:file|draft|lodge|make|write|raise)\s(?:a|my|an?\sofficial|a\sformal)\scomplaint\s(?:about|against)
        |(?:racism|sexism|ageism)\s(?:of|by|from|against\s(?:me|us|my))
        |(?:hits?|hitting|beats?|beating|follows?|followed|gropes?|threatens?)\sme\b|domestic\sviolence
        |feel\s(?:unsafe|threatened)\s(?:around|with|near)\s(?:my|him|her))\b""",
    "health": r"""\b(?:medical\s(?:advice|help|opinion)|(?:my|his|her|their|medical)\sdiagnos(?:is|es)|diagnosis\sfor
        |diagnos\w+\s(?:me|him|her|my\s(?!team|process|project|data|dash|business|depart|funnel|own\s(?:work|habit)))
        |diagnos\w+\b[^.!?]{0,20}\bI\s(?:feel|am|have)|treat\w*\s(?:my\s)?(?:anxiety|insomnia|adhd|migraines?)
        |(?:diagnos\w+|assess|find\sout|tell\sme|know)\s(?:whether|if)\b[^.!?]{0,30}\b(?:adhd|autis\w+|depress(?:ed
        |ion)
        |bipolar|addict\w*|alcoholic|narcissis\w+|burn(?:ed|t)\sout)
        |anti-?depressants?|(?:stop|quit|give\sup)\s(?:drinking|smoking)|treatment\s(?:for|of)\s(?:my\s)?(?:anxiety
        |insomnia|adhd|migraines?)
        |my\s(?:doctor|rash|illness|disease)\b|I\s(?:have|got)\s(?:diabetes|cancer|adhd|epilepsy)
        |therapy\sfor|lose\s(?:\w+\s){0,2}(?:weight|kilos?|pounds)|(?:my|save\sa|save\sour)\smarriage
        |(?:my|his|her|these)\ssymptoms?|medication|(?:which|what|heart|sleeping|my)\s(?:tablets?
        |pills?|medicine)|dos(?:e|age)(?!\sof\s(?!medi|pill|tablet|insulin|vitamin))
        |(?:\bmy|\bI\sam|\bI.m|\bfeel\w*|\btreat\w*|\bcure|\bwith)\s(?:\w+\s)?depress(?:ion|ed)
        |panic\s(?:attacks?|at)|anxiety\s(?:attacks?|disorder)|(?:my|as\sa|see\sa|need\sa?|be\smy|couples?.?|marriage
        |family|go\sto)\s?therap(?:y|ist)
        |counsell?ing
        |suicid\w+|self[\s-]harm\w*
        |(?:my|recover\w*\sfrom|I\sam|I.m|feel\w*|treat\w*|cure)\s(?:\w+\s)?burn(?:ed|t)?[\s-]?out
        |addicted\sto\s(?:alcohol|drugs|gambling|pills|porn\w*|drink\w*)|addiction(?!\sto\b)|alcoholi\w+
        |(?:my|me|stop|quit|from)\b[^.!?]{0,25}\b(?:casino|gambl\w+)|what\ssickness|my\s(?:hand|chest|back
        |head)\s\w*\s?(?:hurts?|hot|dem)
        |(?:my|childhood|his|her|work\s(?:on|through|out)\s\w+)\s(?:\w+\s)?trauma|eating\sdisorders?|anorexi\w+
        |bulimi\w+
        |(?:cannot|can['’]?t|could\snot|couldn['’]t)\ssleep|my\s(?:\w+\s)?(?:insomnia|sleep\sproblems?|anxiety|panic
        |ptsd|ocd|phobia|grief
        |blood\spressure|cholesterol|back\spain|operation|surgery|drinking|weight|diet|addiction|allerg\w+
        |stress\slevels?)
        |(?:panic|anxiety|dread)\si\s(?:\w+\s)?feel|high\sblood\spressure|(?:have|need|get)\s(?:a\s|an\s|the\s
        |my\s)?(?:\w+\s)?surgery
        |(?:end|ending)\s(?:it\sall|my\slife)|kill\smyself|want\sto\sdie|not\swant\sto\slive
        |(?:death|loss|passing)\sof\smy|(?:grieve|grieving|mourn\w*)\sfor|(?:my|our)\s(?:pregnancy|miscarriage
        |fertility|ivf)
        |my\s(?:son|daughter|child|husband|wife|partner|mother|father|parents?)\s(?:has|have|is|suffers?)\b
        |my\stest\sresults|i\shear\svoices
        |(?:alcohol|drug|drinking|gambling)\s(?:problems?|habit)|my\s(?:break-?up|mole|rash|teeth|knee|period
        |menopause)|antibiotics?|(?:psychologist|psychiatrist|cardiologist|dermatologist
        |gyn(?:a?e)?cologist|dentist|doctor|therapist)\sfor\sme|(?:be\s(?:my|a|our)|find\s(?:me\s)?a|need\sa|see\sa
        |recommend\sa)\s(?:\w+\s)?
        (?:psychologist|psychiatrist|cardiologist|dermatologist|gyn(?:a?e)?cologist|dentist|doctor|therapist|counsell?or)
        |i\s(?:\w+\s){0,2}get\s(?:vaccinated|tested|an\soperation)|fear\sof\s(?:flying|heights|needles|dying|death
        |blood)
        |is\s(?:this|my|the)\s(?:mole|lump|rash|cough|pain)\b|(?:grief|pain|sadness)\safter\s(?:my|the\sdeath)
        |my\s\w+\s(?:has\s)?(?:died|passed\saway)
        |(?:live|living|eat|cope|coping|deal|dealing|struggl\w+)\swith\s(?:my\s)?(?:\w+\s)?(?:bipolar|diabetes
        |cancer|adhd|ptsd|ocd|epilepsy
        |depression|anxiety|anorexia|insomnia|autism|asthma|arthritis|grief|addiction|loneliness|panic)
        |my\s(?:\w+\s)?(?:bipolar|diabetes|cancer|adhd|epilepsy|asthma|arthritis|autism|menopause|illness
        |disorder))\b""",
    "law": r"""\b(?:lawsuit|sue\b(?!-)|suing|(?:in|to|before)\s(?:the\s)?court|court\s(?:case|hearing|order)|(?:to
        |tell)\sthe\sjudge|custody|(?:my|need\sa|get\sa|find\s(?:me\s)?a|hire\sa|call\sa|see\sa
        |(?:talk|speak|go)\sto\sa)\s(?:\w+\s)?(?:lawyer|attorney)
        |(?:my|our)\s(?:lawyer|attorney|advocate)\b(?!\s(?:for|of)\b)|legal\s(?:advice|action|dispute|claim
        |problems?|case)|is\sit\s(?:il)?legal\b|can\s(?:my|our|the)\s(?:employer|boss|company|manager)\s(?:fire|sack
        |dismiss
        |sue)|my\scontract\sis\s(?:void|valid|legal)|write\s(?:a|my)\swill\b|(?:my|employment)\scontract\sfor\slegal
        |tribunal|contract\sdispute
        |divorce|(?:call|tell|report\w*|go|went|complain\w*)\b[^.!?]{0,25}\bpolice|criminal\scharge
        |terminat\w+\smy\scontract|unfair\sdismissal|my\slandlord
        |my\s(?:\w+\s)?rights\b|my\s(?:\w+\s)?severance|my\s(?:\w+\s){0,2}(?:non-?compete|notice\speriod)
        |my\scontract\b[^.!?]{0,40}\b(?:enforceable|binding|lawful|void|valid|breach\w*)|(?:enforceable|lawful
        |breach)\b[^.!?]{0,30}\bmy\scontract
        |(?:appeal|contest|fight)\s(?:against\s)?(?:my|the|a)\s(?:\w+\s)?(?:warning|dismissal|verdict|fine|ruling
        |decision\sof\sthe\scourt)
        |lab(?:o|ou)r\scourt|legal\s(?:help|aid|steps|support)|my\s(?:\w+\s)?dismissal|(?:termination|settlement
        |severance)\sagreement
        |(?:review|check|look\sover|read)\smy\s(?:\w+\s)?contract|my\s(?:\w+\s)?contract\sfor\s(?:loopholes|errors)
        |(?:parking|speeding)\s(?:ticket|fine)
        |my\s(?:inheritance|lawsuit|trial|hearing\sin\scourt|alimony)|restraining\sorder|compensation\sfor\smy
        |apply\sto\sme\slegally)\b""",
    "pay": r"""\b(?:unpaid|back\s?pay|owed\s(?:me|us)|wage\s(?:claim|theft|dispute)|pay\s(?:dispute|claim
        |gap\sclaim)|overtime\spay|night\sdifferential
        |my\s(?:salary|bonus|raise|pay\srise)|ask\w*\sfor\sa\s(?:pay\s)?(?:raise|rise)|salary\s(?:negotiat\w+
        |dispute)|(?:pay|paid)\sthe\sdifference
        |rupees\smore|underpa(?:id|y\w*)
        |(?:negotiat\w+|get|win|demand|request|push\sfor|argue\sfor)\s(?:me\s)?(?:an?|my|the|more|better
        |higher)\s(?:\w+\s)?
        (?:raise|pay(?!\s\w+\w)|pay\s(?:rise|increase)|salary|starting\ssalary)\b
        |(?:i\sam|i['’]m|am\si|i\sget|i\swas)\s(?:being\s)?paid\s(?:\w+\s){0,2}(?:less|too\slittle|unfairly|late
        |wrong)
        |how\smuch\s(?:\w+\s){1,3}(?:earns?|gets?\spaid)|pay\s(?:me\s)?my\sbonus|my\s(?:salary|pay)\sband|(?:about
        |over)\smy\s(?:wages|pay)
        |equal\spay\s(?:with|as)|(?:raise|upgrade)\smy\s(?:grade|level|band)|(?:i\sam|i['’]m)\sowed
        |my\s(?:pay(?:slip|check)?|wages?|overtime|allowance|expenses\sclaim)\b)\b""",
    "papers": r"""\b(?:(?:my|his|her|renew\w*|apply\w*\sfor)\s(?:an?\s)?(?:\w+\s)?(?:visas?|passport|citizenship)
        |work\spermit|residence\spermit|permit\s[a-z]\b|permesso|soggiorno
        |(?:my|our|his|her)\simmigration|immigration\s(?:case|status|papers|office|application|advice)
        |asylum|green\scard|questura|deported|deportation
        |(?:extend|renew|get|apply\sfor|obtain|prolong|keep)\s(?:\w+\s){0,3}visas?\b|(?:family|spouse|student
        |work)\svisas?\b
        |permanent\sresiden\w+|residency\sfor|naturali[sz]ation\b|my\sresidence
        |becom\w+\sa\s(?:\w+\s)?citizen\b|sponsor\smy
        |bring\smy\s(?:\w+\s)?(?:parents|wife|husband|partner|family|children|kids|mother|father|sister
        |brother)\s(?:\w+\s)?(?:to\sthis|here|over))""",
    "money": r"""\b(?:invest(?:ing|ment)?\s(?:my|our\ssavings|advice|tips?)|(?:should|do|can|could)\sI\sinvest
        |stock\stips?
        |(?:invest\w*|sav(?:e|ing)\w*)\b[^.!?]{0,25}\bretirement|my\sretirement\b
        |buy(?:ing)?\s(?:a|my|our)\s(?:first\s)?(?:house|home|flat|apartment)|my\stax(?:es)?\b
        |(?:should|when\sto)\s(?:I\s)?(?:buy|sell)\b[^.!?]{0,30}\b(?:stocks?|shares|bitcoin|gold|funds?|crypto\w*)
        |(?:invest\w*|put|savings)\b[^.!?]{0,30}\bcrypto(?:currenc\w+)?|my\scrypto|(?:my|pay\soff\sthe)\smortgage
        |financial\sadvice|my\s(?:pension|savings|debts?|loan)|tax\s(?:return|advice)
        |which\s(?:shares|stocks|fund|crypto\w*|coins?)\b|get\srich
        |(?:my|student)\s(?:\w+\s)?loans?\b|(?:take\s(?:out|up)|get|pay\s(?:off|back)|repay)\s(?:an?|my
        |the)\s(?:\w+\s)?(?:loan|debts?|mortgage|credit)
        |(?:borrow|lend\sme|lent\sme)\s(?:some\s|a\slittle\s)?(?:money|cash|\d+)|out\sof\sdebt
        |my\s(?:\w+\s)?(?:credit\s(?:card|score)|overdraft|rent)
        |(?:re)?financ(?:e|ing)\smy|get\sa\s(?:mortgage|loan)|my\sbonus\sin
        |retirement\ssavings|for\smy\sretirement|my\sinvestments?)\b""",
    "rating": r"""\b(?:am\si\s(?:ready|good\senough)\sfor\spromotion|fire\s(?:him|her|them|someone)
        |whom?\s(?:I\s|we\s|to\s|should\s|must\s|be\s|gets?\s|has\s)*(?:fired?|sacked?|lay\soff|laid\soff)
        |(?:should|must|ought\sto)\sbe\s(?:fired|sacked|promoted|laid\soff)
        |deserves?\s(?:an?\s|the\s)?(?:promotion|raise)|get\srid\sof\s(?:my\s(?:boss|manager|mentee|mentor
        |colleague)|him|her)\b
        |get\s(?:my|the|our)\s\w+\sfired|(?:give|my|his|her|their)\s(?:\w+\s){0,3}performance\srating
        |performance\sreview\sof\s(?:my|him|her|them)
        |punish\s(?:my|him|her)\b|get\s[a-z]+\s(?:fired|sacked|kicked\sout)|dirt\son\b|who\s(?:complained|reported
        |told)\s(?:about|on)\s(?:me|us)
        |(?:is|are)\sgood\senough\sfor\s(?:her|his|their|the)\s(?:job|role|post)|(?:hide|cover\sup
        |conceal)\s(?:\w+\s){1,3}from\b|spy\son
        |whom?\b[^.!?]{0,40}\b(?:be|is|are|gets?)\slet\sgo|(?:get\sme|me)\spromoted|promote\sme\b
        |(?:write|draft|fill\sin)\s(?:my|the|an?|his|her)\s(?:\w+\s)?(?:appraisal|performance\s(?:review|rating
        |assessment))\s(?:of|for|on)\b
        |rate\smy\s(?:team|mentee|mentor|boss)|put\sin\sa\sword\sfor\smy\spromotion)\b""",
}
# What is named for the work that is done on it is no matter of these two: a grievance form, court reporters, an app for
# loans.
_WORK_ON_IT = re.compile(
    r"""[\s-](?:(?!(?:in|of|at|by|from|to|with|on|for|and|or|my|our|the|an?)\b)[\w’'-]+[\s-]){0,2}?
    (?:apps?|awareness|benchmark\w*|boards?|budgets?|cases|benefits?
    |business|campaigns?|case\smanagement|clients?|clinics?|courses?|customers?|dashboards?
    |data|departments?|desks?|errors?|features?|figures|firms?|forms?|guidelines?|industry|laws?|market|modules?|newsletters?|notices?
    |pages?|platforms?|polic(?:y|ies)|portals?|prevention|procedures?|process(?:es)?|products?|reporters?|reporting|reports|services?
    |software|specialists?|statistics|surveys?|systems?|teams?|tenders?|tools?|trainers?|trainings?|transparency
    |users?|websites?|workshops?)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_A_TOOL_FOR_IT = re.compile(
    r"\s(?:apps?|dashboards?|departments?|process|projects?|software|systems?|teams?|tools?)\b", re.IGNORECASE
)
_THEIR_OWN = re.compile(r"\b(?:my|me|I|mine)\b", re.IGNORECASE)
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
        matter = next((matter for matter, pattern in _PATTERNS.items() if _is_theirs(pattern, text)), None)
        if matter is not None:
            found.append(Beyond(text=text, matter=matter))
    return tuple(found)


def _is_theirs(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the text holds a match that is a matter of the two, and not of their work."""
    for match in pattern.finditer(text):
        of_work = _A_TOOL_FOR_IT if _THEIR_OWN.search(match.group()) else _WORK_ON_IT
        if not of_work.match(text, match.end()):
            return True
    return False
