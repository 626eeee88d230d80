"""How far a part has come, on standard error, and how long each of its cases took.

One line for each part: cases done of all, and seconds. On a terminal the line is written anew as cases are done.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO, TypeVar

T = TypeVar("T")

_EVERY_S = 0.5


class Watch:
    """Counts the cases of one part, and the seconds that each took, by its name."""

    def __init__(self, part: str, out: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.part = part
        self.seconds: dict[str, float] = {}
        self._done = self._all = 0
        self._out, self._clock = out or sys.stderr, clock
        self._began = self._said = clock()

    @property
    def whole(self) -> float:
        """Seconds since the part began."""
        return self._clock() - self._began

    def expect(self, cases: int) -> None:
        """So many cases more are to come."""
        self._all += cases

    def done(self, case: str, seconds: float) -> None:
        """One case more is done."""
        self._done += 1
        self.seconds[case] = self.seconds.get(case, 0.0) + seconds
        if self._out.isatty() and self._clock() - self._said > _EVERY_S:
            self._said = self._clock()
            self._out.write(f"\r{self._line(max(self._done, self._all))}")
            self._out.flush()

    def close(self, cases: int, outcome: str) -> None:
        """The part is over: its last line, with what came of it."""
        self._done = cases
        begin = "\r" if self._out.isatty() else ""
        self._out.write(f"{begin}{self._line(max(cases, self._all))}  {outcome}\n")
        self._out.flush()
        if self in _current:
            # What comes later is no case of this part.
            _current.remove(self)

    def _line(self, every: int) -> str:
        return f"evals: {self.part:<12} {self._done:>4} of {every:>4} cases  {self.whole:>6.1f} s"


_current: list[Watch] = []


def begin(part: str) -> Watch:
    """The watch of a part that begins now; `counted` tells it of the cases."""
    _current[:] = [Watch(part)]
    return _current[0]


def expect(cases: int) -> None:
    """Tell the watch of the part that so many cases are to come."""
    if _current:
        _current[0].expect(cases)


def done(case: str, seconds: float) -> None:
    """Tell the watch of the part that a case is done, and how long it took."""
    if _current:
        _current[0].done(case, seconds)


def counted(cases: Sequence[T], name: Callable[[T], str]) -> Iterator[T]:
    """The cases in turn; what is done with one, until the next is asked for, is its time."""
    watch = _current[0] if _current else None
    if watch is not None:
        watch.expect(len(cases))
    for case in cases:
        began = time.monotonic()
        yield case
        if watch is not None:
            watch.done(name(case), time.monotonic() - began)
