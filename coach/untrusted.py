"""Text that people typed, made fit to be shown or to be quoted: no markup, no orders to a model.

What reaches a model is fenced besides, in `coach.prompts`.
"""

import re
import unicodedata
from collections.abc import Iterator

from coach.planted import planted_words, without_planted

# Zero-width and direction marks can hide words from a reader, or turn them round.
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]")
_SCRIPT = re.compile(r"<\s*(script|style|iframe|object)\b.*?(?:<\s*/\s*\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>?")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_URL = re.compile(r"\b(?:(?:https?|ftp|file|data|javascript|mailto):\S+|www\.\S+)", re.IGNORECASE)
_MARKDOWN = re.compile(r"[`*|~]+|^[#>\s]+|\b_{1,3}(?=\w)|(?<=\w)_{1,3}\b", re.MULTILINE)
# Without any of these there is nothing to remove.
_MARKED = re.compile(r"[<\[:`*|~#>_]|www\.", re.IGNORECASE)
_REMOVED = ((_COMMENT, " "), (_SCRIPT, " "), (_TAG, " "), (_LINK, r"\1"), (_URL, " "), (_MARKDOWN, ""))
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


class Lookout:
    """A pattern that is tried only where a text holds one of the parts that every match of it must hold.

    Most texts hold none, and looking for the parts is twenty times as quick as the pattern.
    """

    __slots__ = ("_first", "_needed", "_pattern")

    def __init__(self, needed: str, pattern: str, first: str = "") -> None:
        """`needed` are the parts, in small letters, with | between them; every match holds one of `first`, too."""
        self._needed = tuple(needed.split("|"))
        self._first = re.compile(first)
        self._pattern = re.compile(pattern, re.IGNORECASE | re.VERBOSE)

    def search(self, text: str, folded: str) -> bool:
        """Whether `text`, which is `folded(text)` besides, holds a match."""
        for part in self._needed:
            if part in folded:
                return self._first.search(text) is not None and self._pattern.search(text) is not None
        return False

    def finditer(self, text: str, folded: str) -> Iterator[re.Match[str]]:
        """Every match in `text`, which is `folded(text)` besides."""
        return self._pattern.finditer(text) if any(part in folded for part in self._needed) else iter(())


def folded(text: str) -> str:
    """The text without case. Patterns take a Turkish i with or without its dot for an i, and so does this."""
    return text.casefold().replace("\u0307", "").replace("ı", "i")


# Forms of orders to a model, from public collections of prompt injections. A sentence that holds one is not quoted.
# They are narrow on purpose: "use an AI assistant", "say exactly what I mean" and "share passwords safely" are goals
# that people have. In these patterns a space is written as "\ ".
_ORDERS = tuple(
    Lookout(*order)
    for order in (
        (
            "ignor|disregard|forget|overrid|overwrit|bypass|skip",
            r"""\b(ignore|disregard|forget|override|overwrite|bypass|skip)\b .{0,40}
            \b(instructions?|prompts?|guidelines|guardrails?|safety\ (rules?|filters?)|system\ (rules?|messages?)
            |(previous|prior|above|earlier|preceding)\ (text|messages?|rules?|content|context|orders?|inputs?)
            |(everything|all|anything)\ (of\ the\ |that\ (is|was)\ )?(above|before|prior|previous|previously|you)
            |rules?\ (above|before)|your\ (rules?|training|programming))\b""",
        ),
        (
            "instruction",
            r"\b(previous|prior|above|earlier|hidden|secret|real)\ instructions\b|\bnew\ instructions?\s*:",
        ),
        ("system|developer", r"\bsystem\ override\b|\b(system|developer)\ ?(prompt|message|instructions?)\s*:"),
        (" mode", r"\b(developer|god|debug|test|maintenance|admin)\ mode\b"),
        (
            "built you|trained you|output format",
            r"\b(who|that)\ (built|trained)\ you\b|\boutput\ format\b",
        ),
        (
            "you are|you're|from now",
            r"\byou(\ are|'re)\ (now(?!\ \w+ing\b)|no\ longer|from\ now)\b|\bfrom\ now\ on,?\ you\b",
        ),
        ("your ", r"\byour\ (new|real|only)\ (task|job|role|goal)\b"),
        (
            "act |behave |respond ",
            r"\b(act|behave|respond)\ (as|like)\ (if\ you|an?\ (ai|unrestricted|dan|evil|uncensored|different))\b",
        ),
        ("pretend |play a game", r"\bpretend\ (to\ be|you)\b|\bplay\ a\ game\s*:\s*you\ are\b"),
        (
            " only| exactly| verbatim",
            r"\b(respond|reply|answer|output|print)\ (only|exactly|verbatim)\b",
        ),
        ("only ", r"\bonly\ (respond|reply|answer|output|print)\b"),
        ("in your ", r"\bin\ your\ (reply|answer|output|response)\b"),
        (
            "word|phrase|string|text|token|item|title|line|slot|starter|your ",
            r"""(?<!each\ )(?<!both\ )\b(respond|reply|answer|output|print|repeat|write|say|include|insert|append|add
        |put|begin|start|end|finish)\b
            ((?!so\ that).){0,40} (\bthe\ (words?|phrase|string|text|token)\ ["'“‘«]?(?-i:[A-Z]{3})
            |\b(every|each|all)\ (items?|titles?|lines?|slots?|starters?)\b
            |\byour\ (reply|answer|output|response)\b)""",
        ),
        (
            "say |print |output |write |ignore |repeat |respond ",
            r"(?-i:\b(?:SAY|PRINT|OUTPUT|WRITE|IGNORE|REPEAT|RESPOND)\b\ [A-Z]{2})",
        ),
        (
            "your |system |private |partner",
            r"""\b(reveal|leak|expose|disclose|dump|print|show|tell|repeat|send|share|give|list)\b .{0,40}
            \b(your\ (system\ )?(prompt|instructions|rules|configuration)|system\ prompt|private\ notes?
            |partner'?s\ (private\ )?notes?)\b""",
        ),
        ("jailbreak|anything now|injection:", r"\b(jailbreak\w*|do\ anything\ now|prompt\ injection:)"),
        (
            "ai|llm|model|chatgpt|claude|gemini|copilot|assistant|bot",
            r"""^\W*(dear|hey|hi|hello|attention|note\ to|message\ to|to)\W+(the\ )?
            (ai|llm|language\ model|model|chatgpt|claude|gemini|copilot|assistant|bot)\b""",
        ),
        ("system|assistant|user|developer", r"^\W*(system|assistant|user|developer)\s*:"),
        ("<|[|###", r"<\|.*?\|>|\[/?inst\]|<</?sys>>|\#\#\#\s*(instruction|system|response)"),
        (
            "begin |end of ",
            r"\b(begin\ (system|prompt|instructions?)|end\ of\ (data|prompt|instructions?|input))\b",
        ),
        (
            # The same order in other languages.
            "ignor|ignorier|oubli|olvid|esque|vergiss|missacht|dimentic|забуд|игнорир|忽略|无视|忘记|無視|talimat"
            "|zignoruj|zapomnij"
            "|negeer|vergeet|تجاهل",
            r"""\b(ignor(ar?|iere\w*|ez|er|a|e)|oublie[zr]?|olvid[ae]|esque[cç]a|vergiss|missachte?|dimentica
        |negeer|vergeet|zignoruj
            |zapomnij)\b .{0,40} \b(instru[cçk]\w*|anweisung\w*|vorgaben|regeln|istruzion\w*|consigne\w*|règles
        |reglas|regras|regels
            |polece\w*|zasad\w*|opdrachten)
            |(забуд|игнорир)\w* .{0,40} (указани|инструкц|правил) |(忽略|无视|忘记).{0,12}(指示|指令|说明|规则)
            |(指示|命令).{0,12}無視 |talimat\w* .{0,30} (unut|yok\ say|görmezden) |تجاهل .{0,40} (التعليمات|الأوامر)""",
        ),
        (
            # Somebody else's voice, and what the coach is to do for it.
            " from ",
            r"""^\W*(note|notice|message|memo|announcement|reminder|order)\ from\ (the\ )?
            (program(me)?|coordinators?|office|admin\w*|system|coach|management|hr)\b [^:.!?]{0,20}:
            \s*(please\ )?(tell|say|write|add|ask|put|have|let|make|give|inform|remind|announce|praise)\b""",
        ),
        (
            "human|ai:|admin|reviewer|function|tool",
            r"""^\W*(human|admin(istrator)?|reviewer)\s*: |^\W*(function|tool)\ \w+\(\)
            |^\W*ai\s*:\s*(here|understood|sure|okay|certainly|i\ (will|can)|i'll)\b""",
        ),
        ('{"|"role|"content', r"""\{\s*" |"(role|content|tool_result|final)"\s*:"""),
        (
            '---|###|"""',
            r"""-{3,}\s*(begin|end)\b |\#{3,}\s*(end|begin|instruction|response|system) |["]{3}\s*-{3}""",
        ),
        (
            "agenda|reply|answer|output|response",
            r"""\b(agendas?|(?<!the\ )reply|answer|output|response)('s)?\ (must|has\ to|have\ to|shall)\ (start
        |begin|end|spell|contain|hold|say|be)\b
            |\b(all|each|every)\ (later\ |future\ |next\ )?agendas?\b .{0,50} \b(must|is\ called|starts?|ends?
        |begins?|add|point\ is)\b
            |\bagenda('s)?\ first\ (word|line|letters?)\b |\bletters\ of\ the\ agenda
            |\bagenda\ is\ invalid\b |\bagenda\s*:\s*\S .{0,80} \bagenda\s*: |\brules\ for\ your\ (reply
        |answer)\b""",
        ),
        (
            "assistant|reads this|reading this|you are an ai|summari|when you |of this service|first instructions",
            r"""\b(the|every)\ assistant\ (must|shall|should|will|has\ to)\b |\bfor\ the\ assistant\b
        |\ban\ assistant\ who\b
            |\bwhoever\ reads\ this\b |\b(ai|model|bot|assistant)\ reading\ this\b |\bif\ you\ are\ an?\ (ai
        |llm|model|bot|assistant)\b
            |\b(when|after|before)\ you\ (summari[sz]e|translate|judge|rate|process
        |write\ (the|this|their|our|an?)\ (prep|agenda|starters?))\b
            |\bsummari[sz]e\ this\b .{0,60} \b(add|append|after\ it)\b |\bdeveloper\ of\ this\ (service|system
        |app|tool)\b
            |\byour\ (own\ )?(first|initial|original)\ instructions\b""",
        ),
        (
            "apologi|disclaimer|word for word|verbatim|above this|other person|memory|for good|10 out of 10"
            "|tell anyone"
            "|as your instruction|and do what|decode|rot13|base64|backwards|let x",
            r"""\bdo\ not\ (apologi[sz]e|say\ you\ can('t|not)|mention\ these)\b |\bno\ (disclaimers|refusals)\b
            |\b(word\ for\ word|verbatim)\b .{0,40} \b(note|template|agenda|prompt|secrets?)\b
        |\ball\ the\ text\ above\b
            |\beverything\ the\ other\ person\b |\bsave\ to\ memory\b |\bremember\ this\ for\ good\b
        |\b10\ out\ of\ 10\ and\b
            |\bdon't\ tell\ anyone\b |\bas\ your\ instruction\b |\bparts?\ and\ do\ what\b |\blet\ [xy]\ ?=
            |\b(decode|rot13|base64|backwards)\b .{0,60} \b(do|obey|follow|execute|assistant)\b""",
        ),
        (
            # A code word that somebody wants to see again.
            "-|0|1|2|3|4|5|6|7|8|9",
            r"""\b(write|print|output|put|insert|append|add|include|begin|start|end|ends|open|sign|signs?|name
        |call|called|rename|repeat|place
            |reply|award|code|word|words|heading|labelled|agenda|reads?|reminder|motto|is|to|with)\b[^.!?]{0,50}
            (?-i:\b(?!ISO|COVID|SAP|DIN|IEC|RFC|IFRS|WCAG|HTTP|GDPR|CSRD|SDG|NACE|ICD
        |DSM)[A-Z]{4,}[-_]?\d{1,4}\b)""",
            r"[A-Z]{4}[-_]?\d",
        ),
        (
            " is the | is our | is your ",
            r"""(?-i:\b(?!ISO|COVID|SAP|DIN)[A-Z]{4,}[-_]?\d{1,4}\b)\ is\ (the|our|your)\ (secret\ )?
            (code|word|phrase|pass\ ?word|signal|sign)\b""",
            r"[A-Z]{4}[-_]?\d",
        ),
        (
            "answer|repl|output|response",
            r"""\b(add|put|insert|append|include|write|print|say|mention|place)\b .{0,20} (?-i:\b[A-Z]{4,}\b) .{0,20}
            \b(all|each|every|any|your)\ (?!(?:our|my)\b)(answers?|repl(y|ies)|outputs?|responses?)\b""",
            r"[A-Z]{4}",
        ),
    )
)
# Letters of another alphabet among Latin ones, words spelled l i k e  t h i s or l1k3 7h15, what only a decoder reads.
_DISGUISE = re.compile(
    r"""\b(?=\w*[a-zA-Z])(?=\w*[\u0370-\u03ff\u0400-\u04ff])\w{3,}\b
    |(?:\b\w[\ ._-]{1,3}){7,}\w\b
    |(?:\b(?=[\w]*[a-z])(?=\w*[0134579])\w{3,}\b\W+(?:\w+\W+){0,1}){4,}
    |\b(?=[A-Za-z+/]*\d)(?=[a-z0-9+/]*[A-Z])[A-Za-z0-9+/]{28,}={0,2}""",
    re.VERBOSE,
)
# The marks of a page, a program or a settings file, which no goal has: `</goal>`, `agenda[0].title =`, `opening_line:`.
_FORGED = re.compile(
    r"""</\s*(?:goal|goals|data|note|name|brief|plan|document|instructions?|system|user|assistant|context|input)\s*>
    |\b\w+\[\d+\]\.?\w*\s*= |\b[a-z]+_[a-z_]+\s*[:=] |(?:^|\s)(?://|\#)\s*(?:todo|noqa|fixme|note\ to)\b
    |(?:->|=>|→)\s*(?:agenda|output|answer|title|reply)\s*:
    |\bQ\s*:[^\n]*\bA\s*:
    |^\W*(?:planner|coach|agent|writer|scheduler|generator|bot)\s*:""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
# Letters with nothing to see between them: no Latin word has any.
_SPLIT = re.compile(r"[a-zA-Z](?:[\u200b-\u200f\u2060-\u2064\ufeff][a-zA-Z]){2}")
_TAG_CHARACTERS = re.compile(r"[\U000e0020-\U000e007f]")


def plain(text: str, limit: int = 300) -> str:
    """One line of text without tags, links, Markdown and invisible characters, at most `limit` characters.

    Longer text ends at a word with an ellipsis.
    """
    text = unicodedata.normalize("NFC", text)
    text = _INVISIBLE.sub("", text)
    if not text.isprintable():
        text = "".join(
            " " if unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"} and char != "\n" else char for char in text
        )
    # Removing one thing can make another of what stood around it, so until nothing changes.
    before = None
    while before != text and _MARKED.search(text):
        before = text
        for pattern, instead in _REMOVED:
            text = pattern.sub(instead, text)
    return shorten(" ".join(text.replace("<", "").replace(">", "").split()), limit)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters; cut at a word, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head = cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut
    return head.rstrip(" ,;:.") + "…"


def orders_a_model(text: str) -> bool:
    """Whether the text speaks to a language model rather than to a person."""
    without_case = folded(text)
    for order in _ORDERS:  # noqa: SIM110 - called for every sentence that anybody typed
        if order.search(text, without_case):
            return True
    return False


def gives_orders(text: str) -> bool:
    """Whether any sentence of a long text speaks to a language model rather than to a person."""
    raw = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return any(orders_a_model(part) for part in _SENTENCE.split(raw))


def quotable(text: str, limit: int = 300) -> str:
    """The text as the coach may quote it: plain, and as far as it gives no orders to a model.

    What follows an order or a disguise belongs to it. Empty when nothing is left.
    """
    seen = _TAG_CHARACTERS.split(text, maxsplit=1)[0]
    for mark in (_FORGED, _SPLIT):
        # From the beginning of the sentence that holds it.
        if found := mark.search(seen):
            begins = found.end() - len(found.group().lstrip())
            seen = " ".join(_SENTENCE.split(seen[:begins] + "\0")[:-1])
    raw = _INVISIBLE.sub("", unicodedata.normalize("NFKC", seen))
    kept: list[str] = []
    sentences = [part for part in _SENTENCE.split(raw) if part]
    planted = planted_words(sentences)
    for part in sentences:
        if orders_a_model(part) or _DISGUISE.search(part):
            break
        rest = without_planted(part, planted) if planted else part
        if rest:
            kept.append(rest)
        if rest != part:
            break
    result = plain(" ".join(kept), limit)
    # What came out as one of the sentences went in was looked at already.
    orders = kept != [result] and orders_a_model(result)
    return "" if orders or not any(map(str.isalnum, result)) else result
