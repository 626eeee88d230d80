"""How people type what belongs elsewhere, as patterns for each matter; `coach.agenda.scope` reads goals by them."""

import re
from typing import Literal

Matter = Literal[
    "danger", "harm", "health", "law", "pay", "papers", "money", "rating",
    "cheating", "errand", "watching", "romance", "campaign", "against", "wrong",
]  # fmt: skip

# Parts of patterns: people, and what is done to them or by them.
_NAME = r"(?-i:(?!AI\b)[A-Z][\w’'-]+)"
_SOMEBODY = (
    r"(?:him|her|them|some(?:one|body)(?:\s\w+)?|(?:my|the|our|an?)\s(?:mentor|mentee|partner|junior|trainee|intern)"
    rf"|{_NAME})"
)
_THEIR = r"(?:their|his|her|\w+['’]s|\w+s['’])"
_STAFF = r"(?:staff|employees|people|team|workers?|juniors?|trainees|colleagues|mentee|mentor|reports|interns)"
_TO_DO = (
    r"(?:do|write|build|make|prepare|draft|answer|finish|complete|create|design|type(?:\sup)?|fill\s(?:in|out)|handle"
    r"|take\s(?:over|care\sof)|produce|file|translate|code|clean\sup|format|update|sit|pass)"
)
# What somebody may well do for another who learns, and where no person is asked.
_TEACHING = (
    r"(?![^.!?]*\b(?:questions?|(?:learning|training|development)\s(?:plan|path)|day|exercises?|quiz|example)\b)"
)
_BY_MACHINE = (
    r"(?!.*\b(?:AI|assistants?|chatbots?|chatgpt|copilot|claude|gemini|gpt\S*|models?|tools?|apps?|software|bots?"
    r"|macros?|scripts?|automat\w+|templates?|excel|outlook)\b)"
)
_EXAM = r"(?:exams?|tests?|certificat\w+|assessments?(?:\scent(?:re|er))?|quiz\w*|courses?|e-?learning|trainings?)"
_PEOPLES = r"""(?:women|men|girls|mothers|fathers|parents|gays?|lesbians?|queers?|homosexuals
        |trans(?:gender)?(?:\speople)?
    |muslims?|jews|christians|hindus|sikhs|catholics|whites|blacks|asians|africans|arabs|turks|poles|indians|chinese
        |roma
    |gypsies|immigrants?|migrants?|foreigners?|refugees?|boomers?|gen\s?(?:z|x)|millennials?|the\s(?:elderly|disabled
        |old|young)
    |(?:old(?:er)?|young(?:er)?|black|white|brown|asian|gay|disabled|pregnant|foreign|religious|roma|jewish|muslim
        |trans)
    \s(?:people|workers?|men|women|staff|colleagues|famil(?:y|ies)|employees|candidates)
    |people\s(?:with\sdisabilities|of\scolou?r|over\s\w+|from\s\w+))"""

WORDS: dict[Matter, str] = {
    "danger": r"""\b(?:suicid\w+|self[\s-]harm\w*|(?:end|ending)\s(?:it\sall|my\slife)|kill\smyself|hurt\smyself
        |want\sto\sdie|(?:don['’]t|do\snot|not)\swant\sto\s(?:live|be\shere\sany\s?more|wake\sup)|better\soff\swithout\sme|dark\sthoughts
        |(?:reason|point)\s(?:to|in)\s(?:live|living|being\shere))\b""",
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
        |(?:hits?|hitting|beats?|beating|gropes?|threatens?)\sme\b|follow(?:s|ed|ing)\sme\s(?:home|around|everywhere
        |to\s(?:my|the)\s(?:car|house|flat|toilet|station))|domestic\sviolence
        |feel\s(?:unsafe|threatened)\s(?:around|with|near)\s(?:my|him|her)|(?:puts?|putting)\s(?:his|her
        |their)\shands?\son\sm[ey]
        |(?:screams?|shouts?|yells?)\sat\sus)\b""",
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
        |pills?|medicine)|(?:what|which|my|right|daily|higher|lower)\s(?:\w+\s)?dos(?:e|age)\b(?!\s(?:it|this|that|he
        |she|one|the|of\s(?!my)))
        |dos(?:e|age)\sof\s(?:medi|pill|tablet|insulin|vitamin)
        |(?:\bmy|\bI\sam|\bI.m|\bfeel\w*|\btreat\w*|\bcure|\bwith)\s(?:\w+\s)?depress(?:ion|ed)
        |panic\s(?:attacks?|at)|anxiety\s(?:attacks?|disorder)|(?:my|as\sa|see\sa|need\sa?|be\smy|couples?.?|marriage
        |family|go\sto)\s?therap(?:y|ist)
        |counsell?ing
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
        |(?:death|loss|passing)\sof\smy|(?:grieve|grieving|mourn\w*)\sfor|(?:my|our)\s(?:pregnancy|miscarriage
        |fertility|ivf)
        |my\s(?:son|daughter|child|husband|wife|partner|mother|father|parents?)\s(?:has|have|is|suffers?)\s[^.!?]{0,20}
        (?:adhd|autis\w+|ill\b|sick|depress\w+|bipolar|disab\w+|cancer|tumou?r|diabet\w+|dyslex\w+|anx\w+|addict\w*
        |dying|dementia
        |alzheimer\w*|stroke|drink\w*|on\sdrugs|in\shospital)
        |my\stest\sresults|i\shear\svoices
        |(?:alcohol|drug|drinking|gambling)\s(?:problems?|habit)|my\s(?:break-?up|mole|rash|teeth|knee|period
        |menopause)|antibiotics?|(?:psychologist|psychiatrist|cardiologist|dermatologist
        |gyn(?:a?e)?cologist|dentist|doctor|therapist)\sfor\sme|(?:be\s(?:my|a|our)|find\s(?:me\s)?a|need\sa|see\sa
        |recommend\sa)\s(?:\w+\s)?
        (?:psychologist|psychiatrist|cardiologist|dermatologist|gyn(?:a?e)?cologist|dentist|doctor|therapist
        |counsell?or)
        |i\s(?:\w+\s){0,2}get\s(?:vaccinated|tested|an\soperation)|fear\sof\s(?:flying|heights|needles|dying|death
        |blood)
        |is\s(?:this|my|the)\s(?:mole|lump|rash|cough|pain)\b|(?:grief|pain|sadness)\safter\s(?:my|the\sdeath)
        |my\s\w+\s(?:has\s)?(?:died|passed\saway)
        |(?:live|living|eat|cope|coping|deal|dealing|struggl\w+)\swith\s(?:my\s)?(?:\w+\s)?(?:bipolar|diabetes
        |cancer|adhd|ptsd|ocd|epilepsy
        |depression|anxiety|anorexia|insomnia|autism|asthma|arthritis|grief|addiction|loneliness|panic)
        |my\s(?:\w+\s)?(?:bipolar|diabetes|cancer|adhd|epilepsy|asthma|arthritis|autism|menopause|illness
        |disorder)
        |(?:these|my)\s(?:\w+\s)?(?:headaches|migraines?|palpitations|nausea)|my\s(?:gp|psych\w+ist|physio\w*|gyn\w+
        |cardiologist)
        |my\s(?:blood|lab|scan|mri|x-ray|biopsy|ecg)\s(?:test\s)?(?:results?|values?|counts?|tests?)
        |against\s(?:\w+\s)?(?:back|neck|knee)\spain
        |(?:lump|mole|rash|spots)\son\s(?:my|his|her)|fertility\streatment|ivf|(?:cut\s(?:down
        |back)\son)\s(?:drink\w*|alcohol
        |smoking|pills)|a\sbottle\sof\s\w+\s(?:a|every)\s(?:night|day|evening)
        |i\s(?:\w+\s){0,2}(?:cry|cried)|(?:not|can['’]?t|cannot)\s(?:cope|coping)(?!\swith)|i\s(?:can['’]?t
        |cannot)\sgo\son
        |(?:split|separation|break-?up)\s(?:with|from)\smy\s(?:husband|wife|partner|girlfriend|boyfriend))\b""",
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
        |apply\sto\sme\slegally|(?:draft|make|change|challenge|contest)\s(?:a|my|the|our)\swill\b|witness\sstatement
        |my\s(?:\w+\s)?(?:written|final|formal|verbal)\swarning|written\swarning\b[^.!?]{0,20}\b(?:valid|legal
        |lawful)|is\sa\swritten
        \swarning|(?:what|how\smuch)\sseverance|(?:my|beat|face|win)\s(?:\w+\s)?disciplinary
        |(?:i\sam|i['’]m|(?:i\swas|i['’]ve\sbeen|i\shave\sbeen|been)\sput|put\sme)\son\s(?:an?\s|the\s)?(?:\w+\s)?
        (?:pip|performance\simprovement\splan)|my\s(?:pip|performance\simprovement\splan))\b""",
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
        |my\s(?:pay(?:slip|check)?|wages?|overtime|allowance|expenses\sclaim)\b
        |(?:get|give|win)\sme\s(?:an?\s)?(?:\d+\s?%?\s)?(?:pay\s)?(?:raise|rise)|\d+\s?%\s(?:pay\s)?raise
        |how\smuch\s(?:of\sa\s)?bonus|backdate\b[^.!?]{0,20}\b(?:pay|raise|rise|salary))\b""",
    "papers": r"""\b(?:(?:my|his|her|renew\w*|apply\w*\sfor)\s(?:an?\s)?(?:\w+\s)?(?:visas?|passport|citizenship)
        |work\spermit|residence\spermit|permit\s[a-z]\b|permesso|soggiorno
        |(?:my|our|his|her)\simmigration|immigration\s(?:case|status|papers|office|application|advice)
        |asylum|green\scard|questura|deported|deportation
        |(?:extend|renew|get|apply\sfor|obtain|prolong|keep)\s(?:\w+\s){0,3}visas?\b|(?:family|spouse|student
        |work)\svisas?\b
        |permanent\sresiden\w+|residency\sfor|naturali[sz]ation\b|my\sresidence
        |becom\w+\sa\s(?:\w+\s)?citizen\b|sponsor\smy
        |bring\smy\s(?:\w+\s)?(?:parents|wife|husband|partner|family|children|kids|mother|father|sister
        |brother)\s(?:\w+\s)?(?:to\sthis|here|over)|my\s(?:\w+\s)?(?:h-?1b|blue\scard|settled\sstatus)\b
        |leave\sto\sremain|which\s(?:\w+\s)?visa\b(?!\scards?)|needs?\sa\s(?:\w+\s)?visa\b(?!\scards?)
        |residen(?:cy|ce)\s(?:papers|status)|(?:family|spouse|student|residen\w+)\spermit\b)""",
    "money": r"""\b(?:invest(?:ing|ment)?\s(?:my|our\ssavings|advice|tips?)|(?:should|do|can|could)\sI\sinvest
        |stock\stips?
        |(?:invest\w*|sav(?:e|ing)\w*)\b[^.!?]{0,25}\bretirement|my\sretirement\b
        |buy(?:ing)?\s(?:a|my|our)\s(?:first\s)?(?:house|home|flat|apartment)|my\stax(?:es)?\b
        |(?:should|when\sto)\s(?:I\s)?(?:buy|sell)\b[^.!?]{0,30}\b(?:stocks?|shares|bitcoin|gold|funds?|crypto\w*)
        |(?:invest\w*|put|savings)\b[^.!?]{0,30}\bcrypto(?:currenc\w+)?|my\scrypto|(?:my|pay\soff\sthe)\smortgage
        |financial\sadvice|my\s(?:pension|savings|debts?|loan)|my\s(?:\w+\s)?tax\sreturn|tax\sadvice
        |which\s(?:shares|stocks|fund|crypto\w*|coins?)\b|get\srich
        |(?:my|student)\s(?:\w+\s)?loans?\b|(?:take\s(?:out|up)|get|pay\s(?:off|back)|repay)\s(?:an?|my
        |the)\s(?:\w+\s)?(?:loan|debts?|mortgage|credit)
        |(?:borrow|lend\sme|lent\sme)\s(?:some\s|a\slittle\s)?(?:money|cash|\d+)|out\sof\sdebt
        |my\s(?:\w+\s)?(?:credit\s(?:card|score)|overdraft|rent)
        |(?:re)?financ(?:e|ing)\smy|get\sa\s(?:mortgage|loan)|my\sbonus\sin
        |retirement\ssavings|for\smy\sretirement|my\sinvestments?|(?:best|cheapest)\smortgage
        |rent(?:ing)?\sor\sbuy(?:ing)?
        |buy(?:ing)?\sor\srent(?:ing)?|portfolio\sof\s(?:shares|stocks|funds)|trading\stips|tax\son\smy
        |turn\s[\d.,]+\s?\w*\sinto\s[\d.,]+|(?:exercise|sell|cash\sin)\smy\s(?:\w+\s)?(?:options|shares)|my\s(?:stock
        |share)\soptions|buy\b[^.!?]{0,15}\b(?:bitcoin|crypto\w*|stocks|shares)\b[^.!?]{0,15}\bshould\si
        |(?:pick|choose|buy|find)\s(?:me\s)?(?:\w+\s){0,2}(?:shares|stocks|etfs?|crypto\w*|coins)\s(?:for
        |to\sbuy))\b""",
    "rating": rf"""\b(?:am\si\s(?:ready|good\senough)\sfor\spromotion|fire\s(?:him|her|them|someone)
        |whom?\s(?:I\s|we\s|to\s|should\s|must\s|be\s|gets?\s|has\s)*(?:fired?|sacked?|lay\soff|laid\soff)
        |(?:should|must|ought\sto)\sbe\s(?:fired|sacked|promoted|laid\soff)
        |deserves?\s(?:an?\s|the\s)?(?:promotion|raise)|get\srid\sof\s(?:my\s(?:boss|manager|mentee|mentor
        |colleague)|him|her)\b
        |get\s(?:my|the|our)\s\w+\sfired|(?:give|my|his|her|their)\s(?:\w+\s){{0,3}}performance\srating
        |performance\sreview\sof\s(?:my|him|her|them)
        |punish\s(?:my|him|her)\b|get\s[a-z]+\s(?:fired|sacked|kicked\sout)|dirt\son\b|who\s(?:complained|reported
        |told)\s(?:about|on)\s(?:me|us)
        |(?:is|are)\sgood\senough\sfor\s(?:her|his|their|the)\s(?:job|role|post)|spy\son
        |whom?\b[^.!?]{{0,40}}\b(?:be|is|are|gets?)\slet\sgo|(?:get\sme|me)\spromoted|promote\sme\b
        |(?:write|draft|fill\sin)\s(?:my|the|an?|his|her)\s(?:\w+\s)?(?:appraisal|performance\s(?:review|rating
        |assessment))\s(?:of|for|on)\b
        |rate\smy\s(?:team|mentee|mentor|boss)|put\sin\sa\sword\sfor\smy\spromotion
        |promoted\b[^.!?]{{0,40}}\b(?:(?:his|her|their)\s(?:vote|word|help)|panel)
        |(?:how|reasons?|grounds|case|evidence|excuse|way|lets?\sme|help\sme|want\sto|^)\b[^.!?]{{0,20}}
        \b(?:fire|sack|dismiss|terminate|lay\soff)\s(?:{_SOMEBODY}|people|two|three|four|staff
        |an?\s(?:\w+\s)?(?:employee|colleague|worker|person|assistant))\b(?!\sup)
        |which\sof\b[^.!?]{{0,40}}\b(?:dismiss|fire|sack|let\sgo|lay\soff)
        |(?:push|force|edge|freeze)\s(?:him|her|{_NAME})\sout|(?<!would\s)(?<!could\s)(?<!might\s)make\s(?:him|her
        |them|{_NAME})\s(?:quit|resign)
        |disciplin(?:e|ing)\s(?:{_SOMEBODY}|(?:the|my|our)\s(?:\w+\s)?(?:late-?\s?comers|{_STAFF}))
        |note\sin\s(?:\w+['’]?s?\s){{1,2}}(?:personnel|hr)\sfile|punish\w*\s(?:him|her|them|{_NAME}))\b""",
    "cheating": rf"""\b(?:(?:answers?|solutions?|questions|paper)\b[^.!?]{{0,30}}\b{_EXAM}\b[^.!?]{{0,20}}\b(?:in\s
        advance
        |beforehand|early|before)|(?:leaked|next\s(?:week|month)['’]s)\s[^.!?]{{0,20}}{_EXAM}\s?(?:questions|answers
        |paper)
        |(?:pass|ace|get\sthrough|do)\b[^.!?]{{0,30}}\b{_EXAM}\b[^.!?]{{0,20}}\b(?:with\sthe\s(?:answers|solutions)
        |without\s(?:learning|studying|reading|knowing|doing))
        |{_EXAM}\b[^.!?]{{0,20}}\bwithout\s(?:learning|studying|reading|knowing|doing)
        |cheat(?:ing)?\s(?:on|in|at|through)\s(?:my|the|an?|our)\b
        |(?:pay|have|get|let|ask|find)\s{_SOMEBODY}\s(?:to\s)?(?:sit|take|do|write|pass|click)\b[^.!?]{{0,30}}\b
        (?:{_EXAM}|thesis|dissertation|essay|degree|home-?work)\b
        |(?:sit|take|do|write|finish|pass)\s(?:my|the)\s[^.!?]{{0,40}}(?:{_EXAM}|thesis|dissertation|essay
        |assignments?|home-?work)\b[^.!?]{{0,15}}\bfor\s(?:me|my|the|his|her)\b
        |{_EXAM}\b[^.!?]{{0,20}}\bwithout\s(?:being|getting)\s(?:caught|noticed))""",
    "errand": rf"""^(?=.*\b(?:my|mine|me)\b)(?:^{_BY_MACHINE}.*?\b(?:(?:have|let|get|make|ask|pay|want|need|like
        |expect)\s{_SOMEBODY}\s(?:to\s)?
        {_TO_DO}\b{_TEACHING}(?:\s\w+){{0,2}}\s(?:my|mine)\b
        |(?:have|let|get|make|ask|pay)\s{_SOMEBODY}\s(?:to\s)?{_TO_DO}\b{_TEACHING}[^.!?]{{0,60}}\bfor\sme\b
        |(?:he|she|they|(?:my\s)?(?:mentor|mentee)|{_NAME})\s(?:should|must|can|could|will|has\sto|is\sto)\s{_TO_DO}\b
        {_TEACHING}(?:(?:\s\w+){{0,2}}\smy\b|[^.!?]{{0,60}}\bfor\sme\b))
        |^{_BY_MACHINE}(?:please\s)?{_TO_DO}\smy\b{_TEACHING}[^.!?]{{1,60}}\bfor\sme\b)""",
    "watching": rf"""\b(?:(?:install|put|plant|hide|set\sup)\b[^.!?]{{0,20}}\b(?:keylogger|spyware|tracker|tracking\sapp
        |hidden\scamera|bug)\b|keyloggers?\son\b
        |(?:read|check|see|watch|track|record|film|monitor|listen|follow|copy|look|find\sout)\b[^.!?]{{0,60}}\b
        (?:without\s(?:them|him|her|anyone|anybody|people|the\steam|{_THEIR})\s(?:\w+\s)?(?:noticing|knowing
        |finding\sout
        |knowledge|consent|permission)|behind\s(?:his|her|their|my\s\w+['’]s)\sback)
        |(?:secretly|covertly|in\ssecret)\s(?:record|track|watch|read|monitor|film|listen|follow|tape)\w*
        |spy\s(?:on|out)\b|spying\son\b|eavesdrop\w*
        |(?:read|check|see|watch|track|monitor|look|get\sinto|go\sthrough|search|find\sout
        |open)\b[^.!?]{{0,45}}\b{_THEIR}\s
        (?:private|personal|secret)\s(?:\w+\s)?(?:chats?|messages?|e-?mails?|phones?|accounts?|profiles?|dms?|devices?
        |computers?|li(?:fe|ves)|instagram|facebook|whatsapp|calendar|talks?)
        |(?:read|check|search|look\s(?:at|into|through)|go\sthrough|get\sinto|open|track|monitor|copy|see)\s(?:my|his
        |her|the)
        \s(?:wife|husband|girlfriend|boyfriend|partner|boss|manager|colleague|rival|deputy|mentor|mentee)(?:['’]?s
        |s['’])\s
        (?:\w+\s)?(?:phones?|e-?mails?|messages?|chats?|inbox|calendar|computer|laptop|browser)
        |(?:see|track|monitor|watch|check|find\sout|know)\s(?:where|what|when)\s(?:my|our|the)\s(?:\w+\s)?{_STAFF}\s
        (?:are|is|do(?:es)?|browse|post|say|write|go(?:es)?)\b[^.!?]{{0,40}}\b(?:at\shome|during|off\sduty|privat\w+
        |all\sday|own\s(?:computers?|phones?)|from\stheir\sphones?|free\stime)
        |(?:find\sout|tell\sme|know|learn|report\sto\sme)\swho\b[^.!?]{{0,50}}\b(?:anonymous\w*|bad\sscore|complain\w*
        |looking\sfor\s(?:another|a\snew)\sjob|disloyal|talks?\sbehind|wants\sto\sleave|is\spregnant|in\sthe\sunion)
        |(?:an?\s)?(?:inside\sman|informer|informant|spy)\sin\b)""",
    "romance": rf"""\b(?:(?:get|have|win|want|score|need)\sa\sdate\s(?:with|for)|(?:go\son|going\son)\sa\sdate
        |ask(?:ing)?\s(?:him|her|{_NAME})\sout|(?:go|going)\sout\swith\s(?:him|her)\b
        |(?:he|she)\sis\ssingle\b(?!-)|is\s(?:he|she)\ssingle\b(?!-)|(?:he|she)['’]s\ssingle\b(?!-)
        |(?:my|his|her|our)\s(?:\w+\s)?(?:tinder|bumble|hinge|grindr|dating\s(?:profile|life|app))
        |in\slove\swith\s(?:him|her|my|a\scolleague)|flirt(?:ing)?\s(?:tips|with\s(?:him|her|my|colleagues|wom[ae]n
        |m[ae]n))
        |seduc\w+\s(?:him|her|my|women|men)|sleep\swith\s(?:him|her|my)|hook\sup\swith\s(?:him|her|my|some\w+)
        |(?:find|get|win)\s(?:me\s)?(?:an?|my)\s(?:new\s)?(?:girl|boy)friend|my\sex\b(?!-)|my\s(?:girl|boy)friend
        |more\sthan\s(?:friends|colleagues)|(?:dinner|drinks?|coffee)\b[^.!?]{{0,20}}\b(?:maybe|perhaps|and)\smore\b
        |pick(?:ing)?[\s-]up\s(?:girls|women|guys|men)|romantic\s(?:dinner|evening|relationship|interest)\b)""",
    "campaign": r"""\b(?:(?:votes?|voters|members|people|support\w*|signatures|money|funds|donations|campaign\w*
        |canvass\w*)
        \s(?:for|to|against)\s(?:the\s|my\s|our\s|a\s)?(?:\w+\s)?(?:(?:green|labou?r|conservative|liberal|democrat\w*
        |republican|socialist|communist|workers['’]?|national|people['’]?s|far[\s-](?:right|left)|political)\s(?:party
        |candidate)|candidate\b|candidacy|campaign\sfor\s(?:the\s)?(?:\w+\s)?(?:council|mayor|parliament|office
        |senate|congress
        |president))
        |my\scampaign\sfor\s(?:the\s)?(?:\w+\s)?(?:council|mayor|parliament|office|senate|congress|president)
        |(?:run|running|stand|standing)\sfor\s(?:mayor|parliament|congress|senate|(?:city|town|local)\scouncil)
        |(?:convince|persuade|get|win|bring|talk|make)\b[^.!?]{0,40}\b(?:referendum|vote\s(?:yes|no|against|for)\b
        |next\selection)
        |vote\sfor\s(?:my|our)\s(?:candidate|party)|(?:our|my)\s(?:political\s)?party['’]s\b
        |(?:sign|signatures)\b[^.!?]{0,25}\b(?:petition|against|for\sthe)\b[^.!?]{0,30}\b(?:mosque|minaret|church
        |synagogue
        |temple|abortion|refugees?|migrants?|law|minister|president|government)
        |(?:support|vote|enthusiasm)\sfor\s(?-i:Trump|Biden|Harris|Putin|Orb[aá]n|Le\sPen|Farage|Modi|Erdo[gğ]an|Meloni)
        |(?:change|turn|win|talk)\b[^.!?]{0,20}\b(?:his|her|their|my\s\w+['’]s)\s(?:political\sviews?|politics
        |religion|faith)
        |(?:bring|lead|convert|win|turn|call)\w*\b[^.!?]{0,30}\b(?:to|for)\s(?:jesus|christ|god|allah|islam|christianity
        |the\s(?:lord|faith|church)|buddhism|my\s(?:faith|church|religion|mosque))
        |(?:spread|preach|share|bring)\w*\b[^.!?]{0,20}\b(?:word\sof\s(?:god|the\slord)|qu[r']?ran\w*|koran|bible
        |jesus|islam
        |christianity|my\sfaith|good\snews\sof\sthe\slord)
        |(?:join|come\sto|bring\w*\s\w+\sto|recruit\w*\b[^.!?]{0,20}\bfor)\s(?:my|our|the)\s(?:prayer\sgroup
        |bible\s\w+|church
        |mosque|party(?=['’]|\s(?:branch|local|members?))))""",
    "against": rf"""\b(?:{_PEOPLES}\s(?:are|is|make|being)\s(?:\w+\s)?(?:worse\s(?:at|than|workers|leaders)|laz(?:y
        |ier)|stupid
        |inferior|dumb\w*|weak(?:er)?|useless|dangerous|a\sburden|the\sproblem|bad\s(?:at|leaders|workers)|dirty
        |criminals?
        |less\s(?:able|capable|intelligent|suited|gifted)|too\s(?:emotional|slow|old|soft|lazy|stupid|sensitive)|unfit
        |not\s(?:fit|made|suited|able|good)\b|not\sas\s(?:good|smart|capable))
        |(?:prove|show|proof|demonstrate|convince|explain)\b[^.!?]{{0,40}}\b{_PEOPLES}\s(?:can['’]?t|cannot|can\snot
        |do(?:n['’]t
        |\snot)|should(?:n['’]t|\snot|\sgo|\sstay|\sleave)|have\sno|lack|must\sgo|never|will\snever)
        |{_PEOPLES}\s(?:ruin|destroy|spoil|should\s(?:go|leave|stay\s(?:at\s)?home)|must\sgo|do(?:n['’]t
        |\snot)\sbelong|have\sto\sgo)
        |(?:keep|get|push|throw|kick|drive|weed|sort|filter|want|chase)\w*\s(?:all\s|the\s|these\s
        |those\s)*{_PEOPLES}\s(?:out|away
        |off)\b|(?:get\srid|rid\s\w+)\sof\s(?:all\s|the\s|these\s)*{_PEOPLES}\b|send\s(?:the\s)?{_PEOPLES}\s(?:back
        |home)
        |(?:have|get|hire|want|take\son|recruit|employ|admit)\s(?:fewer|less|no\smore)\s{_PEOPLES}\b(?!\s(?:leav|quit
        |drop|go))
        |(?:not|stop|avoid|refuse\sto)\s(?:hire|hiring|promote|promoting|employ\w*|taking|take)\s(?:on\s)?{_PEOPLES}\b
        |white\s(?:power|supremacy|pride)|racial\s(?:purity|superiority)|great\sreplacement)""",
    "wrong": r"""\b(?:(?:get|getting)\s(?:round|around|past)\s(?:the\s|our\s)?(?:\w+\s)?(?:firewall|web\sfilter
        |blocked?|security
        |compliance|controls?)\b|(?:bypass|circumvent|disable|switch\soff)\w*\s(?:the\s|our\s)?(?:\w+\s)?(?:firewall
        |security
        |controls?|compliance|audit|web\sfilter)
        |(?:figures|results|numbers|deal|merger|takeover|earnings|news)\b[^.!?]{0,30}\b(?:trade\son|(?:buy
        |sell)\b[^.!?]{0,12}
        \b(?:shares|stock)|before\s(?:they|it)\s(?:are|is)\s(?:public|out))|inside(?:r)?\s(?:tips?|trades?)\b
        |(?:copy|take|download|steal|export|pass\son|sell|leak|send|bring)\b[^.!?]{0,25}\b(?:customers?|clients?
        |source\scode
        |trade\ssecrets?|price\slist|contacts?|data(?:base)?|plans)\b[^.!?]{0,30}\b(?:before\sI\s(?:leave|go|quit)
        |when\sI\sleave|(?:to|for)\s(?:a|the|our|my)\s(?:competitor|rival|(?:new|own|next)\s(?:job|employer|firm
        |business|company)))
        |(?:(?:^|\bto\s|\band\s|\bme\s|\b(?:he|she|I|we)\s)fake|\bfaking|forge|forging|falsif(?:y|ying)|backdat\w+
        |doctor(?=\sthe))
        \s(?:the|my|our|an?|some)\s(?:\w+\s){0,2}(?:records?|reports?|figures|numbers|invoices?|receipts?|signatures?
        |certificates?|inspections?|hours|time-?\s?sheets?|data|results|notes?|cv|diploma|degree|reviews?|log)
        |(?:get|buy|make|order|print)\s(?:me\s)?(?:an?\s)?(?:fake|forged)\s\w+|cook(?:ing)?\sthe\sbooks
        |(?:buy|score|get|order)\s(?:me\s)?(?:some\s|a\slittle\s)?(?:weed|cannabis|cocaine|ecstasy|mdma|lsd|marijuana
        |hashish)\b
        |(?:pay|offer|take|give|accept)\s(?:him\s|her\s|them\s)?an?\sbribe|(?-i:^Bribe|\bbribe)\s(?:him|her|them|the
        |an?|some\w+)\b
        |(?:hack|break|log)\s(?:in)?to\s(?:the|his|her|their|my\s(?:boss|colleague|manager|wife|husband)\S*)\s
        (?:\w+\s){0,2}(?:system|account|e-?mail|computer|laptop|phone|server|files|database)
        |(?:private|personal|my)\s(?:\w+\s)?(?:flights?|trips?|holidays?|vacations?|dinners?|shopping)\b[^.!?]{0,20}\b
        (?:as\s(?:travel|business|company|work)\sexpenses?|on\s(?:the\scompany|expenses))
        |company\s(?:card|money|car)\b[^.!?]{0,15}\bfor\smy\s(?:\w+\s)?(?:holidays?|vacation|family|wedding|shopping
        |flat|house)
        |(?:get|guess|steal|crack|borrow|find\sout|give\sme|share)\b[^.!?]{0,10}\b(?:(?:log-?\s?ins?|passwords?
        |credentials)\sof\s
        (?:the\s(?:\w+\s)?(?:ceo|cfo|cio|boss|director|head|chair\w*|manager)|my\s(?:boss|manager|colleague|mentor
        |mentee))
        |(?:his|her|their|\w+['’]s)\s(?:log-?\s?in|password))
        |(?:hide|hiding|cover\sup|conceal\w*)\b[^.!?]{0,40}\b(?:from|before)\s(?:the\s|our\s)?(?:auditors?|tax
        |regulators?|police|hr\b|board|my\s(?:boss|manager|director|wife|husband)
        |owners|shareholders|compliance|customs|works\scouncil)
        |evad\w+\stax\w*|tax\sevasion|off\sthe\sbooks|launder\w*\smoney)""",
}
# What is named for the work that is done on it is no matter of these two: a grievance form, court reporters, an app for
# loans.
WORK_ON_IT = re.compile(
    r"""[\s-](?:(?!(?:in|of|at|by|from|to|with|on|for|and|or|my|our|the|an?)\b)[\w’'-]+[\s-]){0,2}?
    (?:apps?|awareness|benchmark\w*|boards?|budgets?|cases|benefits?
    |business|campaigns?|case\smanagement|clients?|clinics?|courses?|customers?|dashboards?
    |data|departments?|desks?|errors?|features?|figures|firms?|forms?|guidelines?|industry|laws?|market|modules?
        |newsletters?|notices?
    |pages?|platforms?|polic(?:y|ies)|portals?|prevention|procedures?|process(?:es)?|products?|reporters?|reporting
        |reports|services?
    |software|specialists?|statistics|surveys?|systems?|teams?|tenders?|tools?|trainers?|trainings?|transparency
    |users?|websites?|workshops?)\b""",
    re.IGNORECASE | re.VERBOSE,
)
A_TOOL_FOR_IT = re.compile(
    r"\s(?:apps?|dashboards?|departments?|process|projects?|software|systems?|teams?|tools?)\b", re.IGNORECASE
)
# Who wants to understand, and says nothing of one's own case, asks for what a meeting is for.
TO_UNDERSTAND = re.compile(
    r"""^\W*(?:(?:to|better|i\swant\sto|we\swant\sto|help\s(?:me|us))\s)*(?:understand|hear|respond|prevent|protect
        |spot|recogni[sz]e
    |defend|notice|learn\s(?:about|what|why|how(?!\s(?:to|i|we)\b))|(?:see|know|discuss|talk\sabout)\s(?:how|what|why
        |when)
    |find\sout\swhy|make\ssense|be\san\sally
    |(?:stop|quit)\s(?:thinking|believing|assuming|saying|hearing)|unlearn|challenge|question
    |.*\b(?:stereotyp\w+|prejudices?|bias\w*|myths?|clich[eé]s?))\b(?!.*\b(?:my|me|mine)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
