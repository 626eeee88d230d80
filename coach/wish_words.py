"""The words by which a wish is known, the words that refuse it, and those that say that all is good as it is."""

import re
from typing import Literal

from coach.footing import TILTED_BY_THE_SENIOR, UNEQUAL, WANTS_TO_LEAD

Wish = Literal[
    "level-the-table",
    "safer-ground",
    "shorter-demos",
    "more-doing",
    "more-talk",
    "slower",
    "less-at-once",
    "clear-structure",
    "start-on-time",
    "end-on-time",
    "firm-next-steps",
    "back-to-goals",
    "less-of-one-story",
    "agenda-ahead",
    "prepare-ahead",
    "test-the-tools",
    "see-and-hear",
    "dates-that-hold",
    "other-arrangement",
]

# What is said to be good already, and what nobody needs, is no wish: "the pace was right", "no need to slow down".
# It begins where a clause does: tried from each letter on, a long comment would take minutes.
GOOD_ALREADY = re.compile(
    r"""(?:(?<![^.!?;,])|(?<=\bb)(?=ut\b)|(?=\b(?:though|only)\b))(?:(?!\bbut\b)[^.!?;,])*\b(?:was|were|is|are)\s(?:(?:just|about|really|very|all|quite|so|always)\s)?
        (?:right|perfect|fine|good|great|ok|okay|excellent|helpful|useful)\b
        (?!\s(?:if|to)\b)(?:(?!\bbut\b|\bthough\b|\bonly\b)[^.!?;,])*+
        (?!,?\s?(?:but|though|only)\s(?:too|a\sbit|a\slittle|rather|way|much|so|it|they|that|still)\b)
    |\b(?:no\sneed\s(?:to|for)|(?:do\snot|don.t)\s(?:slow|shorten|change|cut|stop|drop))\b[^.!?;,]*""",
    re.IGNORECASE | re.VERBOSE,
)
_SHORTER = r"""(?:shorter|(?:(?:keep|make|be)\s(?:\w+\s){0,2}|more\s)brief
|(?<!was\s)(?<!were\s)(?<!too\s)(?<!so\s)(?<!and\s)brief|briefer|quicker|concise
|half\sthe\s(?:length|time)|plenty|enough|shorten\w*|trim\w*|less\stime\s(?:on|for)|fewer|too\slong|too\smany
|too\smuch
        |cut\sdown|not\sso\slong|half\sas\slong|(?<!too\s)(?<!bit\s)short|drag(?:s|ged|ging)?
        |went\son|for\sages|takes?\sforever|another\s(?:[\w-]+\s){0,2}(?:minutes|hours?)\sof
        |(?:no\smore|not\slonger)\sthan|at\smost|under\s\w+\sminutes)"""
# Between the two stands nothing that turns the wish round: "less time for small talk, more time for demos".
_NEAR = r"(?:(?!\b(?:more|longer|instead|enough)\b)[^.!?]){0,40}"
_DEMO = r"""(?:demos?|demonstrations?|presentations?|slides?|screen[\s-]?shar\w*|walk[\s-]?throughs?|showing
        |lectur\w+|explanations?|explaining)"""
_TOOL = r"(?:video|audio|sound|camera|microphone|mic|link|connection|laptop|line|call)"
_FAILS = r"""(?:fail\w*|broke\w*|froze\w*|freez\w+|drop(?:s|ped|ping)|bad|poor|terrible|lag\w*|unstable|trouble
        |problems?|issues?|crackl\w*|cut(?:s|ting)?\sout|test\w*|check\w*|stable)"""
_DOES_NOT = r"(?:(?:did|does|do|was|is|would|could|can)(?:n.t|\snot)|cannot|never)"
_WORDS: dict[Wish, str] = {
    "level-the-table": UNEQUAL,
    "shorter-demos": rf"""\b{_SHORTER}\b{_NEAR}\b{_DEMO}\b|\b(?:less|reduce|limit|cut)\s(?:of\s)?(?:the\s|your\s
    |our\s)?{_DEMO}\b|(?<!more\s)(?<!longer\s)\b{_DEMO}\b{_NEAR}\b{_SHORTER}\b""",
    "more-doing": r"""\b(?:(?<!less\s)(?<!fewer\s)hands[\s-]on|more\spractice|practi[cs]e\smore
        |try\s(?:it|things|more|out)|let\sme\stry|(?:too\smuch|only|all|less)\stheory|(?:rather|better)\s(?:do
        |try)\b|i\s(?:just\s|only\s)watched
        |practi[cs]e\sinstead|instead\sof\s(?:only\s|just\s)?(?:theory|watching)|learn\s(?:\w+\s)?by\s(?:doing
        |trying|myself)
        |(?:click|go|work|build|type|drive|steer|open|set)\s(?:\w+\s){0,3}(?:myself|ourselves)|my\s(?:own\s)?(?:real
        |own)\s(?:files?|data|work
        |laptop|cases?|examples?)
        |(?:try|do)\s(?:\w+\s){1,3}(?:myself|ourselves)|do\s(?:it
        |more)\s(?:myself|ourselves|together)
        |less\s(?:theory|talk(?:ing)?(?!\sover))|more\sexercises?|learn\sby\sdoing|my\sown\shands|too\stheoretical
        |real\s(?:work|example|case)s?)\b""",
    "more-talk": r"""\b(?:more\s(?:time\s(?:to|for)\s)?(?:talk|talking|discussion|conversation|questions)
        |time\sto\stalk|(?:not|\w+n['’]t|never)\s(?:\w+\s)?(?:get|got|come|came)\sto\smy\squestions?|q\s?&\s?a
        |discuss\s(?:\w+\s)?(?:more|longer)
        |talk\s(?:about\s\w+\s)?(?:longer|more)(?!\s(?:than|to)\b)|(?:need|want|like|more
        |some)\s(?:\w+\s)?time\s(?:left\s)?to\s(?:discuss|ask)|no\stime\s(?:left\s)?to\s(?:ask|talk|discuss)|(?:no
        |little)\s(?:time|room)\sfor\s(?:my\s|our\s|any\s)?(?:questions?|discussion)
        |less\srushed\stalk
        |just\stalk|talk\sit\sthrough|room\sfor\squestions)\b""",
    "slower": r"""\b(?:(?<!too\s)(?<!so\s)slow(?:er|ly|\sdown)|too\s(?:fast|quick(?:ly)?)|jargon|acronyms?
        |abbreviations?
        |plain(?:er)?\swords|lost\sme|couldn.t\sfollow
        |hard\sto\sfollow|simpler|pace\b[^.!?]{0,30}\b(?:fast|high|quick|hectic|hard|much)|(?:hectic|lower|gentler
        |calmer|different)\space|at\s(?:the|a)\space\sof|keep\sup|could\s(?:you|we)\srepeat|step\sby\sstep
        |over\smy\shead|too\s(?:technical|complex|complicated|difficult|abstract)
        |(?:got|was|am|felt)\s(?!never|not)(?:\w+\s)?lost\b|(?:simple|plain|easy|easier)\s(?:language|words|terms)
        |less\stechnical
        |explain\s(?:the\s|all\s|your\s)?(?:terms|words|technical))\b""",
    "less-at-once": r"""\b(?:less\scontent|too\s(?:much|many)\s(?:subjects|content|things|topics|items|points
    |at\sonce|in\sone|for\sone)
        |fewer\s(?:topics|things|items|points)|one\s(?:thing|topic)\s(?:at|per|a)
        |(?:one|a\ssingle)\s(?:topic|thing|subject|exercise)\s(?:\w+\s){0,3}enough|cover\s(?:everything|too
        |so\smuch)|a\slot\sfor\sone
        |focus\son\s(?:one|a\ssingle|just\sone|only\sone|fewer)|overload\w*|crammed|packed|less\sat\s(?:once|a\stime)|less\son\sthe\sagenda
        |squeez\w+)\b""",
    "clear-structure": r"""\b(?:drift\w*|structure\w*|all\sover\sthe\splace|no\sagenda|wander\w*|off[\s-]?topic
        |ramble\w*|rambl\w+|(?:had|have|with|was|is)\sno\s(?:clear\s|real\s)?plan\b(?!\s(?:for|to)\b)
        |without\sa\s(?:clear\s)?plan\b|in\sall\sdirections|lost\strack|(?:follow|keep\sto|have|need
        |write)\san\s(?:\w+\s)?agenda|chaotic|chaos|messy|unstructured
        |jump(?:ed|ing|s)?\s(?:from|between|around|back)|lost\sthe\sthread|unfocuss?ed
        |stick\sto\sthe\s(?:plan|agenda)|clear(?:er)?\s(?:plan|agenda))\b""",
    "start-on-time": r"""\b(?:(?:start|starts|started|starting|begin|beginning|join|arrive|arriving
        |be|being|come|comes)\s
        (?:\w+\s){0,2}on\stime(?!\s(?:off|for)\b)|punctual\w*
        |(?:start|begin|began|join|arriv)\w*\s(?:\w+\s){0,3}(?<!too\s)late(?!r)|minutes?\slate|late\sagain
        |(?:am|was|were|are|be|he.s|she.s|came|comes?|turn(?:ed|s)?\sup|show(?:ed
        |s)?\sup)\s(?:\w+\s){0,3}(?<!too\s)late
        (?!\s(?:in\sthe|for\sme|at\snight))
        |kept\s(?:me\s)?waiting|(?:had\sto|always)\swait\sfor\s(?:him|her|them|you)
        |(?:the|every)\sstart\s(?:was|is|got)\s(?:\w+\s)?(?:delayed|late)|delayed\sstart)\b""",
    "end-on-time": r"""\b(?:end\son\stime|finish\son\stime|(?:end|finish|stop)\s(?:\w+\s){0,3}(?:earlier|early|sooner)
        |ran\sover|(?:ran|runs?|running|went|go(?:es|ing)?|was|were|minutes|always)\s(?:\w+\s)?over\stime|(?:run|ran
        |running)\slate
        |overran|(?<!no\s)rush(?:ed)?|out\sof\stime|(?:watch|mind|keep\san\seye\son)\sthe\s(?:clock|time)
        |finish(?:ed)?\son\stime|ran\sout\sof\stime
        |keep\sto\stime)\b""",
    "firm-next-steps": r"""\b(?:next\ssteps?|follow[\s-]?up\w*|action\s(?:items?|points?)|who\sdoes\swhat
        |deadlines?|homework|agreed?\s(?:on\s)?what\sto\sdo\s(?:next|until|before)|clear(?:er)?\s(?:tasks?|to-?dos?
        |actions?)|tasks?\suntil|forg[eo]t\s(?:\w+\s){0,2}(?:what\si|my)\s(?:had\s)?(?:promised|task|said|wanted)\w*
        |nothing\s(?:ever\s)?(?:follows?|followed|happens|happened|came\sof|changes)|commit(?!tee)\w*
        |concrete\s(?:steps|actions))\b""",
    "back-to-goals": r"""\b(?:goals?|what\s(?:this|it)\sis\s(?:for|all\sabout)|progress|point\sof\sit
        |(?:trying|want|wanted)\sto\s(?:achieve|reach)|(?:what|where)\sthis\s(?:is\s)?(?:leading|leads|going)
        |why\swe\s(?:meet|are\sdoing|do\sthis)|going\snowhere|in\scircles|purpose)\b""",
    "less-of-one-story": r"""\b(?:speak\sfor\s(?:all|every|my|the)|spokes\w+|token\w*|represent\w*\s(?:all
        |every|my|a\swhole)|my\swhole\s(?:generation|community|group)
        |always\sabout\sme|(?:being|be|as|am)\s(?:always\s)?the\s(?:\w+\s)?example\b(?!\s(?:we|i)\b)
        |my\s(?:own\s)?story\sagain
        |educate\sthem|(?:as|being|be)\sthe\s(?:young|old|only
        |token)\s\w+
        |the\svoice\sof|less\sabout\sme|defend\w*\s(?:all|every|my|the\swhole)
        |(?:be|being|am|was|not)\s(?:\w+\s)?(?:an?|the)\s(?:case\sstudy|textbook|ambassador|exhibit|mascot)
        |some(?:body|one)\selse\s(?:to\sask|who\scan\s(?:tell|explain))
        |(?:always|again|only)\sme\swho\s(?:has\sto|must|is\sto)\s(?:explain|tell|teach|educate|defend)
        |explain\smy\s(?:background|culture|identity
        |disability|religion))\b""",
    "agenda-ahead": r"""\b(?:agenda\b[^.!?;]{0,20}\b(?:(?:day|days|night|evening|week)\s(?:before|earlier|ahead)
        |earlier|sooner
        |in\sadvance|ahead|beforehand|before(?:\s(?:we|the\smeeting))?)
        |(?:earlier|sooner|in\sadvance|beforehand)\b[^.!?;]{0,20}\bagenda
        |(?:send|get|have|see|share|know)\s[^.!?;]{0,20}\bplan\b[^.!?;]{0,20}\b(?:earlier|sooner|in\sadvance|ahead
        |beforehand
        |(?:day|days)\sbefore))\b""",
    "prepare-ahead": r"""\b(?:(?<!well\s)prepar\w+|in\sadvance|beforehand|ahead\sof\s(?:time|the\smeeting)
        |send\s(?:me\s)?(?:the|it|something)|unprepared|more\snotice|(?:know|knew
        |told)\s(?:me\s)?(?:what\sto\s(?:expect|prepare|bring)|the\stopic|what\swas\scoming)|tell\sme\swhat\sto
        |read\sbefore)\b""",
    "test-the-tools": rf"""\b{_TOOL}\b[^.!?]{{0,40}}\b(?:{_FAILS}|{_DOES_NOT})\b|\b{_FAILS}\b[^.!?]{{0,30}}\b{_TOOL}\b
        |\b(?:wi-?fi|screen\s(?:froze|share)|log[\s-]?in|licen[cs]es?|blocked|access\sto|technical
        |tech\s(?:issues|problems)|didn.t\sload|(?:projector|beamer|headset|vpn|monitor)\b[^.!?]{{0,30}}\b(?:not
        |\w+n['’]t|fail\w*|broke\w*|crash\w*|problem)
        |(?:call|video|laptop|screen|link|it)\s(?:kept\s)?crash(?:ed|es|ing)\b|(?-i:Teams|Zoom|Webex)\s(?:kept|did
        |froze|drop\w*|would)|tools\sthat\swork)\b""",
    "see-and-hear": r"""\b(?:(?:bigger|larger|big|large)\s(?:type|font|letters|print|text)
        |(?:font|type|text|print)\s(?:\w+\s){0,2}(?:small|tiny)|(?:could|can)(?:n.t|\snot|not)\s(?:read|hear)
        |(?:could|can)(?:n.t|\snot|not)\ssee\s(?:\w+\s)?(?:screen|slides?|text|notes|charts?|numbers)
        |(?<!hard\sto\s)(?<!easy\sto\s)(?<!afraid\sto\s)(?<!scared\sto\s)(?<!cult\sto\s)(?<!vous\sto\s)speak\s(?:up(?!\s(?:to|against|for|about))|louder)|(?:screen|board|slides?)\s(?:was|is|were|are)\stoo\s(?:far|small|dark)|small\stext|louder|hard\sto\s(?:hear|read)|captions?|subtitles?)\b""",
    "dates-that-hold": r"""\b(?:too\smany\s(?:cancel\w+|postpone\w+|changes\sof\sdate)|(?:stop|don.t|do\snot
    |no\smore|fewer|less|always|keeps?|again|without)\s(?:\w+\s){0,2}
        (?:cancel\w*|postpon\w*|rescheduling|moving\s(?:it|the\s(?:date|meeting)))
        |(?:cancel+ed|postponed|moved|rescheduled)\s(?:\w+\s){0,3}(?:twice|again|three\stimes|at\sshort\snotice
        |last[\s-]minute)
        |move\sthe\s(?:meeting|date)\sagain|dates?\sthat\shold|fixed\s(?:date|day|slot)s?)\b""",
    "other-arrangement": r"""\b(?:(?:meet|start|begin|be|it)\s(?:\w+\s){0,2}in\sthe\s(?:morning|afternoon|evening)
    |in\sperson|face[\s-]to[\s-]face|on\ssite
        |(?:meet|met|meeting|do\s(?:it|this))\s(?:\w+\s){0,2}(?:online|remotely|elsewhere|outside|somewhere)
        |(?:not|than|instead\sof|avoid)\s(?:\w+\s){0,2}(?:at|on|before|after)?\s?
        (?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm|o.clock))
        |(?:start|meet|begin)\w*\s(?:\w+\s){0,2}at\s\d{1,2}(?:[:.]\d\d)?
        |(?:meet|met|meeting|talk|see\seach\sother)\s(?:\w+\s){0,2}(?:more|less)\s(?:often|frequently)
        |(?:another|different|other|quieter|warmer|bigger)\s(?:time|day|place|room|hour|slot|office)
        |too\s(?:early|late)\s(?:in\sthe|for\sme|at)
        |(?:later|earlier)\sin\sthe\s(?:day|morning|afternoon|evening|week)
        |(?:mornings?|afternoons?|evenings?|noon|lunch\s?time|(?:mon|tues|wednes|thurs
        |fri)days?)\s(?:\w+\s){0,3}(?:better|easier|best|suits?|(?:do|does)(?:n['’]t|\snot)\swork)
        |(?:longer|shorter)\s(?:meeting|session)s?|(?:meeting|session|hour)\s(?:was|is)\stoo\s(?:long|short)
        |(?:room|caf[eé]|office|canteen|place)\s(?:was|is)\s(?:\w+\s)?(?:loud|noisy|cold|hot|small|cramped)|too\snoisy
        |(?:meet|meeting|talk|sessions?)\s(?:\w+\s){0,3}every\s(?:week|two\sweeks|second\sweek|month)
        |(?:weekly|fortnightly|monthly)\s(?:instead|meetings|please))\b""",
}
PATTERNS = {wish: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for wish, pattern in _WORDS.items()}
# What is asked to stop, or to be less, is not asked for, nor is a word that means something else here: both are left
# out before wishes are looked for. "We don't …" is a complaint that it is missing, so only requests are taken.
_NOT = (
    r"(?:(?<!we\s)(?<!you\s)(?<!they\s)(?<!i\s)(?:don.t|do\snot)|let.s\snot|(?:should|must|need)(?:n.t|\snot)"
    r"|no\sneed\sto)"
)
_FEWER = rf"""(?:(?:less|fewer|no\smore|stop|(?<!we\s)(?<!always\s)(?:skip|drop)|reduce|rather\snot
        |no\sneed\sfor|too\s(?:much|many)|not\s(?:so|as|too)\s(?:much|many)|cut\s(?:down|back)
        |(?:don.t|do\snot)\s(?:want|need|like)|{_NOT})
        (?:\s(?:of|the|these|those|this|that|on|for|to|time|spent|a|an|any|more|my|our|your|such|so|be|do|doing
        |have|with|formal|rigid|strict|detailed|fixed|long|written|weekly|group|practical))*\s)"""
_REFUSED: dict[Wish, str] = {
    "level-the-table": r"""\b(?:was|were|felt|been|am|is|are)\s(?:never|not|no\slonger)\s(?:\w+\s)?(?:afraid|scared
        |intimidat\w+)\b
        |\b(?:wasn|weren|isn|aren).t\s(?:\w+\s)?(?:afraid|scared|intimidat\w+)\b
        |\bnever\s(?:felt\s|was\s|been\s)?(?:afraid|scared|intimidated)\b
        |\bno\s(?:sense\sof\s)?(?:hierarchy|rank)\b|\b(?:hierarchy\s(?:chart|diagram|tree|view|menu)
        |boss[\s-]levels?)\b
        |\b(?:folder|file|page|menu|data|heading)\shierarch(?:y|ies)\b
        # A subject to talk about, unless it is one between the two; and what was no matter.
        |\b(?:talk|talking|speak|learn|hear|read|discuss|cover|understand|explore|look|session|exercise|question)s?\s
        (?:(?:about|on|at|into|how|what|more|the|our|of)\s){0,3}(?:hierarch\w+|power\s\w+|seniority|rank)\b
        (?![^.!?]*\bbetween\sus\b)[^.!?;]*
        |\bnever\sfelt\s(?:like\s(?:it|that|one)\b|(?:\w+\s)?(?:above|below|beneath|small))|\bno\s(?:trace|hint|sign
        |feeling)\sof\s(?:\w+\s)?(?:hierarchy|rank|seniority)\b
        |\b(?:he|she|they)\s(?:(?:was|is|were|are)\s)?(?:never|no\slonger|(?:did|does|do)(?:n.t|\snot)
        |stopped)\s(?:once\s|ever\s)?
        (?:finish|jump|interrupt|correct|talk(?:ing)?\sover|cut|speak(?:ing)?\sfor|decid)\w*[^.!?;,]*""",
    "shorter-demos": rf"""\b(?:longer|more|extra|additional)\s(?:time\s(?:on|for)\s)?
        (?:(?!short|brief|few)\w+\s)?{_DEMO}\b
        |\b(?:not|never|no)\s(?:\w+\s)?{_SHORTER}\s(?:\w+\s)?{_DEMO}\b
        |\b{_DEMO}\b[^.!?]{{0,20}}\b(?:not|n.t)\stoo\s(?:long|many|much)\b""",
    "more-doing": rf"""\b{_FEWER}(?:hands[\s-]on|practi[cs]\w+|exercises?|real\s(?:work|example|case)s?|try\w*)\b
        |\bnot\stoo\stheoretical\b""",
    "more-talk": r"""\b(?:no|(?:want|need)(?:\sany)?)\smore\s(?:talk|talking|discussion|conversation|questions)\b
        |\b(?:we|not|than|of|only|is)\sjust\stalk\b|\bmore\squestions\sthan\b""",
    "slower": rf"""\b(?:{_NOT}|not\sany|without)\s(?:(?:go|going|be|get|any|so|too|have\sto|need\sto)\s)*
        (?:slow(?:er|ly|\sdown)|repeat|simpler|step\sby\sstep)\b
        |\brepeat\s(?:ourselves|yourself|himself|herself|themselves|myself|the\ssame)\b
        |\b(?:too|so|bit)\sslow(?:ly)?\b(?!\sdown)|\bslow\space\b|\bmore\space\b
        |\b(?:faster|quicker|higher|pick(?:ed|ing)?\s(?:\w+\s)?up|speed(?:ed|ing)?\s(?:\w+\s)?up|too\sslow)\b
        [^.!?]{{0,40}}\bpace\b
        |\bpace\b[^.!?]{{0,40}}\b(?:faster|quicker|higher|(?:sped|speed|pick(?:ed|s)?)\sup|slow(?!\sdown))\b""",
    "less-at-once": r"""\b(?:was|were|is|are|felt)(?:n.t|\snot|\snever)\s(?:\w+\s)?too\s(?:much|many)\s\w+
        |\bone\s(?:thing|topic)\s(?:at|per|a)\b[^.!?]{0,40}\b(?:too\s(?:little|few|slow)|not\senough)\b
        |\bmore\sthan\sone\s(?:thing|topic)\b""",
    "clear-structure": rf"""\b(?:{_FEWER}|over[\s-])(?:structure\w*|(?:stick\sto\sthe|clear(?:er)?)\s(?:plan
    |agenda))\b
        |\btoo\s(?:\w+ly\s)?structured\b
        |\bstructure\b[^.!?]{{0,20}}\btoo\s(?:rigid|tight|strict|stiff|formal|heavy|detailed|fixed)\b
        |\btoo\s(?:rigid|tight|strict|stiff|formal|heavy|detailed|fixed)\s(?:a\s)?structure\b
        |\b(?:org\w*|company|team|data|report\w*|pay|salary|file|folder|committee|group)\sstructures?\b
        |\bstructures?\sof\s(?:the|our|your|my)\s(?:company|teams?|departments?|organi[sz]ation|group|board
        |data)\b""",
    "end-on-time": rf"""\b(?:{_NOT}|rather\sthan|instead\sof)\s(?:always\s|have\sto\s)?(?:end|finish|stop)\s
        (?:\w+\s){{0,3}}(?:earlier|early|sooner)\b
        |\b(?:not|no|than)\s(?:\w+\s)?shorter\s(?:meeting|session)s?\b""",
    "firm-next-steps": rf"""\b{_FEWER}(?:next\ssteps?|follow[\s-]?up\w*|action\s(?:items?|points?)|deadlines?|homework
        |commit\w*)\b
        |\b(?:no|without|a\slittle)\shomework\b|\bhomework\b[^.!?]{{0,20}}\b(?:so|too)\smuch\b|\bcommittees?\b""",
    "back-to-goals": rf"\b{_FEWER}(?:talk\w*\s)?(?:about\s)?(?:goals?|progress|purpose)\b",
    "start-on-time": rf"""\b(?:{_NOT}|rather\sthan)\s(?:\w+\s)?(?:start|begin)\s(?:\w+\s)?early\b
        |\b(?:was|were|is)\s(?:never|not|n.t)\s(?:\w+\s)?late\b|\blate\s(?:stage|night|shift|project)\b
        |\bnever\slate\b
        |\b(?:end|finish|stop)\w*\s(?:\w+\s)?late\b""",
    "agenda-ahead": r"""\bstick\sto\sthe\s(?:agenda|plan)\b[^.!?]*|\bas\sbefore\b|\b(?:agenda|plan)\sas\searlier\b
        |\b(?:end|finish|stop)\w*\s(?:\w+\s)?earlier\b|\b(?:plan|agenda)\s(?:is|was)\sahead\b|\bplan\sahead\b""",
    "prepare-ahead": rf"""\b{_FEWER}prepar\w+|\b{_NOT}\ssend\b
        |\bsend\s(?:me\s)?(?:the|it|something)\b[^.!?]{{0,40}}\b(?:after|afterwards|later)\b""",
    "other-arrangement": r"""\b(?:not|never|no)\s(?:\w+\s)?(?:in\sperson)\s(?:but|so)\b
        |\b(?:a\s)?(?:different|another)\s(?:time|place)\sin\b|\bone\stime\sor\sanother\b""",
    "test-the-tools": r"""\b(?:too|so|less|very|more|overly)\stechnical\b
    |(?<!the\s)(?<!a\s)(?<!my\s)(?<!your\s)(?<!video\s)
        \blink\s(?:it|this|that|them|to|the|what|back|up|with)\b
        |\b(?:personal|human|deeper|emotional|closer)\sconnection\b|\bconnection\sbetween\b
        |\bsound\s(?:advice|good|great|right|fine)\b|\bcameras?\s(?:off|on)\b(?=,?\s*(?:please|next|[.!]|$))
        |\b(?:fewer|less|without|rather\sthan)\s(?:\w+\s)?(?:video|audio|camera)\b
        |\baccess\sto\s(?:\w+\s){0,3}(?:people|persons?|leader\w*|executives?|managers?|management|boards?|network\w*
        |meetings?|decisions?|information|him|her|them|opportunities|projects?)\b""",
}
NOT_ASKED = {wish: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for wish, pattern in _REFUSED.items()}
# Who says that something is fine as it is asks for nothing by naming it.
CONTENT = re.compile(
    r"""\b(?:nothing(?!\s(?:came|comes|happen\w*|moved|changed|worked|gets?|got))|no\s(?:complaints?|changes?|need)
    |(?<!not\s)perfect(?:ly)?|(?:just|about)\sright|spot\son|keep\s(?:it|this|that|going|up)
    |don['’]t\schange|would(?:n['’]t|\snot)\schange
    |(?:was|were|is|are|felt|seemed)\s(?:(?!not\b|never\b|hardly\b|far\b)\w+\s)?(?:fine|good|great|ok(?:ay)?|lovely
    |right|helpful|enough)
    |(?:please[,\s]+)?(?:the\s)?same\s(?:again|as\s(?:last\stime|before|always|ever))(?:[,\s]+please)?
    |(?:please[,\s]+)?(?:more\sof\sthe\ssame|do\s(?:it|that)\sagain)(?:[,\s]+please)?|as\s(?:always|ever
    |usual)[,\s](?:\w+\s)?(?:great
    |good|fine|lovely|perfect)|carry\son
    |(?:much|a\slot|far|way)\sbetter(?:\s(?:now|this\stime|today))?(?=[\s.!]*$)|nichts|alles\s(?:gut|bestens|super
    |prima)|weiter\sso|rien|nada|niente|tout\sva\sbien|todo\sbien
    |as\s(?:it|they)\s(?:is|are|was|were)|works?\s(?:well|fine|for\sme)|happy\swith|glad(?!\sif))\b""",
    re.IGNORECASE | re.VERBOSE,
)
WANTING = re.compile(r"\b(?:more|less|fewer|too|but|please|could|should|would\slike|next\stime|wish)\b", re.IGNORECASE)
# What asks for the opposite of a wish: where the other one of the two asks for the wish itself, both are told so.
_TURNED_ROUND: dict[Wish, str] = {
    "shorter-demos": rf"""\b(?:longer|more|extra)\s(?:time\s(?:on|for)\s)?{_DEMO}\b
        |\b{_DEMO}\s(?:was|were|is)\stoo\sshort\b|\bshow\sme\smore\b""",
    "more-doing": r"\b(?:less|fewer)\s(?:of\sthe\s)?(?:hands[\s-]on|practi[cs]\w+|exercises?)\b",
    "more-talk": r"\b(?:less\s(?:talk(?:ing)?(?!\sover)|discussion|conversation)|fewer\squestions)\b",
    "slower": r"""\b(?:(?:go|be|move|bit|little|much)\sfaster|faster(?:\splease|\space)?|quicker|too\sslow(?:ly)?
        |speed\sup|pick\sup\sthe\space)\b""",
    "less-at-once": r"\bmore\s(?:topics|things|items|points)\b|\bmore\sthan\sone\s(?:thing|topic)\b",
    "clear-structure": r"""\b(?:less\s(?:rigid\s)?structured?|too\sstructured|let\sit\sflow|less\srigid
        |more\sspontan\w+)\b""",
    "firm-next-steps": r"""\b(?:less|no|fewer|too\smuch|too\smany)\s
        (?:homework|deadlines?|action\s(?:items?|points?))\b""",
}
OPPOSITES = {wish: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for wish, pattern in _TURNED_ROUND.items()}
# Where the senior says this, the table is tilted toward the senior; whatever else a senior says of it, it is the
# senior who was silenced.
OWNS_IT = re.compile(
    r"\b(?:i\s(?:\w+\s)?(?:talk\w*|spoke|took\sover|dominat\w+|interrupt\w*|did\s(?:most|all)\sof)"
    r"|hierarch\w+|rank|seniority|pecking\sorder|the\sboss|equals?|nodded|deferr?\w*)\b",
    re.IGNORECASE,
)
LEADS = re.compile(WANTS_TO_LEAD, re.IGNORECASE | re.VERBOSE)
TILTED = re.compile(TILTED_BY_THE_SENIOR, re.IGNORECASE | re.VERBOSE)
