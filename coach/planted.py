"""Made-up words that somebody who types a goal, a note or a name wants to see again in an agenda.

Such a wish reads like an honest one more often than not: “a heat map, Brizandel at the top of the page”. What gives it
away is a word that is no English beside words on where to put a word, or on what a word is called.
"""

import re

from coach.english import strange_words

# Where a made-up word is put, and in which part of what the coach writes.
_PUT = """
answer answers say says saying write writes writing print prints output outputs mention mentions include includes
including insert slip put puts add adds append title titled call calls called name named label begin begins start
starts open opens end ends finish sign signed send read reads repeat use uses using word words phrase code motto
carries carry show shows display contain contains holds spell set stand stands printed list listed appear appears
headed has have place heads close closes signs signature signatures leave palabra palabras wort mot mots palavra
parola woord kelime słowo ord
"""
_PART = """
agenda agendas heading headings headline headlines title titles line lines point points item items starter starters
section sections output reply answer response planner page summary prep opening closing topic topics fields field
column sentence paragraph description descriptions plans coach worksheet worksheets
"""
_BY_NAME = """
answer answers mention mentions mentioned label labels headed head title titled word phrase motto put puts insert
include write print output kirjoitetaan nimi called as addressed greet say says line ending start starts begin begins
end ends close closes heads sign signs place
"""
_PUTS, _PARTS, _PUTS_BY_NAME = frozenset(_PUT.split()), frozenset(_PART.split()), frozenset(_BY_NAME.split())
_ASKING = _PUTS | _PUTS_BY_NAME
_NEAR = 8
_WORD = re.compile(r"[^\W\d_]+")
# What stands in quotation marks or brackets, up to a line of verse.
_QUOTED = re.compile(r"""(?:["“„«([]|(?<!\w)['‘])([^]"”“»)’']{3,80})[]"”“»)’']""")
_CLAUSE = re.compile(r"[,;:]\s+|\s+[-–—]\s+")
_OPEN_BRACKET = re.compile(r"\([^)]*$")
# Codes of letters and digits that everybody uses.
_STANDARDS = frozenset(
    {"iso", "covid", "sap", "iec", "rfc", "ifrs", "wcag", "http", "gdpr", "csrd", "nace", "icd", "dsm"}
)
# Fewer words than these are no goal any more.
_LEAST_KEPT = 3
# A word, or a code with digits such as KELP-44; which of them are made up is found out afterward.
_W = r"[\"'“‘„«*]{0,2}(?P<word>[^\W\d_]{4,}(?:[-_]?\d{1,4})?)(?![\w])"
# In the languages of the attacks that are known: what a word is called, and the parts of a text.
_NAMING = r"""(?:words?|phrase|mott?o|slogan|label|by-?line|prefix|suffix|code\ ?word|pass\ ?word|safe\ word
    |watch\ ?word
    |tag\ ?line|marker|wort|kürzel|losung|kennwort|mot|palabra|palavra|parola|woord|słow[oau]|ordet|kelime(?:si)?)"""
_HEADING = r"""(?:titled?|headings?|headed|header|headline|subject|título|titre|titolo|titel|überschrift|tytuł|rubrik
    |başlık)"""
_EACH = (
    r"(?:each|every|all|jede[mnrs]?|alle[nr]?|chaque|tous|toutes|cada|todos|todas|ogni|elke|iedere|każd\w+|varje|her)"
)
_A_PART = r"""(?:titles?|head(?:ing|line|er)s?|lines?|texts?|items?|points?|pages?|summar(?:y|ies)|sentences?|steps?
    |topics?
    |starters?|sections?|captions?|plans?|agendas?|paragraphs?)"""
_PARTE = r"""(?:punkte?n?|zeilen?|titel|überschrift(?:en)?|tagesordnung|points?|lignes?|titres?|puntos?|líneas?|títulos?
    |pontos?|linhas?|punti|voce|voci|righe|titoli|regels?|punten|punkt\w*|wiersz\w*|tytuł\w*|rad|rader|rubrik\w*
    |satır\w*
    |başlık\w*|madde\w*|agenda\w*)"""
_ENDS = r"""(?:termin|empiez|empez|comien|comiec|começ|comec|commenc|finiss|beginn|ende[nt]|inizi|börja|slut|kończ
    |zaczyn
    |acab)\w*"""
_WISHES = tuple(
    (frozenset(needed.split()), re.compile(pattern, re.IGNORECASE | re.VERBOSE))
    for needed, pattern in (
        (
            # The word X, our motto is X, das Kürzel X, la palabra X.
            "word words phrase motto moto slogan label byline prefix suffix codeword password passwort watchword"
            " tagline marker wort kürzel losung kennwort mot palabra palavra parola woord słowo słowa słowu ordet"
            " kelime kelimesi",
            rf"\b{_NAMING}(?:\ of\ the\ \w+)?[\ :,]+(?:(?:is|be|was|sea|soit|ist|sei)[\ :]+)?{_W}",
        ),
        (
            # Title X, headed X, que el título sea X.
            "title titled heading headings headed header headline subject título titre titolo titel überschrift tytuł"
            " rubrik başlık",
            rf"\b{_HEADING}[\ :]+(?:(?:is|be|both|sea|soit|seja|sia|ist|sei|är)[\ :]+)?{_W}",
        ),
        (
            "subject agenda title plan heading",
            rf"\b(?:subject|agenda|title|plan|heading|door)\ ?(?:both|alike|too|also|each|:|is|be|=)+\ +{_W}",
        ),
        # X as the motto, X being the reference.
        (
            "motto label title heading headline word slogan opening greeting header signature watchword reference mark",
            rf"""{_W}\ (?:as|being)\ (?:the|its|our|a|their)\ (?:\w+\ )?(?:motto|label|title|head(?:ing|line|er)
            |(?:\w+)?word
            |slogan|opening|greeting|signature|reference|mark)\b""",
        ),
        # A clause of its own: “, X at the top of the page”.
        (
            "top head start end close beginning bold capitals title heading headline line text texts page summary door"
            " each every all signature verb",
            rf"""(?:[,;:(—–]\s*|\b(?:and|both|just|only|but|by|is|with)\s+){_W}\ (?:\w+\ ){{0,1}}?
            (?:(?:in|at|on|above|under|as)\ (?:the\ |its\ |each\ |every\ |all\ |any\ |their\ )?(?:top|head|start
            |end|close|beginning
            |bold|capitals|title|head(?:ing|line)s?|line|texts?|page|summary|signature|each|every|all)\b
            |before\ the\ first\b)""",
        ),
        (
            "headings heading titles labels",
            rf"\b(?:use|with|in|under|add|put)\ {_W}\ (?:headings?|titles?|labels?)\b",
        ),
        # Filed under X, goes by X in all texts, greeting us with X.
        ("filed listed goes", rf"\b(?:(?:filed|listed)\ (?:under|as)|goes\ by)\ {_W}"),
        (
            "greet greeting greets introduced introduce welcome",
            rf"\b(?:greet|introduc|welcom)\w*\ (?:\w+\ ){{0,2}}(?:with|by|as)\ {_W}",
        ),
        (
            "say says print utter chant",
            rf"\b(?:says?|prints?|utters?|chants?)\ {_W}\ (?:before|after|first|whenever|when)\b",
        ),
        ("mark seal stamp sign", rf"\b(?:bears?|carr(?:y|ies)|shows?)\ the\ (?:mark|seal|stamp|sign)\ {_W}"),
        # A code wherever each point of the plan is spoken of.
        (
            "each every all jede jeden jedes jedem jeder chaque cada ogni elke varje her każdy każda każdej every",
            rf"""\b{_EACH}\ (?:\w+\ )?(?:{_A_PART}|{_PARTE})\b[^.!?]{{0,40}}?\b(?P<word>[^\W\d_]{{4,}}-\d{{1,4}})\b
            | \b(?P<code>[^\W\d_]{{4,}}-\d{{1,4}})\b[^.!?]{{0,60}}\b{_EACH}\ (?:\w+\ )?(?:{_A_PART}|{_PARTE})\b""",
        ),
        # That word, in what follows it.
        (
            "that this same",
            r"""\b(?P<word>[^\W\d_]{4,}(?:-\d{1,4})?)\b[^.!?]{3,80}\b(?:carry|bear|use|repeat|show|say|open|close
            |begin|end|start)s?
            \ (?:with\ |on\ )?(?:that|this|the\ same)\ (?:label|word|name|mark|code|phrase|tag|sign)\b""",
        ),
        # The same in other languages: X en tête de chaque point, terminando cada punto con X, döp varje punkt till X.
        (
            "tête début fin inizio testa principio inicio final anfang ende begin einde início początku början slutet",
            rf"""{_W}\ (?:en\ tête|au\ début|à\ la\ fin|all['’]inizio|in\ testa|al\ (?:principio|inicio|final)
            |am\ (?:anfang|ende)
            |aan\ het\ (?:begin|einde)|no\ (?:início|fim)|na\ początku|i\ (?:början|slutet))\b""",
        ),
        (
            "cada chaque jede jeden jedes ogni elke varje każdy każdą każdego todos todas alle her",
            rf"""\b(?:{_ENDS}|nenn\w*|appel\w+|llam\w+|chiam\w+|noem\w*|nazw\w+|döp\w*)\ {_EACH}\ {_PARTE}
            \ (?:com|con|par|avec|mit|met|med|till|als|as|od)?\ ?{_W}""",
        ),
    )
)


def planted_words(sentences: list[str]) -> frozenset[str]:
    """The made-up words, without case, that somebody asks to see again in a part of what the coach writes."""
    told = [_WORD.findall(sentence) for sentence in sentences]
    small = [[word.casefold() for word in words] for words in told]
    return _asked_for(sentences, told, small) | _wished_for(sentences, small)


def without_planted(sentence: str, planted: frozenset[str]) -> str:
    """The sentence up to the clause that holds one of the words; empty where no clause of three words comes before."""
    kept = []
    for clause in _CLAUSE.split(sentence):
        if not planted.isdisjoint(word.casefold() for word in _WORD.findall(clause)):
            break
        kept.append(clause)
    else:
        return sentence
    before = _OPEN_BRACKET.sub("", ", ".join(kept)).strip(" ,;:")
    return before if len(_WORD.findall(before)) >= _LEAST_KEPT else ""


def _wished_for(sentences: list[str], small: list[list[str]]) -> frozenset[str]:
    """The made-up words that stand where a wish about the words of a text has them."""
    planted: set[str] = set()
    for sentence, words in zip(sentences, small, strict=True):
        said = frozenset(words)
        for needed, wish in _WISHES:
            if needed.isdisjoint(said):
                continue
            for found in wish.finditer(sentence):
                word = next(word for word in found.groupdict().values() if word)
                letters = word.rstrip("-_0123456789").casefold()
                # A code of letters and digits is made up, whether or not it begins with a word.
                if letters not in _STANDARDS and (letters != word.casefold() or strange_words((letters,))):
                    planted.add(letters)
    return frozenset(planted)


def _asked_for(sentences: list[str], told: list[list[str]], small: list[list[str]]) -> frozenset[str]:
    """The made-up words beside which a part of the agenda and the putting of a word are spoken of.

    It may stand in another sentence than what asks for it; then it is known by its quotation marks, its capitals or by
    being said twice. A name is as strange as a made-up word, and "ask Priyanka to put it on the agenda" is an honest
    task: fewer words that ask make a word with a capital suspect.
    """
    asking = [not _PARTS.isdisjoint(words) and not _ASKING.isdisjoint(words) for words in small]
    if not any(asking):
        return frozenset()
    planted: set[str] = set()
    seen: set[str] = set()
    for number, (sentence, words, folded_words) in enumerate(zip(sentences, told, small, strict=True)):
        strange = set(strange_words(folded_words)) - _STANDARDS
        # In what follows the first sentence even a name is one word too many.
        planted |= strange if number else seen & strange
        seen |= strange
        quoted = {word.casefold() for quote in _QUOTED.findall(sentence) for word in _WORD.findall(quote)}
        for place, word in enumerate(folded_words):
            if word not in strange:
                continue
            needed = _PUTS if words[place] == word else _PUTS_BY_NAME
            asked = asking[number] and not needed.isdisjoint(folded_words[max(0, place - _NEAR) : place])
            if asked or word in quoted or words[place].isupper():
                planted.add(word)
    return frozenset(planted)
