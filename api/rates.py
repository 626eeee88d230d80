"""How often one may call: counted by address and by token with `limits`, in this process or in Redis.

A server cannot tell a guess from a mistyped token, so an address that sends many that are not good must wait with all
its calls, but for tokens that were good there before: one script with a token that has ended must not lock out the
whole office. Tokens have 256 random bits: this keeps noise away rather than luck.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string

from coach.errors import CoachError
from coach.settings import Settings

log = structlog.get_logger(__name__)

T = TypeVar("T")

DEFAULT_PER_MINUTE = 6_000
# A request waits no longer than that for Redis, and after that Redis is left alone for a while.
REDIS_TIMEOUT_S = 0.5
_LEFT_ALONE_S = 5.0
_MOST_KNOWN = 50_000


class TooManyRequests(Exception):
    """A limit is reached; `retry_after` says in how many seconds it is worth trying again."""

    def __init__(self, message: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(message)


@dataclass(frozen=True)
class _Limit:
    """So many in a minute, counted under this name."""

    name: str
    item: RateLimitItemPerMinute
    message: str
    spares_loopback: bool = False


class Rates:
    """The counters. Where Redis cannot be reached each process counts for itself in memory, and the log says so: then
    somebody who comes to several of them may call as often as their number.

    Raises CoachError where the settings ask for Redis and its client is not installed.
    """

    def __init__(self, settings: Settings) -> None:
        self._own = FixedWindowRateLimiter(_Memory("async+memory://"))
        self._shared = FixedWindowRateLimiter(_redis(settings.redis_url)) if settings.redis_url else None
        self._left_alone_until = 0.0
        self._per_address = _limit(
            "address", settings.address_requests_per_minute, "Too many requests came from this address."
        )
        self._per_token = _limit("token", settings.requests_per_minute, "Too many requests came with this token.")
        self._per_address_open = _limit(
            "open", settings.address_requests_per_minute, "Too many requests came from this address."
        )
        self._known: OrderedDict[int, None] = OrderedDict()
        self._failures = _limit(
            "failures", settings.failed_tokens_per_minute, "Too many tokens from this address were not good."
        )

    async def count_request(self, address: str, path: str = "/v1/") -> None:
        """Count a request from this address. Raises TooManyRequests.

        What anybody may ask is counted apart, so that neither kind shuts out the other; whether the service is alive
        may be asked at any time.
        """
        if path != "/healthz":
            limit = self._per_address if path.startswith("/v1/") else self._per_address_open
            await self._count(limit, network_of(address), address)

    async def count_token(self, token_id: str, address: str) -> None:
        """Count a request by this token. Raises TooManyRequests."""
        await self._count(self._per_token, token_id, address)

    async def check_failures(self, address: str, token: str | None) -> None:
        """Raise TooManyRequests where this address has sent too many tokens that are not good, and never this one while
        it was good.
        """
        assert self._failures is not None
        limit, network = self._failures, network_of(address)
        if not await self._asked(lambda limiter: limiter.test(limit.item, limit.name, network)):
            if hash((network, token)) in self._known:
                return
            raise await self._refusal(limit, network)

    def remember(self, address: str, token: str) -> None:
        """Remember that this token was good at this address. What is kept is a number that leads back to neither."""
        known = hash((network_of(address), token))
        self._known[known] = None
        self._known.move_to_end(known)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)

    async def count_failure(self, address: str) -> None:
        """Count a token that is not good. Raises TooManyRequests where it is one too many."""
        await self._count(self._failures, network_of(address), address)

    async def close(self) -> None:
        """Close the connections to Redis."""
        client = getattr(getattr(self._shared, "storage", None), "bridge", None)
        if client is not None:
            await client.storage.aclose()

    async def _count(self, limit: _Limit | None, counted: str, address: str) -> None:
        if limit is None or (limit.spares_loopback and is_loopback(address)):
            return
        if not await self._asked(lambda limiter: limiter.hit(limit.item, limit.name, counted)):
            raise await self._refusal(limit, counted)

    async def _asked(self, ask: Callable[[FixedWindowRateLimiter], Awaitable[T]]) -> T:
        """The answer of Redis, or of this process where there is none or it cannot be reached."""
        if self._shared is not None and time.monotonic() >= self._left_alone_until:
            try:
                return await ask(self._shared)
            except StorageError as error:
                self._left_alone_until = time.monotonic() + _LEFT_ALONE_S
                log.warning("rates.redis_lost", error=type(error.storage_error).__name__, again_in_s=_LEFT_ALONE_S)
        return await ask(self._own)

    async def _refusal(self, limit: _Limit, counted: str) -> TooManyRequests:
        stats = await self._asked(lambda limiter: limiter.get_window_stats(limit.item, limit.name, counted))
        resets_at = stats.reset_time
        wait = min(max(math.ceil(resets_at - time.time()), 1), 60)
        return TooManyRequests(f"{limit.message} Wait {wait} seconds, then go on.", wait)


def address_of(scope: MutableMapping[str, Any]) -> str:
    """The address of who sent this request; empty where it came through a Unix socket."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def network_of(address: str) -> str:
    """What is counted as one address: an IPv4 address, or the /64 of an IPv6 one, which one household or office has."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)


def is_loopback(address: str) -> bool:
    """Whether the request comes from this machine itself, and through no proxy that says from where."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        # A Unix socket has no address.
        return address == ""
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def _limit(name: str, most: int | None, message: str) -> _Limit | None:
    """The limit; None where there is none."""
    if most == 0:
        return None
    item = RateLimitItemPerMinute(DEFAULT_PER_MINUTE if most is None else most, 1, namespace="session-coach")
    return _Limit(name, item, message, spares_loopback=most is None)


class _Memory(MemoryStorage):
    """Counters in memory that run by the monotonic clock and are looked through for old ones once a second.

    As they come, they run by the wall clock: where that is set back by an hour, whoever had to wait a minute would wait
    for an hour and a minute. And all of them are looked through at each request, which with thousands of addresses
    takes longer than most requests do.
    """

    _swept_at = 0.0

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, in a window that lasts `expiry` seconds from its first request on."""
        at = time.monotonic()
        if at - self._swept_at >= 1:
            self._swept_at = at
            for old in [old for old, until in self.expirations.items() if until <= at]:
                self._forget(old)
        if await self.get(key) == 0:
            self.expirations[key] = at + expiry
        self.storage[key] += amount
        return self.storage[key]

    async def get(self, key: str) -> int:
        """What was counted in the window that runs now."""
        if self.expirations.get(key, 0.0) <= time.monotonic():
            self._forget(key)
        return self.storage.get(key, 0)

    async def get_expiry(self, key: str) -> float:
        """The end of the window by the wall clock, as it stands now."""
        at = time.monotonic()
        return time.time() + self.expirations.get(key, at) - at

    def _forget(self, key: str) -> None:
        self.storage.pop(key, None)
        self.expirations.pop(key, None)


def _redis(url: str) -> Storage:
    try:
        # `limits` gives what it does not know on to the client, which else would try again for seconds.
        found = storage_from_string(
            f"async+{url}",
            wrap_exceptions=True,
            implementation="redispy",
            socket_timeout=REDIS_TIMEOUT_S,
            socket_connect_timeout=REDIS_TIMEOUT_S,
            **_without_retries(),
        )
    except ConfigurationError:
        raise CoachError(
            "COACH_REDIS_URL is set, but Redis's client is not installed. Run `pip install 'session-coach[redis]'`, or "
            "unset it: then requests are counted in memory."
        ) from None
    assert isinstance(found, Storage)
    return found


def _without_retries() -> dict[str, Any]:
    try:
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
    except ImportError:
        return {}
    return {"retry": Retry(NoBackoff(), 0)}
