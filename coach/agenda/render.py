"""An agenda for reading: Markdown."""

import re
from typing import Any

_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")
# What begins a heading, a list, a line or a block of code at the start of a text.
_LEADING = re.compile(r"^(\d*)(#+(?=\s|$)|[+-](?=\s|$)|(?<=\d)[.)](?=\s|$)|-{2,}|~{3,}|=+$)")


def markdown(agenda: dict[str, Any]) -> str:
    """The agenda as Markdown. Text of people and models is escaped: it can bring in no markup of its own.

    `agenda` has the shape of the HTTP interface's Agenda, with the caller's own prep.
    """
    people = agenda["people"]
    names = {**people, "both": f"{people['mentor']} and {people['mentee']}", "either": "either of you"}
    numbers = {source["id"]: number for number, source in enumerate(agenda["sources"], start=1)}

    def cite(ids: list[str]) -> str:
        return "".join(f"[{numbers[key]}]" for key in ids if key in numbers)

    lines = [f"# {_text(agenda['title'])}", "", _text(agenda["summary"]), ""]
    lines += ["| when | what | who leads |", "|---|---|---|"]
    at = 0
    for item in agenda["items"]:
        until = at + item["minutes"]
        lines.append(f"| {at}–{until} min | {_text(item['title'])} | {_text(names[item['led_by']])} |")
        at = until
    at = 0
    for item in agenda["items"]:
        until = at + item["minutes"]
        lines += [
            "",
            f"## {at}–{until} min: {_text(item['title'])}",
            "",
            f"{_text(item['description'])} {cite(item['sources'])}".rstrip(),
        ]
        lines += ["", f"*Why: {_text(item['because'])}*"]
        at = until
    if agenda["starters"]:
        lines += ["", "## Conversation starters", ""]
        lines += [
            f"- **{_text(names[starter['asked_by']])}:** {_text(starter['text'])} {cite(starter['sources'])}"
            for starter in agenda["starters"]
        ]
    prep = agenda["prep"]
    lines += ["", f"## Your prep, {_text(people[prep['role']])} (only you see this; about five minutes)", ""]
    lines += [f"{number}. {_text(step)}" for number, step in enumerate(prep["steps"], start=1)]
    if agenda["sources"]:
        lines += ["", "## Sources", ""]
        for source in agenda["sources"]:
            references = "; ".join(source["references"])
            lines.append(
                f"{numbers[source['id']]}. {_text(source['title'])}, “{_text(source['section'])}”. Evidence: "
                f"{source['evidence']}, "
                f"updated {source['updated']}. Rests on: {_text(references)}."
            )
    lines += ["", "---", "", f"*{_text(agenda['notice'])}*", ""]
    return "\n".join(lines)


def _text(text: str) -> str:
    """One line of text in which no character is markup."""
    return _LEADING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))
