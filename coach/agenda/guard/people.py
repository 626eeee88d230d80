"""Guards on what is said of people and promised to them: both must be able to trust what stands in their agenda."""

import re
from collections.abc import Iterator

from coach.agenda.guard.draft import Draft, Violation
from coach.agenda.guard.subjects import Subject
from coach.wording import exclusive_terms_among, stereotypes

_KINDS = Subject("kinds of people")
_JUDGING = Subject("judging")
_MEDICAL = Subject("medical")
_LEGAL = Subject("legal")
_FINANCIAL = Subject("financial")
_SECRECY = Subject("secrecy")
_ORDERS = Subject("orders")
_SENIOR = r"""(?:as\ (?:a|the)\ (?:senior|director|manager|leader|executive)|director|decades|years\ (?:in|of)
    |experienced?|executive|boardroom|corner\ office
    |senior(?!\ (?:person|people|colleagues?|leaders?|managers?|room|meeting|voices?|one)\b)
    |wisdom|higher\ up|up\ there|business\ works
    |leads\ the\ division|whole\ division|budget\ request|decision\ makers|ropes|seasoned)"""
_JUNIOR = r"""(?:as\ (?:a|the)\ (?:junior|beginner|newcomer|trainee)|junior|beginner|newcomer|trainee|trial\ period
    |just\ joined|first\ steps|first\ months|survive|starting\ out|apprentice|intern|graduate|reports\ to)"""
# Who is placed where the other one stands: the mentor high up, the mentee at the beginning.
_HIGH_UP = r"""(?:sits?\ on\ (?:the|its)\ board|board\ member|corner\ office|vice\ president|head\ of
    \ (?:unit|department|division)|(?:many|long)\ years|long\ time\ in|lifetime|seasons\ behind|climbed|signs\ off
    |direct\ reports|(?:runs?|led|leads|has\ led)\ (?:a|the|this)\ (?:whole\ )?(?:department|division|unit|company|firm)
    |first\ management\ job
    |(?:top|executive)\ floor|management\ round|(?:being|as)\ the\ senior|which\ budget)"""
_BEGINNING = r"""(?:joined\ (?:only|last|this)|(?:on|in)\ probation|finished\ (?:university|school|college)
    |straight\ from\ school|still\ (?:new|finding)|working\ student|years?\ into\ the\ job|greener|some\ day
    |first\ (?:taste|job)|newcomers?\ such\ as)"""
_SWAPPED = re.compile(
    rf"""\bthe\ mentor\b,?\ (?:is\ |as\ )?(?:the\ |our\ |your\ )?(?:senior\ )?mentee\b
    | \bthe\ mentee\b,?\ (?:is\ |as\ )?(?:the\ |our\ |your\ )?(?:junior\ )?mentor\b
    | \bmentee,?\ \bthe\ mentor\b | \bmentor,?\ \bthe\ mentee\b
    | \bthe\ mentor\b[^.?!]{{0,60}}\b{_SENIOR}\b | \b{_SENIOR}\b[^.?!]{{0,25}}\bthe\ mentor\b
    | \bthe\ mentee\b[^.?!]{{0,60}}\b{_JUNIOR}\b | \b{_JUNIOR}\b[^.?!]{{0,25}}\bthe\ mentee\b
    | \bthe\ mentee\b\ (?:\w+\ )?(?:teaches|coaches|corrects|trains|lectures|instructs|checks
    |guides)\ (?:\bthe\ mentor\b|the\ first)
    | \bthe\ mentee\b\ (?:\w+\ )?(?:advises|approves|grades|mentors|assigns|coaches|hires|reviews)\b
    | \bthe\ mentor\b\ (?:\w+\ )?(?:obeys|follows\ along|learns|takes\ notes\ (?:from|on)\ the\ mentee|reports\ back)\b
    | \bthe\ mentee\b\ (?:\w+\ )?(?:gives|gave|sets|set)\ (?:\bthe\ mentor\b\ )?(?:\w+\ ){{0,2}}
        (?:tasks?|homework|lessons?)
    | \bthe\ mentee\b[^.?!]{{0,30}}\bchecks\ (?:whether|if|that)\ \bthe\ mentor\b | \blearns?\ the\ trade\b
    | \bas\ \bthe\ mentee\b\ (?:corrects|explains\ how|lectures|teaches|shows\ how)\b
    | \bthe\ mentor\b\ (?:follows|shadows|copies|imitates|obeys)\ (?:\bthe\ mentee\b|each|every)\b
    | \bthe\ mentee\b,?\ (?:plays|is|acts\ as|serves\ as|as)\ (?:the\ |a\ )?(?:tutor|teacher|trainer|instructor
        |examiner)\b
    | \bthe\ mentee\b[^.?!]{{0,30}}\b(?:sets|gives|assigns|hands\ out)\ (?:\w+\ ){{0,2}}(?:exercises?|advice|tips?)\b
    | \bthe\ mentee\b,?\ (?:which|what)\ (?:\w+\ )?(?:advice|tips?|guidance|lessons?)\b
    | \bthe\ mentor\b[^.?!]{{0,40}}\b(?:what\ (?:was|is|has\ been)\ (?:taught|understood)|hands\ in)\b
    | \basks?\ \bthe\ mentor\b\ to\ (?:try\ (?:it\ )?again|repeat|practice)\b
    | \bthe\ mentor\b[^.?!]{{0,50}}\b{_HIGH_UP}\b | \b{_HIGH_UP}\b,?\ (?:such\ as\ )?\bthe\ mentor\b
    | \bthe\ mentee\b[^.?!]{{0,50}}\b{_BEGINNING}\b | \b{_BEGINNING}\b[^.?!]{{0,15}}\bthe\ mentee\b
    | \bthe\ mentee\b\ (?:then\ |now\ )?(?:teaches(?!\ (?:it|that|this)\b)|coaches|mou?lds|corrects|grades|marks
        |passes\ on|lectures|guides|has\ taught|takes\ the\ wheel)\b
    | \band\ \bthe\ mentee\b\ (?:marks|guides|teaches|corrects|grades)\b
    | \b(?:taught|coached|trained|guided|mentored)\ (?:\w+\ )?by\ \bthe\ mentee\b
    | \bthe\ mentee['’]s\ (?:tips?|guidance|elbow|lessons?|advice|teaching|coaching|footsteps|protégée?)\b
    | \bthe\ mentee\b[^.?!]{{0,30}}\b(?:can|could|will)\ (?:then\ )?(?:coach|teach|train)\b
    | \bthe\ mentee\b,?\ prepares?\ a\ (?:short\ )?(?:lesson|lecture)\b | \bdevelopment\ plan\ for\ \bthe\ mentor\b
    | \bthe\ mentee\b\ explains\ (?:to\ \bthe\ mentor\b\ )?how\ (?:a|an|the)\ (?:\w+\ )?(?:company|committee|firm|board
        |career)\b
    | \bthe\ mentor\b[^.?!]{{0,25}}\b(?:soaks|takes\ (?:it\ in|them\ down)|practi[cs]es\ until|grows?\ into|live\ up\ to
        |be\ taught|sits\ back|still\ lacks|step\ up|in\ your\ footsteps|what\ to\ do\ better)\b
    | \bprotégée?,?\ \bthe\ mentor\b | \b(?:being\ mentored|here\ to\ learn),?\ \bthe\ mentor\b
    | \bthe\ mentor\b,?\ (?:as\ )?the\ one\ (?:of\ you\ )?(?:who\ is\ )?(?:here\ to\ learn|being\ mentored)\b
    | \bthe\ mentor\b\ repeats\ (?:each|every|the)\ rules?\b | \b(?:targets?|tasks?|homework)\ for\ \bthe\ mentor\b
    | \bit\ is\ \bthe\ mentee\b\ who\ (?:has|knows|teaches|decides|leads)\b
    | \bthe\ mentee\b\ tests\ (?:whether|if)\b
    | \bthe\ mentee\b\ shows\ \bthe\ mentor\b\ (?:how\ (?:things|it|to)|the\ ropes)
    | \bthe\ mentor\b\ (?:\w+\ )?(?:is\ (?:coached|taught|trained|guided)|hears\ how|learns\ (?:how|from)
    |needs\ to\ (?:grow|learn))
    | \bguid(?:ed|ance)\ (?:by|of)\ (?:\w+\ ){{0,3}}\bthe\ mentor\b | \b(?:sit,\ listen|listen\ and\ learn)\b
    | \bthe\ mentor\b[^.?!]{{0,40}}\b(?:decides\ on|runs\ the\ executive|opens\ the\ door\ to|pass\ (?:that
    |this|it)\ (?:\w+\ )?on)\b
    | \bthe\ mentee\b[^.?!]{{0,50}}\b(?:hand\ down|explains?\ how\ careers|the\ company\ really\ runs
    |how\ to\ behave)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_JUDGED = re.compile(
    r"""\b(?:the\ mentor|the\ mentee|you)(?:,|['’]re|\ (?:is|are|was|were|seems?|looks?|appears?
    |remains?))\ (?:clearly\ |often\ |still\ |rather\ |very\ |so\ |really\ )*
    (?:not\ (?:good|ready|able|yet)|too\ \w+|a\ (?:classic|typical|born|natural|little|bit|difficult|slow
    |weak|strong|poor|good|cold)
    |afraid|scared|defensive|impatient|difficult|unable|lacking|the\ \w+\ type)\b
    | \b(?:the\ mentor|the\ mentee|you)\ (?:clearly\ )?(?:lacks?|tends?\ to|struggles?|scores?|resent\w*
    |env(?:y|ies)|hides?\ (?:behind|from)|has\ never\ been\ able
    |(?:does\ not|doesn['’]t)\ trust|will\ feel|c[ao]mes?\ across|needs\ to\ (?:work|grow|improve)|fears?
    |dislikes?|only\ wants|craves?)\b
    | \b(?:your|his|her|their|the\ mentor['’]s|the\ mentee['’]s)\ (?:confidence|maturity|ego|need\ (?:for
    |to\ be)|fear|insecurity|personality
    |weakness(?:es)?|temper|attitude|character|type)\b
    | \b(?:the\ mentor|the\ mentee),?\ (?:who\ )?(?:is|was|isn['’]t
    |seems?|sounds?|looks?|appears?|feels?|likes?|hates?
    |loves?|avoids?|never|always|often|usually|rarely|hardly|cannot|can['’]t
    |(?:has|had)\ (?:a|no|little|too|always|never)
    )\ (?!the\ (?:mentor|mentee)\b|for\b|at\b|through\b|like\b|in\ the\ lead\b
    |asked\b|(?:not\ )?told\b|given\b)
    | \byou\ (?:seem|lack|cannot|can['’]t|hardly|rarely|always|never|tend)\b
    | \bhow\ does\ it\ feel,?\ \b(?:the\ mentor|the\ mentee|you)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_ROLE_WORDS = """
senior director manager leader executive boardroom corner decades years experience experienced wisdom higher
division budget makers ropes seasoned junior beginner newcomer trainee trial joined survive apprentice intern
graduate reports teaches coaches corrects trains lectures instructs checks guides task tasks homework lesson lessons
shows learn trade coached taught trained guided hears learns guidance sit listen decides opens pass careers behave
advises approves grades mentors assigns hires reviews obeys steps months mentor mentee corrects lectures follows
shadows copies imitates repeats targets tests plays tutor teacher trainer instructor examiner exercise exercises advice
tips tip understood again board office president head long lifetime seasons climbed signs floor round budget probation
finished school student job greener day taste newcomers moulds molds marks passes lectures wheel lesson lecture
development company soaks takes practises practices grow grows live back lacks step footsteps protégé protégée mentored
"""
_JUDGING_WORDS = """
classic typical born weak cold afraid scared defensive impatient difficult unable lacking type lacks lack tends
tend struggles struggle scores score resents resented resent envies envy hides hide never trust feel feels came
comes come across needs fears fear dislikes only craves confidence maturity ego need insecurity personality
weakness weaknesses temper attitude character is was isn't are were seem seems sounds looks appears likes hates
loves avoids always often usually rarely hardly cannot can't has had
"""
_TURNED_ROUND = frozenset(_ROLE_WORDS.split())
_SAID_OF_SOMEBODY = frozenset(_JUDGING_WORDS.split())


def roles(draft: Draft) -> Iterator[Violation]:
    """Nobody turns the two round: the mentor is the junior and teaches, the mentee is the senior and learns."""
    yield from _phrases(draft, _SWAPPED, _TURNED_ROUND, "roles", "It swaps mentor and mentee: the mentor teaches.")


def stereotypes_of_people(draft: Draft) -> Iterator[Violation]:
    """Nothing on what people of an age, a generation, a gender or an origin are like: not praise either."""
    reason = "It says what people of some kind are like. Speak of these two."
    for text in draft.places:
        if text.is_the_librarys:
            continue
        if _KINDS.is_in(text) or any(found.casefold() not in text.known for found in stereotypes(text.shown)):
            yield Violation("stereotypes", text.where, reason)


def exclusive(draft: Draft) -> Iterator[Violation]:
    """No word that shuts somebody out; the same list as for the library, in `coach.wording`."""
    for text in draft.places:
        if any(term.casefold() not in text.known for term in exclusive_terms_among(text.word_set, text.shown)):
            yield Violation("exclusive", text.where, "It holds a word that shuts people out. Use a plainer one.")


def judging(draft: Draft) -> Iterator[Violation]:
    """Neither of the two is rated, diagnosed or seen through: people stop being open with who does that."""
    reason = "It judges a person. Say what to do instead."
    yield from _off_limits(draft, _JUDGING, "judging", reason)
    yield from _phrases(draft, _JUDGED, _SAID_OF_SOMEBODY, "judging", reason)


def medical(draft: Draft) -> Iterator[Violation]:
    """No advice on health: the coach knows nobody's, and wrong advice does harm."""
    yield from _off_limits(draft, _MEDICAL, "medical", "It touches health. Leave that to those who know about it.")


def legal(draft: Draft) -> Iterator[Violation]:
    """No advice on law: it differs by place and contract, and people act on it."""
    yield from _off_limits(draft, _LEGAL, "legal", "It touches the law. Leave that to those who know about it.")


def financial(draft: Draft) -> Iterator[Violation]:
    """No advice on anyone's money: pay, savings, tax or shares."""
    yield from _off_limits(draft, _FINANCIAL, "financial", "It touches money. Leave that to those who know about it.")


def promises(draft: Draft) -> Iterator[Violation]:
    """No promise of secrecy beyond what the two agree on: the program keeps records, and some things must be told."""
    reason = "It promises secrecy that nobody can keep. Let the two agree on what stays between them."
    yield from _off_limits(draft, _SECRECY, "promises", reason)


def smuggled(draft: Draft) -> Iterator[Violation]:
    """What somebody typed is no order: not obeyed, not passed on, not reported as one."""
    yield from _off_limits(draft, _ORDERS, "smuggled", "It follows an order from the material. Write the plan's words.")


def avoided(draft: Draft) -> Iterator[Violation]:
    """Nothing that either person asked to keep out. The reason does not say what it was."""
    for text in draft.places:
        if draft.briefing.avoid.touches(text.text):
            yield Violation(
                "avoided", text.where, "It leaves the pair's goals. Write it closer to the goal and the passages."
            )


def _off_limits(draft: Draft, subject: Subject, guard: str, reason: str) -> Iterator[Violation]:
    for text in draft.places:
        if not text.is_the_librarys and subject.is_in(text):
            yield Violation(guard, text.where, reason)


def _phrases(
    draft: Draft, pattern: re.Pattern[str], needed: frozenset[str], guard: str, reason: str
) -> Iterator[Violation]:
    """Places of what the pattern finds and the passages do not say; a text without `needed` words is not looked at."""
    for text in draft.places:
        if needed.isdisjoint(text.word_set) or text.is_the_librarys:
            continue
        if any(match.group().casefold() not in text.known for match in pattern.finditer(text.cast)):
            yield Violation(guard, text.where, reason)
