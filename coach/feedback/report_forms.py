"""Theme reports for reading and for spreadsheets: Markdown and CSV."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from coach.feedback.report_words import Kind
from coach.markdown import escaped, visible

Content = dict[str, Any]

COLUMNS = (
    "period", "status", "respondents", "theme", "label", "kind", "people", "trend", "summary",
    "action 1", "action 2", "action 3", "sources", "note",
)  # fmt: skip
_KINDS: dict[Kind, str] = {"concern": "Concerns", "gain": "Gains", "emerging": "Emerging subjects"}
_TRENDS = {
    "up": "more than last time",
    "down": "less than last time",
    "flat": "as last time",
    "new": "not listed last time",
}

# What a spreadsheet would run rather than show.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def markdown(reports: Sequence[Content]) -> str:
    """The reports for reading, one behind the other. No text of theirs can bring in markup of its own."""
    return "\n".join(line for report in reports for line in _lines(report))


def _lines(report: Content) -> list[str]:
    lines = [f"# Feedback themes, {escaped(report['period'])}", ""]
    if report["status"] == "withheld":
        return [*lines, escaped(report["reason"]), "", f"*{escaped(report['notice'])}*", ""]
    lines += [f"Feedback from {escaped(report['respondents'])} people.", ""]
    if not report["themes"]:
        lines += ["No theme was raised by enough people to be listed.", ""]
    for kind, heading in _KINDS.items():
        themes = [theme for theme in report["themes"] if theme["kind"] == kind]
        if themes:
            lines += [f"## {heading}", ""]
        for theme in themes:
            lines += _theme(theme)
    if report["by_role"]:
        lines += _by_role(report)
    if report["sources"]:
        lines += ["## Sources", ""]
        lines += [
            f"- {escaped(source['title'])} ({escaped(source['id'])}, evidence: {escaped(source['evidence'])}, updated "
            f"{escaped(source['updated'])}). Rests on: {escaped('; '.join(source['references']))}."
            for source in report["sources"]
        ]
        lines.append("")
    return [*lines, f"*{escaped(report['notice'])}*", ""]


def _theme(theme: Content) -> list[str]:
    told = f"{escaped(theme['people'])} people"
    if theme["trend"]:
        told += f", {_TRENDS[theme['trend']]}"
    lines = [f"### {escaped(theme['label'])}", "", f"{told}. {escaped(theme['summary'])}".rstrip(), ""]
    lines += [f"- {escaped(action['text'])}" for action in theme["actions"]]
    return [*lines, ""] if theme["actions"] else lines


def _by_role(report: Content) -> list[str]:
    roles = list(report["by_role"])
    bands = {role: {theme["id"]: theme["people"] for theme in report["by_role"][role]["themes"]} for role in roles}
    lines = [
        "## By role",
        "",
        f"| theme | {' | '.join(f'{escaped(role)}s' for role in roles)} |",
        "|---" * (len(roles) + 1) + "|",
    ]
    told = [escaped(report["by_role"][role]["respondents"]) for role in roles]
    lines.append(f"| gave feedback | {' | '.join(told)} |")
    for theme in report["themes"]:
        told = [escaped(bands[role][theme["id"]]) for role in roles]
        lines.append(f"| {escaped(theme['label'])} | {' | '.join(told)} |")
    return [*lines, ""]


def table(reports: Sequence[Content]) -> str:
    """The reports as CSV (RFC 4180), a row for each listed theme, or one for a report without any.

    No cell can be run as a formula. Bands are followed by a word, since `3-5` alone becomes a date in spreadsheets.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for report in reports:
        for theme in report["themes"] or [None]:
            writer.writerow([_cell(value) for value in _row(report, theme)])
    return out.getvalue()


def _row(report: Content, theme: Content | None) -> list[str]:
    respondents = f"{report['respondents']} people" if report["respondents"] else ""
    note = report["reason"] or report["notice"]
    first = [report["period"], report["status"], respondents]
    if theme is None:
        return [*first, *[""] * (len(COLUMNS) - 4), note]
    actions = [action["text"] for action in theme["actions"]]
    sources = dict.fromkeys(source for action in theme["actions"] for source in action["sources"])
    return [
        *first,
        theme["id"],
        theme["label"],
        theme["kind"],
        f"{theme['people']} people",
        theme["trend"] or "",
        theme["summary"],
        *[*actions, "", "", ""][:3],
        "; ".join(sources),
        note,
    ]


def _cell(text: str) -> str:
    text = visible(text)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
