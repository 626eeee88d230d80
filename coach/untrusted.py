"""Text that people typed, made fit to be shown or to be quoted: no markup, no orders to a model.

What reaches a model is fenced besides, in `coach.prompts`.
"""

import re
import unicodedata

# Zero-width and direction marks can hide words from a reader, or turn them round.
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]")
_SCRIPT = re.compile(r"<\s*(script|style|iframe|object)\b.*?(?:<\s*/\s*\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>?")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_URL = re.compile(r"\b(?:(?:https?|ftp|file|data|javascript|mailto):\S+|www\.\S+)", re.IGNORECASE)
_MARKDOWN = re.compile(r"[`*|~]+|^[#>\s]+|\b_{1,3}(?=\w)|(?<=\w)_{1,3}\b", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n+")

# Forms of orders to a model, from public collections of prompt injections. A sentence that holds one is not quoted.
_ORDERS = tuple(
    re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        r"""\b(ignore|disregard|forget|override|overwrite|bypass|skip)\b .{0,60}
            \b(instruction|prompt|rule|guideline|previous|prior|above|earlier|everything|guard|policy)""",
        r"\b(previous|prior|above|earlier|new|updated|hidden|secret)\ instructions?\b",
        r"\b(system|developer)\ ?(prompt|message|instruction|override|mode|note)\b",
        r"\b(you\ are|you're)\ (now|no\ longer|from\ now|a\ (helpful|large|different|new))\b",
        r"""\b(act|behave|respond|pretend|role-?play)\b .{0,20}
            \b(as\ if|as\ an?\ (ai|assistant|model|bot|unrestricted|hacker|dan)|to\ be)\b""",
        r"""\b(respond|reply|answer|output|print|repeat|write|say|include|insert|append|add|put|begin|start|end|finish)\b
            .{0,40} \b(only|exactly|verbatim|the\ (words?|phrase|string|text|following|agenda)|this\ agenda
            |(every|each)\ (item|title|line)|your\ (reply|answer|output|response))\b""",
        r"""\b(reveal|leak|expose|disclose|dump|print|show|tell|repeat|send|share)\b .{0,60}
            \b(prompt|instructions|private\ notes?|partner'?s\ notes?|secrets?|passwords?|tokens?|api\ keys?|credentials
            |confidential)\b""",
        r"\b(jailbreak|do\ anything\ now|dan\ mode|prompt\ injection)\b",
        r"\b(ai|language|chat)\ ?(model|assistant|bot)[,:]?\ (must|should|will|shall|please|you)\b",
        r"\b(assistant|system|user|human|ai|model)\s*:",
        r"<\|.*?\|>|\[/?inst\]|<</?sys>>|\#\#\#\s*(instruction|system|response)",
        r"\b(begin\ (system|prompt|instructions?)|end\ of\ (data|prompt|instructions?|input))\b",
        r"\bignor(e|iere|ez|ar|a)\b .{0,40} \b(instruc|anweisung|istruzion|instruções|consignes)",
    )
)


def plain(text: str, limit: int = 300) -> str:
    """One line of text without tags, links, Markdown and invisible characters, at most `limit` characters.

    Longer text ends at a word with an ellipsis.
    """
    text = unicodedata.normalize("NFC", text)
    text = _INVISIBLE.sub("", text)
    text = "".join(
        " " if unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"} and char != "\n" else char for char in text
    )
    for pattern, instead in (
        (_COMMENT, " "),
        (_SCRIPT, " "),
        (_TAG, " "),
        (_LINK, r"\1"),
        (_URL, " "),
        (_MARKDOWN, ""),
    ):
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
    return any(pattern.search(text) for pattern in _ORDERS)


def quotable(text: str, limit: int = 300) -> str:
    """The text as the coach may quote it: plain, and without the sentences that give orders to a model.

    Empty when nothing is left.
    """
    raw = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    kept = [part for part in _SENTENCE.split(raw) if part and not orders_a_model(part)]
    result = plain(" ".join(kept), limit)
    return "" if orders_a_model(result) or not any(char.isalnum() for char in result) else result
