"""A passage of the library as a source, as everything that rests on one shows it."""

from typing import Any

from coach.retrieval.chunk import Passage


def source_of(passage: Passage) -> dict[str, Any]:
    """A passage as a source: what it is, how good its evidence is, how old it is and what it rests on.

    The evidence of what a program wrote itself is "program": nobody here has judged it, and the title says whose it is.
    """
    front = passage.document.front
    return {
        "id": passage.id,
        "title": f"From your program: {front.title}" if passage.kind == "program" else front.title,
        "section": passage.section,
        "evidence": front.evidence,
        "updated": front.updated.isoformat(),
        "references": list(passage.references),
    }
