"""What a guard on a subject looks for: words that must come from the plan or the brief, and turns of phrase."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from coach.agenda.guard.draft import Text
from coach.vocabulary import plain_stems, stems

_FOLDER = Path(__file__).parent


class Subject:
    """One subject of `subjects.yaml`: its words and its turns of phrase."""

    def __init__(self, name: str) -> None:
        found = _subjects()[name]
        self._words = frozenset(stems(found.get("words", "").split())) - plain_stems()
        self._turns: dict[str, list[re.Pattern[str]]] = {}
        for turn in found["turns"]:
            pattern = re.compile(turn["says"], re.IGNORECASE)
            for word in turn["if"].split():
                self._turns.setdefault(word, []).append(pattern)
        self._looked_for = frozenset(self._turns)

    def is_in(self, text: Text) -> bool:
        """Whether a word of the subject stands in the text that it rests on nowhere, or a turn of phrase."""
        return not self._words.isdisjoint(text.foreign) or self.turn_in(text)

    def turn_in(self, text: Text) -> bool:
        """Whether a turn of phrase stands in the text that neither the brief nor its passages hold."""
        # Most texts hold no word of any turn: sets tell that in a hundredth of the time that the patterns take.
        for word in self._looked_for & text.word_set:
            for pattern in self._turns[word]:
                for match in pattern.finditer(text.cast):
                    if match.group().casefold() not in text.known:
                        return True
        return False


@cache
def _subjects() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.load(
        (_FOLDER / "subjects.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader
    )
    return found
