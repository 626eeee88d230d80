"""An agenda for reading: Markdown, and plain text for a mail."""

from collections.abc import Iterator
from textwrap import TextWrapper
from typing import Any, NamedTuple

from coach.markdown import escaped, one_line

MAIL_WIDTH = 78


def markdown(agenda: dict[str, Any]) -> str:
    """The agenda as Markdown. Text of people and models is escaped: it can bring in no markup of its own.

    `agenda` has the shape of the HTTP interface's Agenda, with the caller's own prep.
    """
    people = agenda["people"]
    names = _names(agenda)
    numbers = _numbers(agenda)
    lines = [f"# {escaped(agenda['title'])}", "", escaped(agenda["summary"]), ""]
    lines += ["| when | what | who leads |", "|---|---|---|"]
    at = 0
    for item in agenda["items"]:
        until = at + item["minutes"]
        lines.append(f"| {at}–{until} min | {escaped(item['title'])} | {escaped(names[item['led_by']])} |")
        at = until
    at = 0
    for item in agenda["items"]:
        until = at + item["minutes"]
        lines += [
            "",
            f"## {at}–{until} min: {escaped(item['title'])}",
            "",
            f"{escaped(item['description'])} {_cite(item['sources'], numbers)}".rstrip(),
        ]
        lines += ["", f"*Why: {escaped(item['because'])}*"]
        at = until
    if agenda["starters"]:
        lines += ["", "## Conversation starters", ""]
        lines += [
            f"- **{escaped(names[starter['asked_by']])}:** {escaped(starter['text'])} "
            f"{_cite(starter['sources'], numbers)}"
            for starter in agenda["starters"]
        ]
    prep = agenda["prep"]
    lines += ["", f"## Your prep, {escaped(people[prep['role']])} (only you see this; about five minutes)", ""]
    lines += [f"{number}. {escaped(step)}" for number, step in enumerate(prep["steps"], start=1)]
    if agenda["sources"]:
        lines += ["", "## Sources", ""]
        for source in agenda["sources"]:
            references = "; ".join(source["references"])
            rests_on = f" Rests on: {escaped(references)}." if references else ""
            lines.append(
                f"{numbers[source['id']]}. {escaped(source['title'])}, “{escaped(source['section'])}”. "
                f"{_standing(source)}{rests_on}"
            )
    lines += ["", "---", "", f"*{escaped(agenda['notice'])}*", ""]
    return "\n".join(lines)


class Paragraph(NamedTuple):
    """One paragraph of plain text; `first` and `rest` stand before its first and before each further line."""

    text: str
    first: str = ""
    rest: str = ""


def plain_text(agenda: dict[str, Any]) -> str:
    """The agenda for the body of a mail, in lines of at most 78 characters, as RFC 5322 advises.

    Made to be heard as well as seen: no drawn lines, no tables, and sources as numbered notes at the end. The caller's
    own prep comes last, under a heading that says so, and can be cut off. `agenda` is as for `markdown`.
    """
    wrapper = TextWrapper(MAIL_WIDTH, break_on_hyphens=False)
    lines: list[str] = []
    for text, first, rest in paragraphs(agenda):
        wrapper.initial_indent, wrapper.subsequent_indent = first, rest
        lines += wrapper.wrap(text) or [""]
    return "\n".join(lines) + "\n"


def paragraphs(agenda: dict[str, Any]) -> Iterator[Paragraph]:
    """The agenda in words alone, paragraph by paragraph; an empty one stands between its parts."""
    names, numbers, empty = _names(agenda), _numbers(agenda), Paragraph("")
    yield Paragraph(one_line(agenda["title"]))
    yield empty
    yield Paragraph(one_line(agenda["summary"]))
    at = 0
    for item in agenda["items"]:
        until = at + item["minutes"]
        yield empty
        yield Paragraph(f"Minutes {at} to {until}: {one_line(item['title'])}")
        yield Paragraph(f"Led by {one_line(names[item['led_by']])}.", "  ", "  ")
        yield Paragraph(f"{one_line(item['description'])} {_cite(item['sources'], numbers)}".rstrip(), "  ", "  ")
        if why := one_line(item["because"]):
            yield Paragraph(f"Why: {why}", "  ", "  ")
        at = until
    if agenda["starters"]:
        yield from (empty, Paragraph("Conversation starters:"))
        for number, starter in enumerate(agenda["starters"], start=1):
            who = one_line(names[starter["asked_by"]])
            asks = f"{who[:1].upper()}{who[1:]} asks: {one_line(starter['text'])} {_cite(starter['sources'], numbers)}"
            yield Paragraph(asks.rstrip(), f"{number}. ", "   ")
    if agenda["sources"]:
        yield from (empty, Paragraph("Notes on sources:"))
        for number, source in enumerate(agenda["sources"], start=1):
            note = f"{one_line(source['title'])}, “{one_line(source['section'])}”. {_standing(source)}"
            if references := one_line("; ".join(source["references"])):
                note += f" Rests on: {references}."
            yield Paragraph(note, f"[{number}] ", "    ")
    yield from (empty, Paragraph(one_line(agenda["notice"])), empty)
    person = one_line(names[agenda["prep"]["role"]])
    yield Paragraph(f"Your prep, {person}. Only you see this, so leave it out when you forward the rest:")
    for number, step in enumerate(agenda["prep"]["steps"], start=1):
        yield Paragraph(one_line(step), f"{number}. ", "   ")


def _standing(source: dict[str, Any]) -> str:
    """How good the evidence of a source is and how old it is, as a sentence."""
    if source["evidence"] == "program":
        return f"Your program's own document, of {source['updated']}; its evidence was not assessed."
    return f"Evidence: {source['evidence']}, updated {source['updated']}."


def _names(agenda: dict[str, Any]) -> dict[str, str]:
    """What the agenda calls whoever leads or asks."""
    people: dict[str, str] = agenda["people"]
    return {**people, "both": f"{people['mentor']} and {people['mentee']}", "either": "either of you"}


def _numbers(agenda: dict[str, Any]) -> dict[str, int]:
    return {source["id"]: number for number, source in enumerate(agenda["sources"], start=1)}


def _cite(ids: list[str], numbers: dict[str, int]) -> str:
    return "".join(f"[{numbers[key]}]" for key in ids if key in numbers)
