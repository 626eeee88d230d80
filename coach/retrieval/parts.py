"""Passages and what people ask, grouped by their documents and sections."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from coach.retrieval.chunk import Embeddable, IndexedText
from coach.retrieval.lexical import Scores

Numbers = npt.NDArray[np.intp]


class Parts:
    """Which document and section each passage belongs to, and each line of what people ask, by number."""

    def __init__(self, passages: Sequence[Embeddable], asked: Sequence[IndexedText]) -> None:
        numbers: dict[str, int] = {}
        self.document_of: Numbers = np.array(
            [numbers.setdefault(p.document_id, len(numbers)) for p in passages], np.intp
        )
        self.documents = len(numbers)
        sections: dict[tuple[str, str | None], int] = {}
        self.section_of: Numbers = np.array(
            [sections.setdefault((p.document_id, p.section), len(sections)) for p in passages], np.intp
        )
        # Lines of a whole document are of no section: -1.
        self.document_of_line: Numbers = np.array([numbers[line.document_id] for line in asked], np.intp)
        self.section_of_line: Numbers = np.array(
            [-1 if line.section is None else sections[line.document_id, line.section] for line in asked], np.intp
        )
        self._all = _grouped(numbers[line.document_id] for line in asked)
        self._whole = _grouped(numbers[line.document_id] if line.section is None else None for line in asked)
        self._of_section = _grouped(
            None if line.section is None else sections[line.document_id, line.section] for line in asked
        )
        self._best_passage = None if self.documents == len(passages) else _Best(_grouped(self.document_of.tolist()))
        self._best_of_document, self._best_of_section = _Best(self._all), _Best(self._of_section)

    def lines_of_section(self, place: int) -> list[int]:
        """What is asked of the section of the passage at this place: numbers of lines."""
        return self._of_section.get(int(self.section_of[place]), [])

    def lines_of_whole(self, document: int) -> list[int]:
        """What is asked of a document as a whole."""
        return self._whole.get(document, [])

    def lines_of_document(self, document: int) -> list[int]:
        """What is asked of a document or of any part."""
        return self._all.get(document, [])

    def by_meaning(self, similarity: Scores, asked: Scores | None) -> tuple[Scores, Scores, Scores, Scores]:
        """The legs of meaning, from the cosines of passages and of lines."""
        document = similarity
        by_document = similarity
        if self._best_passage is not None:
            by_document = self._best_passage.put(similarity, np.zeros(self.documents, np.float32))
            document = by_document[self.document_of]
        if asked is None or not len(asked):
            return similarity, document, document, similarity
        of_documents = self._best_of_document.put(asked, by_document.copy())[self.document_of]
        return similarity, document, of_documents, self._best_of_section.put_each(asked, similarity, self.section_of)


class _Best:
    """The highest of the values in each group."""

    def __init__(self, groups: Mapping[int, Sequence[int]]) -> None:
        self._groups: Numbers = np.fromiter(groups, np.intp, len(groups))
        self._order: Numbers = np.fromiter(chain.from_iterable(groups.values()), np.intp)
        lengths = np.array([len(numbers) for numbers in groups.values()], np.intp)
        self._starts: Numbers = np.cumsum(lengths) - lengths

    def put(self, values: Scores, into: Scores) -> Scores:
        """Put each group's highest of `values` at its number in `into`."""
        if len(self._groups):
            into[self._groups] = np.maximum.reduceat(values[self._order], self._starts)
        return into

    def put_each(self, values: Scores, otherwise: Scores, group_of: Numbers) -> Scores:
        """For each item the highest of its group; `otherwise` where the group has none."""
        missing = np.float32(-2)
        best = self.put(values, np.full(int(group_of.max(initial=-1)) + 1, missing, np.float32))[group_of]
        return np.where(best == missing, otherwise, best)


def _grouped(numbers: Iterable[int | None]) -> dict[int, list[int]]:
    """Places by the number of their group; None belongs to none."""
    groups: dict[int, list[int]] = {}
    for place, number in enumerate(numbers):
        if number is not None:
            groups.setdefault(number, []).append(place)
    return groups
