"""How often one may call: counted by address and by token with `limits`, in this process or in Redis.

A server cannot tell a guess from a mistyped token, so an address that sends many that are not good must wait with all
its calls. Tokens have 256 random bits: this keeps noise away rather than luck.
"""

import ipaddress
import math
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string

from coach.errors import CoachError
from coach.settings import Settings

log = structlog.get_logger(__name__)

DEFAULT_PER_MINUTE = 6_000


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
    """The counters. Where Redis cannot be reached nothing is limited: the service goes on, and the log says so.

    Raises CoachError where the settings ask for Redis and its client is not installed.
    """

    def __init__(self, settings: Settings) -> None:
        self._limiter = FixedWindowRateLimiter(_storage(settings.redis_url))
        self._per_address = _limit(
            "address", settings.address_requests_per_minute, "Too many requests came from this address."
        )
        self._per_token = _limit("token", settings.requests_per_minute, "Too many requests came with this token.")
        self._failures = _limit(
            "failures", settings.failed_tokens_per_minute, "Too many tokens from this address were not good."
        )

    async def count_request(self, address: str) -> None:
        """Count a request from this address. Raises TooManyRequests."""
        await self._count(self._per_address, network_of(address), address)

    async def count_token(self, token_id: str, address: str) -> None:
        """Count a request by this token. Raises TooManyRequests."""
        await self._count(self._per_token, token_id, address)

    async def check_failures(self, address: str) -> None:
        """Raise TooManyRequests where this address has sent too many tokens that are not good."""
        assert self._failures is not None
        network = network_of(address)
        try:
            waits = not await self._limiter.test(self._failures.item, self._failures.name, network)
        except StorageError:
            return
        if waits:
            raise await self._refusal(self._failures, network)

    async def count_failure(self, address: str) -> None:
        """Count a token that is not good. Raises TooManyRequests where it is one too many."""
        await self._count(self._failures, network_of(address), address)

    async def _count(self, limit: _Limit | None, counted: str, address: str) -> None:
        if limit is None or (limit.spares_loopback and is_loopback(address)):
            return
        try:
            within = await self._limiter.hit(limit.item, limit.name, counted)
        except StorageError as error:
            log.warning("rates.not_counted", error=type(error).__name__)
            return
        if not within:
            raise await self._refusal(limit, counted)

    async def _refusal(self, limit: _Limit, counted: str) -> TooManyRequests:
        try:
            resets_at = (await self._limiter.get_window_stats(limit.item, limit.name, counted)).reset_time
        except StorageError:
            resets_at = time.time() + 60
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
    """Counters in memory that are looked through for old ones once a second.

    As it comes, it looks through all of them at each request, which with thousands of addresses takes longer than most
    requests do. A counter that is old counts nothing in any case.
    """

    _swept_at = 0.0

    async def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802
        at = time.monotonic()
        if at - self._swept_at < 1:
            return
        self._swept_at = at
        for key in [key for key, until in self.expirations.items() if until <= time.time()]:
            self.storage.pop(key, None)
            self.expirations.pop(key, None)
            self.locks.pop(key, None)


def _storage(redis_url: str | None) -> Storage:
    if redis_url is None:
        return _Memory("async+memory://")
    try:
        found = storage_from_string(f"async+{redis_url}", wrap_exceptions=True, implementation="redispy")
    except ConfigurationError:
        raise CoachError(
            "COACH_REDIS_URL is set, but Redis's client is not installed. Run `pip install redis`, or unset it: then "
            "requests are counted in memory."
        ) from None
    assert isinstance(found, Storage)
    return found
