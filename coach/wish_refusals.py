"""What asks for no wish: that it is good as it is, that it should be less, that the words mean something else."""

import re

from coach.wish_words import DEMO, SHORTER, Wish

# What is said to be good already, and what nobody needs, is no wish: "the pace was right", "no need to slow down".
# It begins where a clause does: tried from each letter on, a long comment would take minutes.
GOOD_ALREADY = re.compile(
    r"""(?:(?<![^.!?;,])(?!\W*(?:please\s|and\s)?(?:tell|say|let\sme\sknow)\b)|(?<=\bb)(?=ut\b)|(?=\b(?:though
        |only)\b))(?:(?!\bbut\b)[^.!?;,])*\b(?:was|were|is|are)\s(?:(?:just|about|really|very|all|quite|so|always)\s)?
        (?:right|perfect|fine|good|great|ok|okay|excellent|helpful|useful)\b
        (?!\s(?:if|to)\b)(?:(?!\bbut\b|\bthough\b|\bonly\b)[^.!?;,])*+
        (?!,?\s?(?:but|though|only)\s(?:too|a\sbit|a\slittle|rather|way|much|so|it|they|that|still)\b)
    |\b(?:no\sneed\s(?:to|for)|(?:do\snot|don.t)\s(?:slow|shorten|change|cut|stop|drop))\b[^.!?;,]*""",
    re.IGNORECASE | re.VERBOSE,
)
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
        |\b(?:hour|meeting|session|time)\s(?:\w+\s)?(?:without|free\sof)\s(?:any\s)?interruptions\b
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
    "no-slides": r"""\bno\sslides\s(?:for\sonce|this\stime|today)\b""",
    "own-work": rf"""\b{_FEWER}(?:real\s(?:work|example|case)s?|my\sown\s\w+)\b|\bin\sreal\slife\b""",
    "write-first": rf"""\b{_FEWER}(?:writing|write|notes?|paper)\b""",
    "quicker": r"""\b(?:not|n.t|never|wasn.t)\s(?:\w+\s)?too\sslow(?:ly)?\b|\b(?:too|so|bit)\s(?:fast|quick)\w*\b""",
    "deeper": rf"""\b{_FEWER}(?:depth|details?|deep\w*)\b|\b(?:no|need
        |want)\s(?:any\s)?more\sdetails?\b(?=[^.!?]*\bthanks?\b)
        |\b(?:don.t|do\snot)\s(?:need|want)\s(?:any\s|to\s)?(?:more\sdetails?|go\sdeeper)\b""",
    "breaks": r"""\b(?:fewer|no\s(?:need\sfor|more)|less|shorter|skip|too\smany|(?:don.t|do\snot|didn.t
        |did\snot)\sneed)\s
        (?:(?:the|a|an|any|more)\s)?(?:\w+\s)?(?:breaks?|pauses?)\b|\b(?:lunch|coffee|career|tax|clean
        |lucky)\sbreaks?\b""",
    "undisturbed": r"""\b(?:no|without)\sdistractions?\sat\sall\b""",
    "get-to-know": rf"""\b{_FEWER}(?:small[\s-]talk|chit[\s-]?chat|ice[\s-]?breakers?|personal)\b
        |\b(?:small[\s-]talk|chit[\s-]?chat)\s(?:\w+\s)?(?:was|is|went|took|takes)\s(?:\w+\s)?(?:too|on)\b""",
    "what-helped": rf"""\b{_FEWER}feedback\b""",
    "somebody-else": r"""\b(?:(?:don.t|do\snot|rather\snot|no)\s(?:\w+\s)?(?:guests?|somebody|someone|others))\b""",
    "shorter-demos": rf"""\b(?<!no\s)(?:longer|more|extra|additional)\s(?:time\s(?:on|for)\s)?
        (?:(?!short|brief|few)\w+\s)?{DEMO}\b
        |\b(?:not|never|no)\s(?:\w+\s)?{SHORTER}\s(?:\w+\s)?{DEMO}\b
        |\b{DEMO}\b[^.!?]{{0,20}}\b(?:not|n.t)\stoo\s(?:long|many|much)\b""",
    "more-doing": rf"""\b(?:said|agreed|promised)\s(?:\w+['’]?\w*\s){{0,6}}(?:try|practi[cs]e|do)\b(?:\s(?:it|that
        |more))?|\b{_FEWER}(?:hands[\s-]on|practi[cs]\w+|exercises?|real\s(?:work|example|case)s?|try\w*)\b
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
    r"""\b(?:nothing(?!\s(?:came|comes\s(?!to\smind)|happen\w*|moved|changed|worked|gets?|got|like\b
    |(?:i|we|you|he|she)\s(?!would|can|could|want|need)))|no\s(?:complaints?|changes?|need)
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
WANTING = re.compile(
    r"\b(?:more|less|fewer|too|but|please|could|should|would\slike|next\stime|wish|tell\sme)\b", re.IGNORECASE
)
# What is told of somewhere else, as a fact and not as a wish.
ELSEWHERE = re.compile(
    r"""^\W*(?:at\s(?:work|my\soffice|our\soffice)\s(?:we|they|people|there)\b|(?:our|my)\s(?:customers?|clients?
        |suppliers?|competitors?)\b
    |(?:my|our)\s(?:own\s)?(?:team|department|company)\s(?:never|always|ha[sv]e?|asks?|wants?|needs?|does|do)\b)
    (?![^.!?]*\b(?:please|could|should|next\stime|our\s(?:meetings?|sessions?)|you)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
# What asks for the opposite of a wish: where the other one of the two asks for the wish itself, both are told so.
_TURNED_ROUND: dict[Wish, str] = {
    "shorter-demos": rf"""\b(?<!no\s)(?:longer|more|extra)\s(?:time\s(?:on|for)\s)?{DEMO}\b
        |\b{DEMO}\s(?:was|were|is)\stoo\sshort\b|\bshow\sme\smore\b""",
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
    r"|i\s(?:should|need\sto|must|want\sto)\s(?:\w+\s)?listen"
    r"|hierarch\w+|rank|seniority|pecking\sorder|the\sboss|equals?|nodded|deferr?\w*)\b",
    re.IGNORECASE,
)
