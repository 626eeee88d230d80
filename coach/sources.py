"""A passage of the library as a source, as everything that rests on one shows it."""

from typing import Any

from coach.retrieval.chunk import Passage


def source_of(passage: Passage) -> dict[str, Any]:
    """A passage as a source: what it is, how good its evidence is, how old it is and what it rests on."""
    front = passage.document.front
    return {
        "id": passage.id,
        "title": front.title,
        "section": passage.section,
        "evidence": front.evidence,
        "updated": front.updated.isoformat(),
        "references": list(passage.references),
    }
