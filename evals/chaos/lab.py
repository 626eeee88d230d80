"""Where experiments take place: folders with a ready index, the seed, the sizes, and the progress that is shown."""

import random
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from evals.chaos.processes import Place


@dataclass
class Lab:
    """One run. `index` is a ready index, copied wherever its building is not what is tried."""

    folder: Path
    index: Path
    kills: int
    soak_s: float
    seed: int
    began: float = field(default_factory=time.monotonic)
    places: int = 0

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self.began

    def random(self, name: str) -> random.Random:
        """Chance for one experiment, the same in every run with this seed."""
        return random.Random(f"{self.seed} {name}")

    @contextmanager
    def place(self, database_url: str | None = None, *, indexed: bool = True) -> Iterator[Place]:
        """A folder for one service's data, removed afterwards."""
        self.places += 1
        place = Place(self.folder / f"{self.places}", database_url)
        place.data_dir.mkdir(parents=True)
        if indexed:
            shutil.copytree(self.index, place.data_dir / "chroma")
        try:
            yield place
        finally:
            shutil.rmtree(place.folder, ignore_errors=True)

    def say(self, text: str) -> None:
        """Tell on standard error how far the run is."""
        print(f"[{self.seconds:4.0f} s] {text}", file=sys.stderr, flush=True)
