"""Who asks, as an address: the one that the outermost trusted proxy saw."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the caller's address; headers count only as far as `PROXY_COUNT` trusted proxies wrote them."""
    count = int(getattr(settings, "PROXY_COUNT", 0))
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return hops[-count] if 0 < count <= len(hops) else str(request.META.get("REMOTE_ADDR", ""))


def rate_bucket(address: str) -> str:
    """Return what one caller is counted under: the address, or the /64 of an IPv6 address, which one caller owns."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(IPv6Network((int(parsed) >> 64 << 64, 64)).network_address)
    return str(parsed)
