"""Small documents that are in order, to be broken or changed by tests."""

from pathlib import Path

from coach.retrieval.chunk import Passage, chunk
from coach.retrieval.library import Library, read_library

GUIDANCE = """\
---
id: first-talk
title: The first talk
stages: [kickoff]
audience: [mentor, mentee]
evidence: practitioner
sources:
  - title: Mentoring toolkit
    publisher: University of Portsmouth
    year: 2020
updated: 2026-11-21
---

## Say hello

Tell each other how you got here.
"""

TOPIC = """\
---
id: weigh-a-trend
title: Weigh a trend
topic: innovation
stages: [building]
audience: [mentor, mentee]
evidence: framework
sources:
  - title: Mentoring toolkit
    publisher: University of Portsmouth
    year: 2020
updated: 2026-11-21
minutes: {least: 10, most: 20}
agenda: >-
  {mentor} brings one trend that everybody talks about, and {mentee} says what it would have to change here to matter.
prep:
  mentor: Choose a trend.
  mentee: Think of the last one.
---

## The idea

A trend is worth what it changes in a day of work.
"""

STARTERS = """\
---
id: starters-career-kickoff
title: Starters on careers
topic: career
stages: [kickoff]
audience: [mentor, mentee]
evidence: practitioner
sources:
  - title: Mentoring toolkit
    publisher: University of Portsmouth
    year: 2020
updated: 2026-11-21
---

## The mentor asks

- Which job taught you most?

## Either asks

- What would you do again?
"""

PLACES = {
    "guidance/first-talk.md": GUIDANCE,
    "topics/innovation/weigh-a-trend.md": TOPIC,
    "starters/starters-career-kickoff.md": STARTERS,
}


def write(folder: Path, documents: dict[str, str | bytes]) -> Path:
    """Put `documents` (path inside the library: content) under `folder`."""
    for name, content in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def guidance(name: str, body: str, *, title: str | None = None, stages: str = "kickoff") -> tuple[str, str]:
    """Path and text of a guidance document."""
    text = GUIDANCE.replace("id: first-talk", f"id: {name}").replace("[kickoff]", f"[{stages}]")
    text = text.replace("title: The first talk", f"title: {title or name.replace('-', ' ').capitalize()}")
    return f"guidance/{name}.md", text.partition("\n## Say hello")[0] + f"\n{body}\n"


def library_of(folder: Path, *documents: tuple[str, str]) -> Library:
    """Read a library of exactly these documents; `folder` must be new."""
    return read_library(write(folder, dict(documents)))


def many(count: int, *, changed: int | None = None) -> list[tuple[str, str]]:
    """`count` documents of one passage each, with words of their own; the text of number `changed` is another."""
    return [
        guidance(f"talk-{n}", f"## Part {n}\n\n{'Other' if n == changed else 'Some'} words: one{n} two{n} three{n}.")
        for n in range(count)
    ]


def passages_of(folder: Path, *documents: tuple[str, str]) -> list[Passage]:
    return chunk(library_of(folder, *documents))
