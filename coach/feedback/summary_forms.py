"""A pair's summary for reading, as Markdown."""

from collections.abc import Iterator
from typing import Any

from coach.markdown import escaped

_DONE = {True: "done", False: "not yet", None: "open"}


def markdown(summary: dict[str, Any]) -> str:
    """The summary as Markdown, in which no text of a person or a model is markup.

    `summary` has the shape of the HTTP interface's FeedbackSummary, ready or waiting.
    """
    lines = ["# What you told each other", ""]
    lines += [escaped(summary["message"])] if summary["status"] == "waiting" else list(_ready(summary))
    return "\n".join([*lines, ""])


def _ready(summary: dict[str, Any]) -> Iterator[str]:
    people, series = summary["people"], summary["series"]
    yield (
        f"For {escaped(people['mentor'])} and {escaped(people['mentee'])}, from what you shared with each other. "
        "Both of you read the same."
    )
    numbers = {source["id"]: number for number, source in enumerate(summary["sources"], start=1)}
    yield from _list("What works", series["what_works"], people, "##")
    yield from _list("What to change", series["what_to_change"], people, "##")
    if summary["try_next"]:
        yield from ("", "## Try next", "")
        for one in summary["try_next"]:
            cited = "".join(f"[{numbers[key]}]" for key in one["sources"] if key in numbers)
            yield f"- **{escaped(one['title'])}.** {escaped(one['text'])} {cited}"
            yield f"  *Why: {escaped(one['because'])}*"
    if series["ratings"]:
        yield from ("", "## How your ratings move", "")
        yield "Each rating is from 1, the least, to 5, and says how a meeting was, not how a person is."
        yield ""
        for row in series["ratings"]:
            yield f"- **{escaped(row['label'])}.** {escaped(row['movement'])}"
    for session in summary["sessions"]:
        yield from ("", f"## Session {session['number']}, {session['held_at'][:10]}")
        yield from _list("What works", session["what_works"], people, "###")
        yield from _list("What to change", session["what_to_change"], people, "###")
        if session["asked_for"]:
            yield from ("", "### Asked for, and what became of it", "")
            for asked in session["asked_for"]:
                yield f"- {escaped(asked['text'])} **{_DONE[asked['done']]}**: {escaped(asked['how'])}"
    if summary["sources"]:
        yield from ("", "## Sources", "")
        for source in summary["sources"]:
            yield (
                f"{numbers[source['id']]}. {escaped(source['title'])}, “{escaped(source['section'])}”. Evidence: "
                f"{source['evidence']}, updated {source['updated']}. "
                f"Rests on: {escaped('; '.join(source['references']))}."
            )
    yield from ("", "---", "", f"*{escaped(summary['notice'])}*")


def _list(heading: str, statements: list[dict[str, Any]], people: dict[str, str], level: str) -> Iterator[str]:
    if not statements:
        return
    yield from ("", f"{level} {heading}", "")
    for statement in statements:
        authors = dict.fromkeys(people[rest["by"]] for rest in statement["rests_on"])
        who = escaped(" and ".join(authors))
        if statement["quote"]:
            yield f"- {who}: “{escaped(statement['text'])}”"
        elif all(name in statement["text"] for name in authors):
            yield f"- {escaped(statement['text'])}"
        else:
            yield f"- {escaped(statement['text'])} ({who})"
