"""A reader of comments that costs nothing and remembers what it was given."""

from collections.abc import Sequence

from coach.feedback import ThemeFound


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
