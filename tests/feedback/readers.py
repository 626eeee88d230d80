"""A reader of comments that costs nothing and remembers what it was given."""

import re
from collections.abc import Sequence

from coach.feedback import ThemeFound, Weighed


class WordReader:
    """Takes the words `time`, `agenda` and `chart` for themes."""

    THEMES = {"time": "time-and-scheduling", "agenda": "session-structure", "chart": "digital-skills"}

    def __init__(self, version: str = "words-1", *, fails: bool = False) -> None:
        self.version = version
        self.read_texts: list[str] = []
        self.batches: list[int] = []
        self._fails = fails

    async def read(self, texts: Sequence[str]) -> list[tuple[list[ThemeFound], bytes]]:
        if self._fails:
            raise RuntimeError(f"could not read {texts}")
        self.read_texts += texts
        self.batches.append(len(texts))
        return [
            ([ThemeFound(theme, "concern", 0.9) for word, theme in self.THEMES.items() if word in text], text.encode())
            for text in texts
        ]


class DoubtingReader(WordReader):
    """A reader that takes themes whose id stands in a text after `perhaps` for possible, and all others for unlikely.

    What holds no English, here a text with `reunión`, is not looked at for themes.
    """

    LEAST = 0.4
    ALL = (*WordReader.THEMES.values(), "power-dynamics", "rapport", "match-fit", "visibility-and-network")

    async def weigh(self, texts: Sequence[str]) -> list[Weighed]:
        found = []
        for text, (themes, vector) in zip(texts, await self.read(texts), strict=True):
            chances = dict.fromkeys(self.ALL, 0.01)
            chances |= {theme.theme: theme.confidence for theme in themes}
            chances |= dict.fromkeys(re.findall(r"perhaps ([a-z-]+)", text), 0.2)
            found.append(Weighed(tuple(themes), vector, {} if "reunión" in text else chances, self.LEAST))
        return found
