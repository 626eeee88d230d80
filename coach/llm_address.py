"""Where the model may live: anywhere but at link-local addresses, where clouds hand out the keys of a machine.

Whoever could set the model's address would else have the service ask there, and tell the answer in an error.
"""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx2
import structlog

from coach.errors import UnsafeModelAddress

log = structlog.get_logger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# The metadata services that clouds keep outside of 169.254.0.0/16 and fe80::/10.
_METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd20:ce::254")))
# Amazon's: the metadata at fd00:ec2::254, and the keys of a pod at fd00:ec2::23.
_AMAZON = ipaddress.ip_network("fd00:ec2::/32")
_NAMES = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"}
)
_REFUSED = (
    "COACH_LLM_BASE_URL leads to a link-local address, where clouds keep the keys of their machines. "
    "Set the address of a model's server, or COACH_LLM_ALLOW_LINK_LOCAL=true if your model does live there."
)
# IPv6 addresses whose last 32 bits are an IPv4 one that a translator goes on to (RFC 4291, 6052, 7915, 8215).
_TRANSLATED = tuple(map(ipaddress.ip_network, ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")))


def refuse_link_local(base_url: str | None, *, allowed: bool) -> None:
    """Raise UnsafeModelAddress where the address is link-local or a cloud's metadata service, or its name leads there.

    Blocks while the name is looked up. A name that cannot be found is no harm: nothing is asked there.
    """
    host = (urlsplit(base_url or "").hostname or "").rstrip(".")
    if allowed or not host:
        return
    if host.casefold() in _NAMES or any(map(_is_unsafe, _addresses(host))):
        raise UnsafeModelAddress(_REFUSED)


async def watch_connections(request: httpx2.Request) -> None:
    """A hook for the client: before a byte is sent, refuse a connection that came out at such an address.

    A name may lead elsewhere by then than when the settings were read (DNS rebinding). What is looked at is the far end
    of the connection itself, so nothing can change between the look and the use. Behind a proxy that end is the proxy.
    """
    request.extensions = {**request.extensions, "trace": _refuse_far_end}


async def _refuse_far_end(event: str, info: dict[str, Any]) -> None:
    if not event.endswith("connect_tcp.complete"):
        return
    stream = info["return_value"]
    end = stream.get_extra_info("server_addr")
    if end is not None and _is_unsafe(ipaddress.ip_address(str(end[0]).partition("%")[0])):
        await stream.aclose()
        log.error("model.address_refused")
        raise UnsafeModelAddress(_REFUSED)


def _addresses(host: str) -> list[Address]:
    try:
        # Also 2852039166, 0xa9fea9fe and 0251.254.169.254, which clients take for 169.254.169.254.
        return [ipaddress.IPv4Address(socket.inet_aton(host))]
    except OSError:
        pass
    try:
        return [ipaddress.ip_address(host.partition("%")[0])]
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(address[0]).partition("%")[0]) for *_, address in found]


def _is_unsafe(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address.teredo is not None:
            inner = address.teredo[1]
        if inner is None and any(address in network for network in _TRANSLATED):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_unsafe(inner)
    return address.is_link_local or address in _METADATA or address in _AMAZON
