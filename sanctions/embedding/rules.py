"""What a page of ours inside another system's page must hold to; no queries.

EMB-01 an origin is scheme, host and port only; https, except on the system's own machine, where it is tried out.
EMB-02 an origin is registered once per client. EMB-03 the client is in use and may check.
EMB-04 a hand-over names an origin of its own client; where there is one alone, it may be left out.
EMB-05 the way back lies under that origin. EMB-06 an address opens once, and not after it has expired.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from core.problems import Problem, Violation

LOCAL = frozenset({"localhost", "127.0.0.1"})
LONGEST = 200
BASIS = "ADR 0033"


def origin_of(address: str) -> str:
    """Return the origin of an address in its one normal form, or "" where it has none that is allowed."""
    try:
        parts = urlsplit(address.strip())
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    allowed = parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL)
    plain = host.replace("-", "").replace(".", "").isalnum() and host.isascii()
    if not (allowed and plain) or parts.username is not None:
        return ""
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def origin_given(text: str) -> list[Violation]:
    """EMB-01."""
    found = origin_of(text)
    if found and text.strip().rstrip("/").lower() in {found, f"{found}:443", f"{found}:80"} and len(found) <= LONGEST:
        return []
    remedy = "填写协议、主机和端口，如 https://spj.example.gov.cn；不含路径和参数"
    return [Violation("EMB-01", "来源应为 https 开头的网站地址", "origin", remedy, BASIS)]


def origin_new(taken: bool) -> list[Violation]:
    """EMB-02."""
    if not taken:
        return []
    return [Violation("EMB-02", "该客户端已登记这个来源", "origin", "无需重复登记", BASIS)]


def client_checks(active: bool, may_check: bool) -> list[Violation]:
    """EMB-03."""
    if active and may_check:
        return []
    why = "接口客户端已停用" if not active else "接口客户端没有“嵌入核查”授权范围"
    return [Violation("EMB-03", why, "client", "由安全管理员核对接口客户端", BASIS)]


def origin_registered(asked: str, registered: Collection[str]) -> list[Violation]:
    """EMB-04."""
    if (asked and origin_of(asked) in registered) or (not asked and len(registered) == 1):
        return []
    if not registered:
        detail = "该接口客户端还没有登记核查页面来源"
    elif asked:
        detail = f"来源 {asked[:LONGEST]} 没有为该接口客户端登记"
    else:
        detail = "登记了多个来源，须写明在哪一个来源显示"
    return [Violation("EMB-04", detail, "origin", "由安全管理员在“核查页面来源”中登记，或者核对所填来源", BASIS)]


def way_back(address: str, origin: str) -> list[Violation]:
    """EMB-05."""
    if not address or (origin_of(address) == origin and address.isprintable() and " " not in address):
        return []
    return [Violation("EMB-05", "返回地址不在登记的来源之下", "return_to", f"返回地址应以 {origin}/ 开头", BASIS)]


def shut(why: str) -> Problem:
    """EMB-06, as a problem: the page says it, with a way back to the approval system."""
    return Problem(
        "EMB-06", why, status=410, title="核查页面不能打开", remedy="回到审批系统重新发起核查；每个地址只能打开一次"
    )
