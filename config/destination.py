"""Where announcements may be sent: what an address may look like, and which IP addresses are the public internet.

An address comes from the settings, but whoever writes those is not always whoever guards the network: our server must
not become the way to machines that only it can reach. So an address is checked twice: its form when we start, and what
its name leads to before each burst (channels/pinned.py).
"""

import ipaddress
import re

import httpx

_WRITTEN = re.compile(r"[!-\[\]-~]{1,2048}")
"""Printable ASCII without blanks and without the backslash, which browsers and servers read differently."""
_NAME = re.compile(r"(?=.{4,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
"""A name with a dot whose last label begins with a letter: 2130706433, 0x7f.1 and 127.1 are numbers in disguise."""
_HTTPS = 443

_REFUSED_4 = tuple(
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3",
        "168.63.129.16/32",  # public by number, and yet the inside of every machine in Azure
    )
)  # fmt: skip
"""RFC 6890 and its successors: this network, private, shared (CGNAT), loopback, link-local with the clouds' metadata,
special, documentation, 6to4 relays, benchmarks; multicast, reserved and broadcast."""
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_6 = tuple(ipaddress.IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
"""Of the global range: Teredo and other special uses, documentation, 6to4. Outside of it lie loopback, link-local,
unique local, multicast, and IPv4 in IPv6: mapped, compatible, NAT64."""


def destination(text: str, *, loopback: bool) -> httpx.URL:
    """The address, or ValueError with the rule that it breaks. `loopback`: this machine is allowed too, on any port."""
    if not _WRITTEN.fullmatch(text):
        raise ValueError("must be one address in printable ASCII, without blanks and backslashes")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise ValueError("is no address") from None
    if url.userinfo or url.fragment or not url.host or "@" in url.netloc.decode("ascii"):
        raise ValueError("must have a host, and neither user name, password nor #")
    host = host_of(url)
    if is_here(host):
        if loopback and url.scheme in ("http", "https"):
            return url
        raise ValueError("leads to this machine, which only AFTERCARE_OUTBOUND_LOOPBACK=true allows, for trying out")
    if url.scheme != "https" or url.port not in (None, _HTTPS):
        raise ValueError("must begin with https:// and name no port but 443")
    _check_host(host)
    return url


def host_of(url: httpx.URL) -> str:
    """As it is looked up and stands in certificates: a name of another script in its xn-- form, no brackets."""
    return url.raw_host.decode("ascii").strip("[]")


def _check_host(host: str) -> None:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if not _NAME.fullmatch(host):
            raise ValueError("its host is neither a full name with a dot nor a plain IP address") from None
        return
    if not is_public(host):
        raise ValueError("its host is no address of the public internet")


def is_here(host: str) -> bool:
    """Whether this host, as it is written, is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Whether this IP address belongs to a machine on the public internet. What is no plain IP address does not."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in net for net in _REFUSED_4)
    return ip.scope_id is None and ip in _GLOBAL_6 and not any(ip in net for net in _REFUSED_6)
