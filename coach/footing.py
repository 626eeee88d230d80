"""The words by which people say that rank stood between them: who has no turn, holds back, or is treated as below.

For verbose patterns that ignore case.
"""

_SPEAKING = r"""(?:speak\w*|disagree\w*|correct\w*|challeng\w*|contradict\w*|critici[sz]\w*|object\w*|argu(?:e|ing)
    |push(?:ing)?\sback|question(?:ing)?|be\s(?:\w+\s)?(?:honest|open|frank|blunt|candid|critical)
    |(?:say|saying)\s(?:no|it|that|what\si|anything|something|so|my\s\w+)|(?:have|give|share|voice)\s(?:an?|my)\s
    (?:opinion|view)|ask(?:ing)?|interrupt\w*|(?:tell|telling|teach\w*|show\w*|advis\w+)\s(?:him|her|them|you
    |some(?:one|body)|an?|my|the))"""
# Who holds back, and says so.
_HOLDS_BACK = rf"""(?:not\s(?:\w+\s)?|un)comfortable\s(?:giving\s(?:him|her|them)\s|contradicting|disagreeing
|correcting|challenging|criticizing
|criticising|saying)
    |(?:afraid|scared|worried)\s(?:that\s)?i['’]?(?:d|\s(?:would|might|could))\s(?:say|ask|look|sound|seem)
    |too\sjunior\sto
    |(?:censor|soften|tone)\w*\s(?:down\s)?(?:myself|my\s\w+|what\si)|(?:afraid|scared|too\sshy|nervous|anxious
    |hesitant|reluctant|uneasy|embarrassed|worried|intimidated
    |uncomfortable|awkward|not\scomfortable)\s(?:for\sme\s)?(?:to
    |about|of)\s(?:\w+\s)?{_SPEAKING}
    |(?:hard|difficult|tough|not\seasy|awkward|impossible
    |takes?\s(?:a\slot\sof\s)?courage)\s(?:for\sme\s)?to\s(?:\w+\s)?
    (?:speak\s(?:up|my\smind|openly|freely|out)|disagree|correct|challenge|contradict|critici[sz]e|push\sback
    |(?:tell|teach|show|advise)\s(?:him|her|them|some(?:one|body)\sso|an?\s(?:\w+\s)?(?:boss|director|executive
    |manager
    |vice|vp|head|chief|professor|ceo))|say\s(?:no|what\si|anything\scritical))
    |afraid\sof\swhat\s(?:happens|might|could|(?:he|she|they)\b)|fear\sof\s(?:\w+\s){{0,2}}(?:consequences
    |retaliation)
    |(?:can(?:no|['’])t|can\snot|could(?:n['’]t|\snot)|(?:do|did)(?:n['’]t|\snot)\s(?:feel\s)?(?:able\sto|i\scan
    |like\si
    \s(?:can|could)|i\scould)|unable\sto|not\sable\sto)\s(?:really\s|openly\s|freely\s|just\s)?(?:say\swhat\si
    |disagree
    |challenge|contradict|critici[sz]e|correct|speak\s(?:up|my\smind|openly|freely)|push\sback|question\s(?:him|her
    |them)
    |be\s(?:honest|frank|open|candid))
    |\bi\s(?:\w+\s)?(?:keep|kept|stay(?:ed)?|remain(?:ed)?|go|went|fell|fall)\s(?:\w+\s)?(?:quiet|silent)
    |b(?:ite|it|iting)\smy\s(?:tongue|lip)|\bi\s(?:\w+\s)?(?:hold|held)\sback\b(?!\swhile)|holding\smyself\sback
    |\bi\s(?:\w+\s)?(?:hardly|barely|scarcely)\s(?:ever\s)?(?:sa(?:id|y)|spoke|speak|talk(?:ed)?|g[eo]t\s(?:to
    |a\schance))
    |\bi\s(?:did|do|could)(?:n['’]t|\snot)\s(?:really\s)?(?:say|speak|talk)\s(?:very\s)?much
    |said\s(?:next\sto|almost|nearly|hardly)\s(?:nothing|anything)
    |(?:never|hardly\sever|rarely|(?:do|did)(?:n['’]t|\snot)(?:\sreally)?)\s(?:really\s)?(?:get|got)\sto\s(?:finish
    |speak|say
    |talk|answer|explain|decide|lead|end\s(?:a|my)|have\smy\ssay)
    |(?:no|not\sa|little|without\sa|(?:did|do)(?:n['’]t|\snot)\s(?:get|have)\s(?:a|the
    |much\s?(?:of\sa)?))\s?chance\sto
    \s(?:speak|say|finish|explain|talk|answer|lead)|no\sroom\sfor\s(?:me\b|my\s(?:view|voice|ideas?|opinion)s?)"""
# What is done to somebody who counts for less.
_DOWN = r"""(?:interrupted|cut\s(?:off|short)|talked\s(?:down\sto|over)|put\sdown(?!\s(?:as|for|to)\b)|shut\sdown
|shot\sdown|dismissed|ignored
    |patroni[sz]ed|belittled|overruled|lectured|quizzed|grilled|tested|sidelined|silenced|looked\sdown\s(?:on|upon)
    |brushed\s(?:off|aside)|waved\s(?:off|away|aside)|told\soff|scolded|reprimanded|humiliated|treated\slike
    |steamrolled|spoken\s(?:over|for)|laughed\sat|(?:evaluated|graded|assessed|examined|judged)(?!\s(?:on|for)\b)
    |not\sheard)"""
_PUT_DOWN = rf"""\b(?:i|we|my\s\w+)\s(?:\w+\s)?(?:was|am|were|are|is|be|been|being|get|gets|got|getting|feel|felt)\s
    (?:\w+\s){{0,2}}{_DOWN}
    |(?:dismiss|ignor|belittl|patroni[sz]|undermin|overrul|lectur|quizz?|grill|silenc|steamroll|sideline?)(?:es|s|ed|d|ing)?
    \s(?:me\b|what\si|my\s(?:idea|view|opinion|point|suggestion|question|work|answer)s?)
    |(?:dismissed|brushed|waved|shot|puts?|shuts?|talks?|talked|looks?|looked|cuts?)\s(?:me|my\s(?!name)\w+
    |what\si\s\w+)\s
    (?:off|aside|away|down|short)\b(?!\s(?:for|as|to)\b)|(?:look|talk)(?:s|ed|ing)?\sdown\s(?:on|to|at)\sme
    |(?:not|never|\w+n['’]t|hardly|barely)\s(?:\w+\s)?(?:taken\s(?:\w+\s)?serious(?:ly)?|take\sme\sserious(?:ly)?)
    |(?:am|was|feel|felt|get|got|do|did)(?:n['’]t|\snot|\snever)\s(?:\w+\s)?(?:heard|listened\sto)(?!\s(?:of|from
    |about)\b)|not\sasked\sbut\stold|asked,?\snot\stold|condescending\w*|cut(?:s|ting)?\sacross\sme|judg(?:e[ds]?
    |ing)\s(?:me\b|my\b|every\w*\b)|(?:makes?|made
    |making)\sme\sfeel\s(?:\w+\s)?(?:small|stupid|dumb|incompetent|inferior|unsure|like\san?)|roll(?:s|ed)\s(?:his
    |her|their)\seyes
    |(?:puts?|putting)\sme\son\sthe\sspot|(?:not|n['’]t|never)\s(?:\w+\s)?takes?\smy\s\w+\sserious(?:ly)?
    |my\s(?:opinion|view)\s(?:was|is)(?:n['’]t|\snot)\s(?:asked|wanted)
    |treat(?:s|ed|ing)\s(?:me\s)?(?:like|as)\s(?:the|an?|his|her|their)\s(?:help|service|support|it\b|staff|errand)
    |patroni[sz]ing|(?:made|makes|making
    |poked)\sfun\sof\s(?:me|my)|(?:acts?|act(?:ed|ing)|feels?)\ssuperior
    |(?:treat\w*|respect\w*)\s(?:\w+\s){{0,3}}(?:with\smore\srespect|as\sa\sjunior|like\sa\sjunior)|(?:order
    |command)(?:s|ed)\sme\sto|expected\sto\s(?:agree|nod)
    |(?:counts?|held|hold|used?)\sagainst\sme|my\svoice\s(?:gets?|got|is|was)\slost|no\s(?:space|room
    |time)\s(?:for\sme\s)?to\s(?:speak|talk|say)
    |\bmy\s(?:opinions?|views?|voice|ideas?|input)\s(?:(?:does|do|did)(?:n['’]t|\snot)|never
    |hardly)\s(?:\w+\s)?(?:count|matter)
    |tests?\sme\swith|test(?:s|ed|ing)\sme\b|(?:end(?:ed)?\sup|me)\s(?:taking|writing)\s(?:the\s)?(?:notes
    |minutes)\sfor
    |(?:his|her|their)\s(?:phone|mails?|laptop|watch|messages)\s(?:while|when)\si\s(?:\w+\s)?(?:speak|talk|explain
    |show|present)\w*
    |calls?\sme\s.?(?:kid|girl|boy|son|young\slady)"""
# Who has the floor, and who decides.
_HAS_THE_FLOOR = r"""(?:does|did|do|doing)\s(?:\w+\s)?(?:(?:almost|nearly)\s)?(?:most|all|the\smajority
|three\squarters
    |(?:\d+|ninety|eighty)\s?(?:%|percent))\sof\sthe\stalking
    |(?:he|she|they)\s(?:\w+\s)?(?:speaks?|spoke)\s\d+\s?(?:%|percent|minutes)|(?:he|she|they)\s(?:\w+\s)?talk(?:s
    |ed)?\s(?:way\s|far\s)?(?:too\smuch|non-?stop|all\sthe\stime|the\swhole)
    |answer(?:s|ed|ing)?\s(?:his|her|their)\sown\squestions?|(?:ha[sd]|wants?|wanted|gets?|got|need(?:s
    |ed)?)\s(?:to\shave\s)?
    the\slast\sword|always\s(?:has\sto\sbe\sright|knows?\s(?:it\s)?(?:better|best|everything))|know[\s-]it[\s-]all
    |has\sto\sbe\sright|domina(?:t\w+|nt)|pull(?:s|ed|ing)?\srank|steer(?:s|ed|ing)\s(?:\w+\s){1,4}(?:to|back\sto
    |toward)s?\s
    (?:his|her|their)\s|(?:turn|made|make)(?:s|ed)?\s(?:it|everything|this)\s(?:in)?to\s(?:his|her
    |their)\s(?:meeting|show)
    |(?:he|she|they)\s(?:\w+\s)?(?:makes?|made|takes?|took)\s(?:all|every|most\sof|the)\s(?:of\s)?(?:the\s)?decisions?
    |(?:he|she|they)\s(?:always\s|alone\s|just\s)?(?:decides?|decided|chooses|chose|picks?|picked)\s(?:everything
    |what\swe
    |on\s(?:the\stopics?|everything))|(?:the\sfloor|the\sroom)\s(?:is|was)\s(?:always\s)?(?:his|hers|theirs)\b"""
_RANK = r"""hierarch\w+|rank|seniority|pecking\sorder|power\s(?:gap|imbalance|distance|differen\w+|dynamics?
|relation\w*
    |balance|play|game)s?|top[\s-]down|balance\sof\spower|(?:too\smuch|so\smuch)\srespect\sfor|(?:acts?
    |behaves?)\sas\sif\s(?:he|she)\s|how\s(?:senior|important|experienced)\s(?:he|she)\sis|boss['’]?s\sboss
    |(?:could|can|might)\sfire\sme|stand\sup\sto\s(?:him|her|them)|the\sboss(?!\sof\b)|intimidat\w+
    |not\s(?:\w+\s)?(?:on|at)\s(?:the\ssame|an?\sequal)\s(?:level|footing)|eye[\s-]level|(?:feel|felt|am
    |was)\s(?:\w+\s)?(?:inferior|beneath\s(?:him|her)|a\snobody|less\simportant)
    |(?:boss|manager|teacher|master|superior)[\s-](?:and[\s-])?(?:employee|subordinate|pupil|student|servant|staff)
    |(?:acts?|behaves?|acted|behaved)\slike\s(?:my|a|the)\s(?:boss|manager|superior|teacher)
    |as\sif\si\s(?:\w+\s)?(?:report(?:ed)?\sto|work(?:ed)?\sfor)|(?:status|title|position|rank|role)\smakes?\sit
    |(?:on|at)\s(?:an\sequal
    |equal)\s
    (?:level|footing|terms)|(?:because\sof|due\sto|given|uses?|used|using|behind|despite)\s(?:his|her
    |their)\s(?:\w+\s)?
    (?:title|position|rank|seniority|status|authority|role|grade|power|level)
    |(?:decid\w+|has\sa\ssay)\s(?:\w+\s){0,2}(?:on|about|over|in)\s(?:\w+\s)?my\s
    (?:promotion|career|contract|appraisal|review|future|bonus|job|pay)
    |because\s(?:he|she|they)(?:['’]s|['’]re|\sis|\sare)\s(?:\w+\s){0,2}(?:boss|director|manager|chief|senior|superior
    |executive|vice|head|older|above)|(?:so|this|that|much)\ssenior\b(?=\W*(?:$|[.,;!?]|to\b|than\b|person|people))"""
# Meetings that are not between two equals.
_AS_IF = r"""(?:(?:fe(?:lt|el|els|eling)|was|is|were|run)\s(?:\w+\s){0,3}(?:like|than)
    |(?:treat(?:s|ed|ing)|(?:talk|speak)(?:s|ed|ing)?\sto|see(?:s|n)?|use[sd]?)\sme\s(?:like|as))\s(?:being\s
    |i\s(?:was|am)\s)?
    (?:(?:in|at|on|with|back)\s){0,2}(?:an?|my|some|the|his|her|their)\s(?:\w+\s){0,2}?(?:interview|exam|interrogation
    |report|review|assessment|status|performance|appraisal|inspection|audit|hearing|oral|school\w*|classroom|jury|pupil|student|child|kid
    |intern|trainee|assistant|secretary|servant|subordinate|apprentice|audience|note[\s-]taker)
    |more\slike\san?\s(?:\w+\s){0,2}(?:interview|exam|interrogation|report|status|appraisal|inspection|audit|hearing
    |lecture)"""
_TURNS = r"""talk(?:ed|ing|s)?\sover|interrupt\w*|(?:would|will|does|did|do)(?:n['’]t|\snot)\s(?:even\s
|really\s)?listen(?:ing)?\b(?!\s(?:to\s)?(?:music|podcasts?|the\srecording))
    |kept\sagreeing|hardly\slet\sme|corrects?\severy|(?:was|is)\sall\sabout\s(?:him|her|them)\b|jokes?\s(?:at
    |about)\s(?:my\sexpense|me)|impress\s(?:him|her|them)\b
    |(?:like|as\sif\si\s(?:was|were)|as)\s(?:his|her|their|a)\s(?:subordinate|student|pupil|employee)
    |spoke?n?\sover
    |(?:cut|cuts|cutting)\s(?:me|them|her|him)\soff|afraid\sto|scared\sto
    |dared?\s(?:not|to)|(?:did(?:n.t|\snot)|never)\sdared?|(?:felt|feel|feeling)\s(?:so\s)?(?:small|stupid|judged
    |unsafe)
    |(?:did(?:n.t|\snot)|do(?:n.t|\snot)|never)\s(?:really\s)?fe(?:el|lt)\ssafe
    |(?:could(?:n.t|\snot)|can(?:no|.)t|hard\sto|not\seasy\sto)\s(?:\w+\s)?(?:disagree|contradict|say\sno|object)
    |(?:did(?:n.t|\snot)|never)\s(?:\w+\s)?(?:say|tell)\s(?:\w+\s)?what\si\s(?:\w+\s)?th(?:ink|ought)
    |careful\s(?:with|about)\swhat\si\ss(?:ay|aid)|(?:bit|bite|held?|hold)\smy\stongue|(?:not
    |n['’]t)\s(?:\w+\s)?feel\sfree\sto|(?:had|have)\sto\s(?:agree|please\s(?:him|her))|must\splease
    |said\syes\s(?:although|but|though|and\smeant)|held\s(?:myself\s)?back
    |kept\squiet|(?:mostly|only|just)\slistened|only\s(?:got|get)\sto\s(?:speak|talk|say)
    |(?:was|is|felt\slike|be)\s(?:\w+\s)?(?:his|her|their)\s(?:meeting|show|stage)|answered\sfor\sme
    |decides?\severything|lectured\s(?:me|us)|(?:explained|explains)\smy\s(?:own\s)?\w+\s(?:\w+\s)?to\sme
    |(?:an?|like\san)\s(?:interview|interrogation|exam)
    |(?:did|do|could)(?:n.t|\snot)\sget\sa\sword\sin|word\sin\sedgeways?|did\s(?:most
    |all)\sof\sthe\stalking|took\sover|equals?\b
    |speak\sfreely|be\scandid|nodded|only\snod|deferr?\w*|one[\s-]sided|(?<!he\s)(?<!she\s)(?<!they\s)let\sme\sfinish
    # Who has no turn of their own.
    |finish\w*\s(?:my|a|one|any)\s(?:own\s)?(?:sentences?|thoughts?|points?|words)|(?:get
    |come)\sto\sthe\send\sof\s(?:a|my|one)\s\w+
    |(?:he|she|they)\s(?:\w+\s)?(?:jump|step|break|butt|chime|cut)(?:s|ed)?\sin
    |(?:speaks?|spoke|talk(?:s|ed)|sum(?:s|med)\sup|decid(?:es|ed)|thinks?)\sfor\sme
    |always\s(?!me\b|i\b)\w+\swho\s(?:decid|choos|pick|set|talk|speak|lead|start|begin)\w*
    |(?:mostly|mainly|(?:nearly|almost)\sonly)\s(?:he|she|they)\s(?:spoke|speaks?|talk(?:s|ed)?)
    |(?:he|she|they)\s(?:mostly|mainly|only|did\snothing\sbut)\s(?:spoke|speaks?|talk(?:s|ed)?|lectured?)
    |(?:he|she|they)\s(?:spoke|speaks?|talk(?:s|ed)?)\s(?:for\s)?(?:most|(?:nearly\s|almost\s)?all|the\swhole)
    |instead\sof\slistening|(?:he|she|they)\s(?:did|do|does)(?:n.t|\snot)\s(?:really\s|even\s)?listen
    |(?:he|she|they)\snever\slistens?|monolog\w*|monopoli[sz]\w+|waits?\sfor\s(?:his|her|their)\sturn|(?:hold(?:s
    |ing)?|held)\sforth
    |(?:(?:does|did|do|would|will|wo|never)(?:n['’]t|\snot)?|never)\s(?:ever\s|really\s)?lets?\sme\s(?:talk|speak
    |finish|answer|show|explain|lead|in)
    |(?:never|(?:does|did|do)(?:n['’]t|\snot)|hardly)\s(?:\w+\s)?asks?\s(?:me\s)?(?:what\si|for\smy|my\s(?:view
    |opinion))
    |(?:please|should|could|would|can|to|wish\s\w+|must|needs?\sto)\s(?:just\s|really\s|also\s)?listen\s(?:more
    |better|to\sme|instead|first)|listen\smore
    |(?:take|taking|took)\sturns\s(?:to\s)?(?:speak|talk|in)\w*|(?:equal|fairer?|same|more\sequal
    |balanced)\s(?:speaking|talking|air)[\s-]?times?
    |(?:balance|share)\w*\s(?:in|of|out)?\s?(?:who\s|the\s)?(?:talk|speak)\w*|(?:less|stop|no\smore)\slectur\w+
    |(?:gave|gives|giving)\sme\sorders
    |order(?:s|ed)\sme\saround|boss(?:es|ed|ing)\s(?:me\s)?around|overrid\w+\smy|always\s(?:his|her
    |their)\s(?:topics?|choice|agenda|way)
    |(?:could|did|can)(?:n['’]t|\snot|not)\s(?:\w+\s)?finish\sa\ssingle|talks?,?\s(?:and\s)?i\s(?:just\s
    |only\s)?listen
    |(?:could|like\sto|want\sto|let\sme|may\si)\s(?:speak|talk|go|begin|start|answer)\sfirst|(?:always\s)?(?:is\s
    |was\s)?(?:always\s)?led\sby\s(?:him|her|them)
    |(?:ha[sd]|have)\sthe\ssay|giv(?:es?|ing)\sorders|(?:took|takes|grabs?|grabbed)\sthe\s(?:mouse|keyboard|pen
    |laptop)\s(?:out\sof|from|away)
    |talk(?:s|ed)\s(?:only\s|mostly\s)?about\s(?:him|her)self|(?:just|only)\sthere\sto\s(?:nod|listen|agree|take)
    |(?:uses?|used)\s(?:the|our)\s(?:meeting|session|hour)s?\s(?:to|for)\s(?:push|sell|his|her|their)|ask\s(?:his
    |her|their|for)\s(?:\w+\s)?permission
    # Who says less than they think, or gives in.
    |swallow(?:ed|ing)?\s(?:what\si|my\s(?:words|view|opinion|answer|question)|it)
    |(?:kept|keep)\s(?:it|that|my\s\w+|what\si\s(?:\w+\s)?th(?:ink|ought))\sto\smyself
    |(?:end(?:ed)?\sup|only|simply)\s(?:agree\w*|sa(?:id|y|ying)\syes|nodd\w*|giving\sin|gave\sin)
    |(?:agree\w*|nod\w*|laugh\w*|sa(?:id|y)\syes|(?:go|went)\salong)\s(?:\w+\s){0,4}because\s
    (?:of\s(?:who|what|his|her|their)|(?:he|she|they)\s)
    |(?:just|simply|only)\s(?:go|went)\salong|permission\sto\s(?:speak|talk|say|ask|disagree)|told\swhat\sto\sthink
    |talk(?:s|ed|ing)?\sdown\sto\sme|(?:answers?|answered|speaks?|replie[sd])\sbefore\si\s(?:\w+\s)?(?:done|finish\w*)
    |steers?\s(?:\w+\s)?back\sto\s(?:him|her)self
    |let\s(?:him|her|them)\s(?:win|have\s(?:it|the\slast\sword|(?:his|her|their)\sway))
    |when(?:ever)?\si\s(?:disagree|contradict|object|push\sback|say\sno)
    |(?:frank|candid|honest|blunt|open)\swith\s(?:him|her|them|some(?:body|one)|(?:a|my)\s(?:boss|director|senior))
    |room\s(?:gets?|got|goes|went|turned)\s(?:\w+\s)?(?:cold|quiet|silent|frosty|icy)
    # Rank by other names.
    |(?:signs?|approves?|writes?|decides\son|does|has)\smy\s(?:leave|holidays?|vacation|appraisal|bonus|contract
    |salary|rating|review|promotion)
    |levels?\s(?:up|above)|after\sall\s(?:he|she)\sis|(?:he|she)\sis\s(?:\w+\s){1,3}after\sall
    |in\s(?:his|her)\sdays?(?!-)|behind\s(?:his|her)\s(?:\w+\s)?desk|visitor.s\schair
    |(?:he|she|they)\s(?:\w+\s)?correct(?:s|ed)\sme
    |(?:feel|felt|feeling|treat(?:s|ed)\sme|talk(?:s|ed)\sto\sme)\s(?:like|as)\s(?:an?\s|some\s)(?:\w+\s)?(?:pupil
    |schoolchild|schoolboy|schoolgirl|child|kid|student|intern|trainee|subordinate|servant|secretary)
    |explain(?:s|ed)\s(?:to\s)?me\swhat\s(?:the\s)?(?:young|women|my|people\smy)"""

# Who sits there as one does before somebody higher, and what is said to somebody lower.
_BEFORE_THE_BOSS = r"""tongue[\s-]tied|(?:i|mind)\s(?:\w+\s)?(?:go|went|goes)\s(?:completely\s|totally\s)?blank
    |ma(?:kes|king|de)\sme\sfreeze
    |what\s(?:was|am|could|can)\si\s(?:\w+\s)?(?:to\s)?(?:say|do)\b
    |(?:you|one)\s(?:(?:do|does|can)(?:n['’]t|\snot|not))\s(?:really\s|just\s|simply\s)?(?:tell|correct|contradict
    |interrupt|argue\swith|say\s(?:no|that|pass))\b|if\si(?:['’]m|\sam)\sallowed\sto|was\sallowed\sto\s(?:speak|finish
    |say|talk|answer)
    |(?:kept|keep|catch\smyself|caught\smyself|end\sup|ended\sup|just|only)\s(?:nodding|agreeing|smiling|apologi[sz]ing
    |asking\s(?:for\s)?permission)|(?:not|n['’]t)\s(?:want|dare)\sto\s(?:look|sound|seem|come\sacross)\s
    (?:\w+\s){0,3}(?:critic\w+|rude|stupid|difficult)
    |(?:told|tell|telling|say|said|saying)\s(?:\w+\s){0,3}what\s(?:he|she|they)\s(?:\w+\s)?(?:want|like)\w*\sto\shear
    |(?:afraid|scared|nervous|anxious|hesitant|reluctant|uneasy|awkward|hard|difficult|tough|not\seasy)\s
    (?:for\sme\s)?to\s(?:give|be\sgiving)\s(?:\w+\s){0,2}(?:feedback|criticism|(?:an\s|my\s)?opinion)\s(?:to|on)\b
    |called\s(?:in|to)\s(?:the|his|her)\soffice|\bbeing\s(?:called\sin|summoned)|been\s(?:called\sin|summoned)
    |(?:being|be|am|i['’]m|was|i\sam)\s(?:\w+\s){0,2}(?:assessed|graded|tested|examined|evaluated)\b(?!\s(?:on|for)\b)
    |reporting\s(?:up\s)?to\s(?:him|her|them)\b|when\si\swas\syour\sage
    |(?:you['’]ll|you\swill)\s(?:\w+\s)?(?:understand|see|learn)\s(?:\w+\s)?(?:when|once|one\sday)
    |when\syou(?:['’]ve|\shave)\sbeen\s(?:here|around|in\s)|only\s(?:have|had|got)\s(?:\w+\s){1,2}years?\s(?:of|in)\b
    |(?:my\s(?:\w+\s)?|me\s|it\s)(?:was\s|is\s)?.?(?:cute|adorable)\b
    |(?:grades?|ranks?|pay\sgrades?)\sabove|skip[\s-]level|signs?\soff\s(?:on\s)?my\s
    |my\s(?:boss|manager|supervisor|team\slead)\sreports\sto|(?:report|reports)\sto\s(?:him|her)\b(?=[^.!?]*\b(?:hard
    |difficult|careful|honest|say|open|speak))
    |but\s(?:he|she)(?:['’]s|\sis)\s(?:still\s)?(?:the|a|an|my)\s(?:\w+\s){0,2}(?:boss|director|manager|chief|head|ceo|cfo
    |coo|vp|president|partner|professor|executive)\b
    |(?:he|she)(?:['’]s|\sis)\sused\sto\s(?:being|getting|giving|having)\s(?:listened|obeyed|heard|in\scharge|right|orders
    |(?:his|her)\sway|the\slast)|clear\swho\s(?:was|is)\sin\scharge|sets?\sthe\stone|runs\sthe\sshow"""
# Meetings in which the junior is the pupil after all.
_WRONG_WAY_ROUND = r"""who\s(?:is|was|['’]s)\s(?:\w+\s)?(?:mentoring|teaching|coaching)\s(?:who|whom)\b
    |(?:him|her|he|she|was|is|ended\sup|kept|keeps|started)\s(?:\w+\s)?mentoring\sme\b|(?:he|she)\smentor(?:s|ed)\sme\b
    |the\swrong\sway\s(?:a)?round|so\smuch\sfor\s.?reverse|not\s(?:very|so|really|exactly|much)\s.?reverse\b
    |(?:was|were|of|just|mostly|mainly|only|is)\s(?:just\s|mostly\s|all\s)?(?:him|her)\s(?:talking|speaking|explaining
    |lecturing|telling)|(?:gave|gives|giving|hands|handed|handing|set|sets)\sme\s(?:\w+\s)?(?:homework|tasks|orders
    |instructions|assignments)
    |we\s(?:\w+\s)?(?:did|do|discuss(?:ed)?|talk(?:ed)?\sabout)\swhat(?:ever)?\s(?:he|she)\s(?:want|like|decide|need)\w*
    |room\sfor\smy\s(?:side|part|own|views?|voice|ideas?|opinions?|thoughts?|points?|words)
    |like\s(?:a|some)\s(?:visitor|guest|applicant|candidate|supplicant|schoolboy|schoolgirl|accused|defendant)\b
    |(?:check|read|answer|look|typ|scroll)\w*\s(?:\w+\s){0,3}(?:phone|mails?|e-?mails?|messages|laptop|watch)\s
    (?:\w+\s){0,2}(?:while|when|during|through|throughout|as)\s(?:i|my|me)\b
    |(?:took|takes|picks?\sup|picked\sup|answers|answered)\s(?:\w+\s){0,2}(?:calls?|phone)\s(?:\w+\s){0,2}(?:while|when
    |during|in\sthe\smiddle\sof)\s(?:i|my|me|we|our)\b
    |correct(?:s|ed|ing)\smy\s(?:english|german|french|spanish|grammar|spelling|pronunciation|accent|words|language)
    |(?:did|done|was|were|things|worked)\s(?:\w+\s){0,2}(?:back\s)?in\s19[5-9]\d"""

# What a senior says who kept the floor, or who sees the junior hold back.
TILTED_BY_THE_SENIOR = r"""\b(?:(?:caught|catch|found|notic\w+|hear|heard)\s(?:\w+\s){0,2}(?:myself|i)\s(?:\w+\s)?
    (?:lectur\w+|preach\w+|explain\w*|tell\w*|talk\w*|advis\w+|interrupt\w*|teach\w*|mentor\w*|giv\w+\s(?:\w+\s)?
    (?:advice|orders|tips)|answer\w*|correct\w*|direct\w*|grad\w+|do(?:ing)?\s(?:all|most))
    |\bi\s(?:\w+\s){0,2}(?:lectured|preached|monologued|patroni[sz]ed|talked\sover|talked\sdown|cut\s(?:him|her)\soff
    |answered\smy\sown|finish(?:ed)?\s(?:his|her)\s(?:sentences?|thoughts?)|(?:gave|give|giving)\s(?:\w+\s){0,2}(?:advice
    |orders)|handed\sout\s(?:tasks|orders|homework)|held\sforth|pulled\srank|took\s(?:it\s|everything\s)?over|(?:took|grabbed)\s(?:\w+\s){0,2}(?:keyboard|mouse|pen)|hogged
    |monopoli[sz]ed|went\son\sand\son|(?:talked|spoke|talk|speak)\s(?:far\s|way\s)?too\smuch|did\s(?:it|everything)\s(?:all\s)?(?:by\s)?myself)
    |(?:turned|made)\sit\sinto\s(?:a|my)\s(?:\w+\s)?(?:lecture|monologue|speech|sermon|meeting|show|review|appraisal)
    |(?:ask|listen)\smore\sand\s(?:\w+\s)?(?:tell|talk|speak|explain)\w*\sless|(?:tell|talk|speak|explain)\w*\sless\s
    and\s(?:\w+\s)?(?:ask|listen)\w*\smore|too\smuch\s(?:of\s)?me\b|too\slittle\s(?:of\s)?(?:him|her)\b
    |(?:need|ought|have|got(?:ta)?|should|must|learn)\s(?:to\s)?(?:\w+\s){0,2}(?:shut\sup|talk\sless|speak\sless
    |hold\sback|bite\smy\stongue|listen\smore|be\squiet(?:er)?)
    |(?:director|boss|manager|management|executive|leader|chief|teacher|partner|ceo|professor|expert)(?:['’]s)?[\s-]
    (?:mode|reflex|habits?|role)\b|(?:one|person)\swith\s(?:all\s)?the\sanswers|i\s(?:\w+\s)?(?:always\s)?ha(?:ve|d)\s
    (?:to\shave\s)?the\slast\sword|old\shabits?\b(?=[^.!?]*\b(?:board|boss|command|lead|direct|office))
    |my\s(?:position|title|rank|seniority|grade|role)\s(?:gets?|got|is|was|stands?|stood|makes?|made|intimidates?|silences?
    |does|weighs?)|(?:because\sof|suspect\s(?:\w+\s){0,3}|due\sto)\s?my\s(?:position|title|rank|seniority|grade|role)
    |(?:at|of)\smy\slevel\b(?=[^.!?]*\b(?:problem|honest|truth|opinion))
    |(?:he|she|they|mentor)\s(?:\w+\s){0,2}(?:soften(?:s|ed)?|sugar-?coat(?:s|ed)?|filter(?:s|ed)?\s(?:what|everything)|tones?\sdown
    |holds?\sback|held\sback|hesitat\w+|wait(?:s|ed)?\sfor\s(?:my\s)?permission|ask(?:s|ed)?\s(?:my\s|for\s)
    (?:\w+\s)?permission|(?:goes|went)\squiet\s(?:when\w*|once|if|as\ssoon\sas|the\smoment)\s(?:i|we)\b|(?:falls|fell)\ssilent|shuts\sup
    |clams?\sup|agree[sd]?\s(?:to|with)\s(?:everything|all|whatever)|(?:hardly|barely|rarely|scarcely)\s(?:ever\s)?
    (?:speaks?|talks?|says?|disagree\w*|contradict\w*|interrupt\w*|challeng\w+|dares?)|never\s(?:disagree\w*
    |contradict\w*|challeng\w+|object\w*|says?\sno|push\w*\sback|interrupts?|dares?))\b
    |(?:he|she|they|mentor)\s(?:\w+\s){0,2}(?:does|did|do|would|will)(?:n['’]t|\snot)\s(?:\w+\s)?(?:dare|speak\sup
    |say\s(?:much|what|a\sword|anything)|contradict|disagree|push\sback|challenge|object|tell\sme|be\shonest|trust\sme)
    |(?:he|she|they|mentor)\s(?:(?:is|was|seem(?:s|ed)?|looks?|looked|feels?|felt|gets?)\s)(?:\w+\s){0,2}(?:afraid|scared
    |intimidated|deferential|timid|(?:nervous|shy|careful)\s(?:with|around|before)\sme|too\s(?:polite|careful|nice|kind|respectful))
    |(?:afraid|scared|intimidated|frightened|in\sawe)\s(?:of|by)\sme\b
    |(?:calls?|calling|called)\sme\s.?(?:mr|mrs|ms|sir|ma['’]?am|madam|doctor|professor|dr)\b
    |tells?\sme\s(?:only\s)?what\s(?:\w+\s){0,4}(?:want|like)\w*\sto\shear
    |laughs?\sat\s(?:all|every\w*)\s(?:of\s)?my\sjokes?|(?:honest|frank|straight|real|true|critical|candid)\s(?:opinions?|answers?|views?
    |feedback|words?)\s(?:out\sof|from)\s(?:him|her|my\smentor|them)
    |feel\s(?:more\s)?free(?:r)?\sto\s(?:push|disagree|contradict|challenge|speak|criticise|criticize|say|interrupt|object)
    |(?:push\sback|contradict\sme|challenge\sme|disagree\swith\sme|interrupt\sme|criticise\sme|criticize\sme)\smore
    |(?:do|does)(?:n['’]t|\snot)\sneed\sprotecting|advice\snobody\sasked)\b"""

# What says that the two were not on one footing.
UNEQUAL = rf"""\b(?:{_RANK}|{_HOLDS_BACK}|{_PUT_DOWN}|{_HAS_THE_FLOOR}|{_AS_IF}|{_TURNS}|{_BEFORE_THE_BOSS}
    |{_WRONG_WAY_ROUND})\b"""
# What a junior says who wants to lead. Of a senior it is no complaint about rank.
WANTS_TO_LEAD = r"""\b(?:can|could|may)\si\s(?:lead|open|chair|run\sthe\smeeting)\b|\b(?:like|want)\sto\s(?:lead
|open|chair)\sthe\s(?:\w+\s)?(?:meeting|session)\b
    |(?<!he\s)(?<!she\s)(?<!they\s)\blet\sme\s(?:also\s)?(?:(?:lead|run|chair|steer)(?:\s(?:more|it
    |(?:the|this|our|a|one)\s(?:next\s)?(?:meeting|session|hour|talk|conversation|part))\b|\W*$)
    |decide|open\s(?:the\smeeting|next)|speak|have\s(?:the\sfloor|my\ssay))
    |\b(?:i\s(?:would|want|wish|hoped?|need)|i['’]d)\s(?:\w+\s){0,3}(?:(?:lead|run|chair|steer)\s(?:more|it
    |(?:the|this|our|a)\s(?:next\s)?(?:meeting|session|hour|talk|conversation))|have\s(?:more\sof\s)?a\ssay)\b
    |\bmore\s(?:(?:of\s(?:a|the)\s)?say|of\sthe\sfloor|airtime|speaking\stime)\b"""
