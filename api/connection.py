"""A connection of HTTP/1.1 on which nobody can send headers without end, or hold a place by sending next to nothing.

The server itself bounds neither: it would keep in memory whatever came, and the application, which refuses long
headers, is asked only once they are complete.
"""

from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api import problems
from api.headers import DATA, SAME

LARGEST_HEAD = 64 * 1024
HEAD_TIMEOUT_S = 30.0
# A body must come on by so many bytes in so many seconds, or to its end: no line in use is that slow.
BODY_TIMEOUT_S = 30.0
_LEAST_OF_BODY = 16 * 1024


class Connection(HttpToolsProtocol):
    """Answers 431 to a head of more than 64 KiB, and hangs up where a head or a body does not come to its end."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._in_head = False
        self._taken = 0
        self._deadline: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Whoever comes must say something soon."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and count it while the head is not complete."""
        counted = self._in_head
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and counted:
            self._taken += len(data)
            if self._taken > LARGEST_HEAD:
                self._refuse(431, "too-large", problems.TOO_LONG.format("headers", LARGEST_HEAD))
                return
        if self._in_head or self.cycle is None or self.cycle.response_complete:
            self._wait_for_head()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_head, self._taken = True, 0

    def on_headers_complete(self) -> None:
        """The head of a request has come whole."""
        self._in_head, self._taken = False, 0
        self._wait_no_more()
        super().on_headers_complete()
        self._deadline = self.loop.call_later(BODY_TIMEOUT_S, self._look_at_body)

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._taken += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request has come whole; how long its answer takes is the application's."""
        self._wait_no_more()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP in the form that every other error has."""
        self._refuse(400, "bad-request", "This is no request that can be understood. Send HTTP/1.1 as RFC 9112 has it.")

    def _refuse(self, status: int, kind: str, detail: str) -> None:
        """Answer without the application, which has not been asked, and hang up."""
        body = bytes(problems.problem(status, kind, detail).body)
        about = {"content-type": problems.MEDIA_TYPE, "content-length": str(len(body)), "connection": "close"}
        about |= {**SAME, "content-security-policy": DATA}
        lines = [f"{name}: {value}\r\n".encode() for name, value in about.items()]
        self.transport.write(b"".join([STATUS_LINE[status], *lines, b"\r\n", body]))
        self.transport.close()

    def _should_upgrade(self) -> bool:
        # There is no other protocol here: whoever asks for one is answered in this one, like everybody else.
        return False

    def _unsupported_upgrade_warning(self) -> None:
        # Anybody could fill the log with it.
        pass

    def _look_at_body(self) -> None:
        # Where nothing is read, it is the application that waits.
        if self._taken < _LEAST_OF_BODY and not self.flow.read_paused:
            self.transport.close()
            return
        self._taken = 0
        self._deadline = self.loop.call_later(BODY_TIMEOUT_S, self._look_at_body)

    def _wait_for_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_TIMEOUT_S, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
