"""Whether calls are being answered, so that work for which nobody waits can give way to them."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Quiet:
    """Counts the calls under way. Probes and metrics, which come however quiet it is, are not to be counted."""

    def __init__(self) -> None:
        self._under_way = 0
        self._last = time.monotonic()
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def broken(self) -> Iterator[None]:
        """A call is being answered within."""
        self._under_way += 1
        self._none.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            self._last = time.monotonic()
            if not self._under_way:
                self._none.set()

    async def comes(self, for_s: float, at_most_s: float) -> None:
        """Return once no call was answered for `for_s` seconds from now on, or when `at_most_s` are over."""
        began = time.monotonic()
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                while (left := max(self._last, began) + for_s - time.monotonic()) > 0 or self._under_way:
                    await self._none.wait()
                    await asyncio.sleep(max(left, 0))
