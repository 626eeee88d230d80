"""What an agenda can be asked for, and the words by which each wish is known."""

import re
from typing import Literal

from coach.footing import TILTED_BY_THE_SENIOR, UNEQUAL, WANTS_TO_LEAD

Wish = Literal[
    "level-the-table",
    "safer-ground",
    "shorter-demos",
    "no-slides",
    "more-doing",
    "own-work",
    "more-talk",
    "write-first",
    "slower",
    "quicker",
    "less-at-once",
    "deeper",
    "clear-structure",
    "start-on-time",
    "end-on-time",
    "breaks",
    "undisturbed",
    "look-back",
    "recap",
    "firm-next-steps",
    "back-to-goals",
    "less-of-one-story",
    "get-to-know",
    "something-new",
    "what-helped",
    "agenda-ahead",
    "prepare-ahead",
    "test-the-tools",
    "see-and-hear",
    "dates-that-hold",
    "other-arrangement",
    "somebody-else",
]

SHORTER = r"""(?:shorter|(?:(?:keep|make|be)\s(?:\w+\s){0,2}|more\s)brief
|(?<!was\s)(?<!were\s)(?<!too\s)(?<!so\s)(?<!and\s)brief|briefer|quicker|concise
|half\sthe\s(?:length|time)|plenty|enough|shorten\w*|trim\w*|less\stime\s(?:on|for)|fewer|too\slong|too\smany
|too\smuch
        |cut\sdown|not\sso\slong|half\sas\slong|(?<!too\s)(?<!bit\s)short|drag(?:s|ged|ging)?
        |went\son|for\sages|takes?\sforever|another\s(?:[\w-]+\s){0,2}(?:minutes|hours?)\sof
        |(?:no\smore|not\slonger)\sthan|at\smost|under\s\w+\sminutes)"""
# Between the two stands nothing that turns the wish round: "less time for small talk, more time for demos".
_NEAR = r"(?:(?!\b(?:more|longer|instead|enough)\b)[^.!?]){0,40}"
DEMO = r"""(?:demo(?:e?s)?|demonstrations?|presentations?|slides?|power\s?points?|screen[\s-]?shar\w*
        |walk[\s-]?throughs?|showing
        |lectur\w+|explanations?|explaining)"""
_TOOL = r"(?:video|audio|sound|camera|microphone|mic|link|connection|laptop|line|call)"
_FAILS = r"""(?:fail\w*|broke\w*|froze\w*|freez\w+|drop(?:s|ped|ping)|bad|poor|terrible|lag\w*|unstable|trouble
        |problems?|issues?|crackl\w*|cut(?:s|ting)?\sout|test\w*|check\w*|stable)"""
_DOES_NOT = r"(?:(?:did|does|do|was|is|would|could|can)(?:n.t|\snot)|cannot|never)"
_WORDS: dict[Wish, str] = {
    "level-the-table": UNEQUAL,
    "shorter-demos": rf"""\b{SHORTER}\b{_NEAR}\b{DEMO}\b|\b(?:less|reduce|limit|cut)\s(?:of\s)?(?:the\s|your\s
    |our\s)?{DEMO}\b|\b(?:should|could|please|to)\sshow\s(?:me\s)?less\b
        |(?<!more\s)(?<!longer\s)\b{DEMO}\b{_NEAR}\b{SHORTER}\b""",
    "no-slides": r"""\b(?:(?:no(?:\smore)?|without|ditch|drop|skip|hid(?:e|ing)?\sbehind)\s(?:the\s|your\s|my\s|any\s
        |so\smany\s)?
        (?:slides?|slide\sdecks?|decks?|power\s?points?)(?=[\s.!?,;]|$)(?!\sfor\sonce)
        |(?:slides?|decks?|power\s?points?)\b[^.!?]{0,20}\b(?:not\suse|too\smuch))\b""",
    "more-doing": r"""\b(?:(?<!less\s)(?<!fewer\s)hands[\s-]on|more\spractice|practi[cs]e\smore
        |try\s(?:it|things|more|out)|let\sme\stry|(?:too\smuch|only|all|less)\stheory|(?:rather|better)\s(?:do
        |try)\b|i\s(?:just\s|only\s)watched
        |practi[cs]e\sinstead|instead\sof\s(?:only\s|just\s)?(?:theory|watching)|learn\s(?:\w+\s)?by\s(?:doing
        |trying|myself)
        |(?:click|go|work|build|type|drive|steer|open|set)\s(?:\w+\s){0,3}(?:myself|ourselves)|my\s(?:own\s)?(?:real\s
        |own\s)laptop
        |(?:try|do)\s(?:\w+\s){1,3}(?:myself|ourselves)|do\s(?:it
        |more)\s(?:myself|ourselves|together)
        |less\s(?:theory|talk(?:ing)?(?!\sover))|more\sexercises?|learn\sby\sdoing|my\sown\shands|too\stheoretical
        |more\s(?:trying|doing)|(?:build|make|create)\s(?:something|one|it)\s(?:\w+\s)?together
        |i\s(?:just\s|only\s)?sat\sand\swatched|(?:he|she|i|they|you)\s(?:should|could|can|may|want\sto
        |like\sto)\s(?:\w+\s)?
        (?:drive|steer|type|click|have\sthe\s(?:mouse|keyboard|pen))|(?:give|pass|hand|let)\s(?:me|him|her
        |them)\s(?:have\s)?the\s(?:mouse|keyboard|pen)(?!\s\w)|have\sa\s(?:go|try)\b|(?:need|want
        |like)\sto\spracti[cs]e\s(?:this|it|that|more))\b""",
    "own-work": r"""\b(?:my\s(?:own\s(?:real\s)?|real\s)(?:files?|data|work|cases?|examples?)
        |(?:something|examples?|exercises?|cases?|pieces?)\s(?:\w+\s){0,2}(?:from|of|out\sof|in)\s(?:my|our|your|his
        |her)
        \s(?:own\s)?(?:real\s)?(?:work\w*|week|team|department|day|job|desk|area|field|business|unit|company)
        |(?:on|with|use|using|bring\w*|take)\s(?:my|our|your)\s(?:own|real)\s(?:\w+\s)?(?:work|data|numbers|figures
        |reports?|spreadsheets?|sheets?|files?|cases?|examples?|documents?|dashboards?|mails?|projects?)
        |(?:our|your)\sown\sexamples?|made[\s-]?up\s(?:ones?|examples?|cases?|data|numbers)
        |(?:felt|feels?|are|is|were|was)\s(?:a\sbit\s)?like\s(?:a\s)?toys?|toy\s(?:examples?|exercises?|data)
        |real[\s-](?:life|world)|(?<!the\s)real\s(?:work|example|case|task|piece)s?|too\s(?:artificial|generic)
        |(?:closer|link\w*|connect\w*|relat\w+)\s(?:\w+\s){0,3}to\s(?:my|our)\s(?:own\s)?(?:real\s)?(?:daily\s
        |everyday\s
        |day[\s-]to[\s-]day\s)?(?:work|job|tasks?|business|practice)
        |(?:on|with|use|bring|take)\s(?:my|our|your|his|her)\s(?:actual|current)\s(?:\w+\s)?(?:work|reports?|numbers
        |figures|data|tasks?|projects?|cases?)|(?:bring|use|take|show|with|on)\s(?:something|what)\s(?:you|i|he|she
        |we)(?:['’](?:re|m|s)|\s(?:are|am
        |is))\s(?:\w+\s)?working\son
        |(?:nothing|little|not\smuch)\sto\sdo\swith\s(?:what\si|my|our|the\swork)
        |show\sme\show\s(?:it|this|that)\s(?:would|could|might)\s(?:look|work)\s(?:in|for|with)\s(?:my|our|\w+$))\b""",
    "more-talk": r"""\b(?:more\s(?:time\s(?:to|for)\s)?(?:talk|talking|discussion|conversation|questions)
        |time\sto\stalk|(?:not|\w+n['’]t|never)\s(?:\w+\s)?(?:get|got|come|came)\sto\smy\squestions?|q\s?&\s?a
        |discuss\s(?:\w+\s)?(?:more|longer)
        |talk\s(?:about\s\w+\s)?(?:longer|more)(?!\s(?:than|to)\b)|(?:need|want|like|more
        |some)\s(?:\w+\s)?time\s(?:left\s)?to\s(?:discuss|ask)|no\stime\s(?:left\s)?to\s(?:ask|talk|discuss)|(?:no
        |little)\s(?:time|room)\sfor\s(?:my\s|our\s|any\s)?(?:questions?|discussion)
        |less\srushed\stalk
        |just\stalk|talk\sit\sthrough|rather\s(?:we\s)?(?:just\s)?talk(?:ed)?|room\sfor\squestions
        |(?:ask|asked)\s(?:me\s)?more\squestions|no\s(?:chance|time|room|space|opportunity)\sto\s(?:ask|put)\b
        |(?:not|\w+n['’]t|never)\s(?:get|got)\s(?:a?round)\sto\s(?:my|our|the)\squestions|(?:space|time
        |room)\sfor\s(?:my|our|your)\squestions
        |prefer\s(?:a\s|more\s)?(?:conversation|discussion|chat)|ask\sme\sanything|out\sof\stime\sto\s(?:discuss
        |talk))\b""",
    "write-first": r"""\b(?:(?:write|writing|written|jot|note|scribble)\s(?:\w+\s){0,4}(?:before\b|first\b(?!\s(?:draft
        |version|lines?|page|part|sentence|report|e?-?mail|one|time|chapter)))
        |on\spaper\s(?:first|before)|(?:think|better)\s(?:\w+\s)?on\spaper
        |silent\s(?:\w+\s)?(?:writing|thinking|minutes?)|(?:writing|thinking)\s(?:in\ssilence|time|round)
        |(?:need|like|want|more|give\s(?:me|us|both)|a)\s(?:\w+\s)?(?:time|moment|minute|seconds?)\s(?:for\sme\s)?to
        \s(?:think|note|write|gather|collect|sort)\b|(?:get|gather|collect|sort)\s(?:my|our)\sthoughts
        |before\si(?:['’]ve|\shave|\scould|\scan|\shad)\s(?:\w+\s)?th(?:ink|ought)
        |(?:each|both|all)\s(?:of\sus\s)?(?:\w+\s)?(?:write|note|jot)\s(?:\w+\s){0,5}before
        |(?:time|moment|minute)\s(?:\w+\s)?to\s(?:prepare|find|form|think\sof)\s(?:an|my|the)\s(?:answer|thoughts?
        |words))\b""",
    "slower": r"""\b(?:(?<!too\s)(?<!so\s)slow(?:er|ly|\sdown)|too\s(?:fast|quick(?:ly)?)|jargon|acronyms?
        |abbreviations?
        |plain(?:er)?\s(?:words|english|speech)|lost\sme|couldn.t\sfollow
        |hard\sto\sfollow|simpler|pace\b[^.!?]{0,30}\b(?:fast|high|quick|hectic|hard|much)|(?:hectic|lower|gentler
        |calmer|different)\space|at\s(?:the|a)\space\sof|keep\sup|could\s(?:you|we)\srepeat|could\snot\sfollow
        |smaller\ssteps|(?:slip\w*|much|less|no|your)\s(?:\w+\s)?tech(?:nical)?[\s-](?:talk|speak)|buzz\s?words?
        |step\sby\sstep
        |over\smy\shead|too\s(?:technical|complex|complicated|difficult|abstract)
        |(?:got|was|am|felt)\s(?!never|not)(?:\w+\s)?lost\b|(?:simple|plain|easy|easier)\s(?:language|words|terms)
        |less\stechnical
        |explain\s(?:the\s|all\s|your\s)?(?:terms|words|technical)
        |(?:bit|little|rather)\s(?:too\s)?(?:quick|fast|rushed)(?=\sfor\sme|\sto\sfollow|[.!,]|$)|(?:struggl\w+|hard
        |trying)\sto\s(?:keep\s(?:pace|up)
        |follow))\b""",
    "quicker": r"""\b(?:(?:go|move|we\sbe|bit|little|much|lot)\s(?:faster|quicker)
        |(?:faster|quicker|brisker|higher)(?:\splease|\sthrough|\space)|too\sslow(?:ly)?(?!\sdown)
        |(?:felt|was|bit)\s(?:(?:a\s)?(?:bit|little|rather|very)\s)?slow(?!\sdown)|slow\s(?:for\sme|going)
        |speed\s(?:it\s|things\s)?up|(?:pick|step)\sup\sthe\space
        |pace\s(?:could|should|might)\sbe\s(?:\w+\s)?(?:faster|quicker|higher)
        |(?:skip|leave\sout)\s(?:ahead|the\s(?:basics?|introduction|intro|easy)|what\si)
        |(?:know|knew|known)\s(?:most|all|much|half|a\slot|everything|this|that|it)(?:\sof\s(?:this|that|it))?\salready
        |already\s(?:know|knew|known)\s(?:most|all|much|half|a\slot|everything|this|that|it|the\sbasics)
        |(?:move|go|carry|get)\s(?:on|ahead|along|through\s\w+)\s(?:\w+\s)?(?:more\squickly|quicker|faster)
        |(?:too\s(?:long|much\stime)|so\slong)\s(?:on|with)\s(?:the\s|what\sis\s)?(?:easy|basics?|simple|beginning
        |introduction)
        |done\s(?:this|that|it)\s(?:all\s)?before(?=[,.!]|$))\b""",
    "less-at-once": r"""\b(?:less\scontent|jump\w*\s(?:about\s|around\s)?between\s(?:\w+\s)?(?:subjects|topics|things
        |points)|too\s(?:much|many)\s(?:subjects|content|things|topics|items|points
    |at\sonce|in\sone|for\sone)
        |fewer\s(?:topics|things|items|points)|one\s(?:thing|topic)\s(?:at|per|a)
        |(?:one|a\ssingle)\s(?:topic|thing|subject|exercise)\s(?:\w+\s){0,3}enough|cover\s(?:everything|too
        |so\smuch)|a\slot\sfor\sone
        |focus\son\s(?:one|a\ssingle|just\sone|only\sone|fewer)|overload\w*|crammed|packed|less\sat\s(?:once|a\stime)
        |less\son\sthe\sagenda
        |squeez\w+
        |(?:stick|keep)\sto\s(?:just\s)?one\s(?:topic|subject|thing|exercise)|less\sis\smore|is\s(?:one|two
        |three)\stoo\smany
        |(?:three|four|five|six)\s(?:exercises|topics|subjects|things)\sin\s(?:an|one|half\san)\s(?:hour|meeting
        |session))\b""",
    "deeper": r"""\b(?:deeper(?!\s(?:connection|trust|relationship|voice))|in\s(?:more\s|greater\s)?depth|more\sdepth
        |further\sinto|shallow|superficial(?:ly)?|(?:on|scratch\w*|skim\w*)\sthe\ssurface
        |(?:liked?|want(?:ed)?|need(?:ed)?|wish|please|with|in|into)\s(?:\w+\s)?more\sdetails?|(?:really
        |properly)\s(?:dig|dive)
        \sinto|dig\s(?:in|into|down)\b|to\sthe\s(?:hard|difficult|tricky)\s(?:part|bit|stuff|questions)s?
        |too\sbasic
        |only\s(?:\w+\s)?(?:touched|scratched|skimmed)|understand\sthe\swhy|the\swhy,?\snot
        |(?:go|get|look)\s(?:more\s|further\s)?into\s(?:the\s)?details?|get\sto\sthe\sbottom\sof|(?:longer
        |more\stime)\son\sone)\b""",
    "clear-structure": r"""\b(?:drift\w*|structure\w*|all\sover\sthe\splace|no\sagenda|wander\w*|off[\s-]?topic
        |ramble\w*|rambl\w+|(?:had|have|with|was|is)\sno\s(?:clear\s|real\s)?plan\b(?!\s(?:for|to)\b)
        |without\sa\s(?:clear\s)?plan\b|in\sall\sdirections|lost\strack|(?:follow|keep\sto|have|need
        |write)\san\s(?:\w+\s)?agenda|chaotic|chaos|messy|unstructured
        |jump(?:ed|ing|s)?\s(?:from|between|around|back)|lost\sthe\sthread|unfocuss?ed
        |stick\sto\sthe\s(?:plan|agenda)|clear(?:er)?\s(?:plan|agenda)
        |(?:never|not|didn.t|hardly)\s(?:knew|know|clear|sure)\s(?:\w+\s)?where\s(?:we\swere|it\swas
        |this\swas)\s(?:going|heading)
        |(?:need|want|like|have)\sa\s(?:\w+\s)?plan\sfor\sthe\s(?:hour|meeting|session))\b""",
    "start-on-time": r"""\b(?:(?:start|starts|started|starting|begin|beginning|join|arrive|arriving
        |be|being|come|comes)\s
        (?:\w+\s){0,2}on\stime(?!\s(?:off|for)\b)|punctual\w*|(?:turn(?:ed|s)?|show(?:ed|s)?)\sup\son\stime
        |(?:start|begin|began|join|arriv)\w*\s(?:\w+\s){0,3}(?<!too\s)late(?!r)|minutes?\slate|late\sagain
        |(?:am|was|were|are|be|he.s|she.s|came|comes?|turn(?:ed|s)?\sup|show(?:ed
        |s)?\sup)\s(?:\w+\s){0,3}(?<!too\s)late
        (?!\s(?:in\sthe|for\sme|at\snight))
        |kept\s(?:me\s)?waiting|(?:had\sto|always)\swait\sfor\s(?:him|her|them|you)
        |(?:the|every)\sstart\s(?:was|is|got)\s(?:\w+\s)?(?:delayed|late)|delayed\sstart
        |(?:came|arrived|joined|started|began|appeared)\s(?:\w+\s){0,3}(?:minutes?|quarter)\s(?:\w+\s){0,4}(?:after
        |past)\b
        |(?:sat|waited|stood|was)\s(?:\w+\s)?(?:alone|waiting)\s(?:\w+\s)?for\s(?:\w+\s)?(?:minutes?|quarter|half
        |ages))\b""",
    "end-on-time": r"""\b(?:end\son\stime|finish\son\stime|(?:end|finish|stop)\s(?:\w+\s){0,3}(?:earlier|early|sooner)
        |ran\sover|(?:ran|runs?|running|went|go(?:es|ing)?|was|were|minutes|always)\s(?:\w+\s)?over\stime|(?:run|ran
        |running)\slate
        |overran|(?<!no\s)rush(?:ed)?|out\sof\stime|(?:watch|mind|keep\san\seye\son)\sthe\s(?:clock|time)
        |finish(?:ed)?\son\stime|ran\sout\sof\stime
        |keep\sto\stime
        |(?:stop|end|finish)\s(?:\w+\s)?(?:at|by)\s(?:the|our)\s(?:agreed|planned|fixed)\s(?:time|hour)
        |(?:had\sto|must|needed\sto)\s(?:leave|go|run|drop\soff)\s(?:\w+\s){0,2}before\swe\b)\b""",
    "breaks": r"""\b(?:(?<!in\s)(?<!after\s)(?<!during\s)(?:an?|some|any|one|no|more|have|need(?:ed)?|take|without
        |with)
        \s(?:(?:short|little|quick|small|real|proper|longer|tea|coffee|stretch|comfort|(?:\d+|two|three|five
        |ten)[\s-]?min\w*)\s){0,2}(?:breaks?|breathers?|pauses?)
        (?!\s(?:down|up|through|out|even|the|it|room|in\s(?:my|your|the)\s(?:career|market|system)))
        |(?:\d+|two|three|five|ten)[\s-]?min\w*\s(?:breaks?|breathers?|pauses?)
        |(?:stop|rest|stretch)\s(?:\w+\s){0,2}(?:for\s)?(?:\d+|a|two|three|five|ten)\s(?:\w+\s)?(?:min\w*|moments?
        |while)
        |hour\s(?:straight|non-?stop|at\sa\sstretch|in\sone\sgo)
        |(?:\w+\s)?hours?\s(?:without\s(?:stopping|a\sstop)|of\s(?:screen|staring))|stretch\s(?:my|our|the|your)\slegs
        |(?:couldn.t|could\snot|can.t|hard\sto)\s(?:concentrate|focus)\s(?:for\s)?(?:that|so)\slong)\b""",
    "undisturbed": r"""\b(?:(?:without|no|fewer|free\sof|less)\s(?:\w+\s)?(?:interruptions|disturbances?|distractions?
        |disruptions?)|(?:phones?|mobiles?|laptops?|inbox|notifications?|slack)\s(?:\w+\s){0,3}(?:away|off|silent
        |muted?
        |buzz\w*|rang|ringing|rings|ping\w*|beep\w*|shut|closed)|put\s(?:\w+\s){1,3}phones?\saway
        |(?<!\bi\s)(?<!\bwe\s)(?:was|is|were|are|kept|keeps?|started)\s(?:\w+\s)?(?:read|check|answer|look|writ
        |typ)ing\s
        (?:\w+\s){0,3}(?:phones?|e?-?mails?|messages|inbox)
        |(?<!\bi\s)(?:took|takes|answer(?:s|ed))\s(?:a|the|his|her|their|two|three|several)\s(?:phone\s)?calls?
        |(?:called|pulled|dragged)\saway|pulled\sout(?!\s(?:an?|the|my|his|her|some)\b)
        |(?:kept|keep|keeps)\s(?:com|walk|popp|knock|burst)ing\s(?:in|by|on|over|past)
        |(?:got|was|were|get|be|being)\s(?:\w+\s)?(?:disturbed|distracted)
        |(?:switch|turn)\w*\soff\s(?:\w+\s){0,2}phones?|(?:look|star|glanc|typ|scroll)ing\s(?:\w+\s)?(?:at|on
        |in)\s(?:your|his|her|their)\sphone
        |(?:assistant|secretary|pa|colleagues?|people|somebody|someone)\s(?:came|walked|burst|popped
        |barged)\sin\s(?:\w+\s)?(?:times|twice|again|constantly))\b""",
    "look-back": r"""\b(?:(?:with|at|on|about|over|through|forgot|forget|of|back\sto)\swhat\s(?:we|i|you
        |each)\s(?:had\s|both\s
        |have\s)?
        (?:promised|agreed|committed)
        |(?:check|look|come|go|start|begin)\s(?:\w+\s){0,3}(?:on|at|to|over|through|with)\s(?:our|the|last|open|old|my
        |your
        |those|these)\s(?:\w+\s){0,2}(?:to-?dos?|actions?(?!\splan)|homework|promises|commitments)
        |(?:last|old|open|previous|earlier)\s(?:meeting.s\s|time.s\s)?(?:actions?|tasks|to-?dos?)
        |never\s(?:spoke|talked|heard|came|looked|mentioned)\s(?:\w+\s){0,3}again
        |(?:did|done)\smy\s(?:homework|task|bit|part)
        |(?:check|ask|see|say|hear|look\sat|talk\sabout)\swhat\s(?:came|became)\sof
        |(?:start|begin|open)\w*\swith\s(?:what|the\sthings)\swe\s(?:wanted|said|had|were\sgoing|promised|agreed)
        |forgot\s(?:\w+\s){0,4}(?:actions?|to-?dos?|agreements?))\b""",
    "recap": r"""\b(?:recaps?|summary\sof\s(?:the\s)?last|remind(?:er|ed)?\s(?:\w+\s){0,4}(?:last\s(?:time|meeting
        |session)
        |left\soff|stopped)|where\swe\s(?:left\soff|stopped|had\sstopped)
        |(?:go|run|look)\s(?:back\s)?(?:over|through)\s(?:\w+\s){0,3}(?:last\s(?:time|meeting|session)|did\sbefore)
        |forgot(?:ten)?\s(?:everything|(?:most|half)\sof\sit|what\swe\s(?:did|had|talked))
        |(?:couldn.t|could\snot|didn.t|did\snot|don.t|can.t|hardly)\sremember\s(?:\w+\s){0,3}(?:last|we\sdid|before)
        |look\sback\s(?:at|on|to)\s(?:the\s)?last\s(?:time|meeting|session))\b""",
    "firm-next-steps": r"""\b(?:next\ssteps?|follow[\s-]?up\w*|action\s(?:items?|points?)|who\sdoes\swhat
        |deadlines?|homework|agreed?\s(?:on\s)?what\sto\sdo\s(?:next|until|before)|clear(?:er)?\s(?:tasks?|to-?dos?
        |take-?aways?
        |actions?)|tasks?\suntil|forg[eo]t\s(?:\w+\s){0,2}(?:what\si|my)\s(?:had\s)?(?:promised|task|said|wanted)\w*
        |nothing\s(?:ever\s)?(?:follows?|followed|happens|happened|came\sof|changes)|commit(?!tee)\w*
        |concrete\s(?:steps|actions)
        |(?:ended|left|hung|hanging)\s(?:\w+\s){0,3}in\sthe\sair)\b""",
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
    "get-to-know": r"""\b(?:(?:get|getting)\sto\sknow\s(?:her|him|you|each|them|one|my|the\sother)\b
        |(?:more|some|bit\sof|little|(?:start|begin)\w*\swith|room\sfor|time\sfor)\s(?:\w+\s)?(?:small[\s-]talk
        |chit[\s-]?chat)
        |ice[\s-]?breakers?|less\sstiff|(?:coffee|chat)\s(?:\w+\s)?first|warm(?:ing)?[\s-]?up\s(?:first|together
        |a\s(?:bit
        |little))|(?:chat|talk)(?:ted|ed)?\s(?:\w+\s){0,2}about\s(?:normal|private|personal|everyday|life|ourselves
        |non-?work
        |hobb|weekend)\w*|(?:dive|jump)d?(?:ed)?\s(?:\w+\s)?(?:in)?to\s(?:work|business)|straight\s(?:in)?to\s(?:work
        |business)
        |more\spersonal(?!\s(?:tone|e?-?mail|data|touch))
        |(?:don.t|do\snot|hardly|never|still)\s(?:\w+\s)?know\s(?:\w+\s){0,4}as\sa\s(?:person|human)
        |(?:start|begin|open)\w*\swith\s(?:a\s)?(?:coffee|chat|tea|warm[\s-]?up))\b""",
    "something-new": r"""\b(?:(?:always|every\stime|again|still)\s(?:\w+\s){0,3}(?:the\s)?same\s(?:\w+\s)?(?:things?
        |exercises?|order|format|routine|way|pattern|structure|activit\w+|kind)|repetitive|monoton\w+|same\sold
        |surprise\s(?:me|us)|(?:different|other|new|another)\s(?:kinds?|types?|sorts?)\sof\s(?:\w+\s)?(?:exercise
        |activit)\w*
        |(?:try|want|like|with|some|more)\s(?:\w+\s)?(?:different|new|other)\s(?:exercises?|formats?|activit\w+)
        |more\svari(?:ety|ed|ation)|(?:mix|shake)\s(?:it|things)\sup|(?:in|into)\sa\srut
        |(?:do|try|have)\s(?:\w+\s)?something\s(?:\w+\s)?(?:different|new|else)\s(?:for\sonce|for\sa\schange
        |next\stime|please)
        |same\s(?:procedure|thing)\sas\severy|bor(?:ed|ing)\s(?:of\s|with\s)?(?:\w+\s)?same|for\sa\schange)\b""",
    "what-helped": r"""\b(?:(?:more|liked?|want|need|appreciate|get|some)\s(?:\w+\s){0,3}feedback
        (?=\s(?:(?:on|about)\s(?:how\s(?:i|we|you)|my\s(?:explain|teach|way|style))|please|would)|\W*$)
        |tell\sme\s(?:\w+\s){0,4}(?:what|if|whether|how)\s(?:\w+\s){0,3}(?:useful|helpful|helps?|helped|clear|lands?
        |landed|understood)
        |(?:know|sure|tell)\s(?:whether|if)\s(?:i|it|that|what\si)\s(?:\w+\s)?(?:explain\w*|lands?|landed|helps?|helped
        |makes\ssense)
        |(?:like|love|want)\sto\s(?:hear|know)\s(?:what\syou\s(?:took|learned|learnt|got|kept)|how\si\s(?:did|do
        |come\sacross)))\b""",
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
        |read\sbefore
        |(?:a\sday|two\sdays|the\sday|days)\s(?:ahead|before|earlier)\s(?:what|which)|(?:tell|let)\s(?:me
        |us)\s(?:\w+\s)?(?:a\sday|the\sday|two\sdays)
        \s(?:ahead|before))\b""",
    "test-the-tools": rf"""\b{_TOOL}\b[^.!?]{{0,40}}\b(?:{_FAILS}|{_DOES_NOT})\b|\b{_FAILS}\b[^.!?]{{0,30}}\b{_TOOL}\b
        |\b(?:wi-?fi|screen\s(?:froze|share)|log[\s-]?in|licen[cs]es?|blocked|access\sto|technical
        |tech\s(?:issues|problems)|didn.t\sload|(?:projector|beamer|headset|vpn|monitor)\b[^.!?]{{0,30}}\b(?:not
        |\w+n['’]t|fail\w*|broke\w*|crash\w*|problem)
        |(?:call|video|laptop|screen|link|it)\s(?:kept\s)?crash(?:ed|es|ing)\b|(?-i:Teams|Zoom|Webex)\s(?:kept|did
        |froze|drop\w*|would)|tools\sthat\swork|(?:use|try|switch\sto)\s(?:an?\s)?(?:different|another|other)\s(?:tool
        |app|software|platform)s?
        |(?:use|try|using)\s(?:something|anything)\selse)\b""",
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
        |(?:so|very)\snoisy|less\s(?:noisy|loud)
        |quiet\s(?:room|place|spot|corner)|(?:could|can|rather|prefer|like)\s(?:\w+\s){0,3}(?:20|25|30|40|45|50|60|75
        |90)\s?min\w*(?!\s(?:of|for))
        |(?:do|have|make\sit|meet\sfor|only|just)\s(?:\w+\s)?(?:full|half\san|whole|half)\shour(?!\sof)
        |(?:\d+\s?min\w*|hour)\s(?:is|was)\s(?:\w+\s)?
        (?:a\slot\sto\sfind|(?:too\s)?(?:tight|short|long)|not\senough)
        |(?:meet|meeting|talk|sessions?)\s(?:\w+\s){0,3}every\s(?:week|two\sweeks|second\sweek|month)
        |(?:weekly|fortnightly|monthly)\s(?:instead|meetings|please)
        |(?:half\san\shour|an\shour|\d+\smin\w*)\swould\sbe\s(?:\w+\s)?(?:enough|plenty)
        |(?:cut|shorten|extend|reduce)\s(?:it\s)?(?:\w+\s)?to\s(?:\d+|half|an|one|two|ninety|thirty|forty)
        |(?:take|have|plan|make\sit)\s(?:ninety|sixty|forty[\s-]five|two\shours|90|60|75)(?:\smin\w*)?\s(?:next
        |instead|please)
        |walk\sand\stalk|(?:could|can|let.s|shall|like\sto)\s(?:we\s)?(?:take|go\sfor|do|have)\sa\swalk
        |open[\s-]plan\s(?:was|is)|book\s(?:a|another|the)\s(?:\w+\s)?room
        |(?:could|can|let.s|shall|rather|like\sto|prefer\sto)\s(?:we\s)?meet\s(?:\w+\s)?(?:in|at)\s(?:your|my|the
        |another)\s(?:\w+\s)?(?:office|desk|room|caf[eé]|canteen|site|place)
        |(?:mon|tues|wednes|thurs|fri)days?\s(?:is|are)\s(?:\w+\s)?(?:bad|hard|difficult|tricky
        |impossible)(?=\sfor\s(?:me|us)|[.!,]|$)
        |(?:once|twice)\sa\s(?:week|month)\sis\s(?:\w+\s)?(?:too|not))\b""",
    "somebody-else": r"""\b(?:(?:could|can|may|would|might|ask|let|have|if|maybe|perhaps)\b[^.!?]{0,60}\b(?:colleagues?
        |somebody|someone|experts?|friends?|person|people|specialists?|juniors?)\s(?:\w+\s){0,6}(?:join|drop\sin
        |sit\sin
        |come\salong)\b|(?:bring|invite)\s(?:\w+\s)?(?:in\s|along\s)?(?:somebody|someone|an?\s(?:expert|colleague|guest
        |specialist)|(?:another|one\sof\s(?:your|my|our|the))\s(?:colleague|junior|expert|person|friend)s?)
        |(?:invite|bring|have|with|like|want|hear)\s(?:an?\s|some\s|outside\s)*guests?\b(?!\s(?:wi-?fi|account|network
        |room))
        |(?:could|can|like\sto|want\sto|let\sme)\s(?:we\s|i\s)?(?:meet|hear\sfrom|talk\sto|speak\sto)\s(?:another
        |other|some
        |somebody|someone)\s?(?:juniors?|people|colleagues?|trainees?|from|who|else)|(?:second|third)\s(?:view|opinion
        |voice)
        |(?:like|love|want)\sto\s(?:meet|hear\sfrom)\s(?:some(?:one|body)|another|others?)\s(?:in
        |from|who|of)
        |(?:could|can|may|let.s)\s(?:we\s|i\s)?(?:bring|invite)\s(?:my|your|a)\s(?!own|real
        |actual)(?:\w+\s){1,3}(?:along|once|over))\b""",
}
PATTERNS = {wish: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for wish, pattern in _WORDS.items()}
LEADS = re.compile(WANTS_TO_LEAD, re.IGNORECASE | re.VERBOSE)
TILTED = re.compile(TILTED_BY_THE_SENIOR, re.IGNORECASE | re.VERBOSE)
