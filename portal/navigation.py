"""Where the portal's menus lead: only to pages that exist, named once, in the order in which people look for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.urls import get_resolver, reverse


@dataclass(frozen=True, slots=True)
class Place:
    """One page in a menu. `at` is what its views call themselves in the context, for aria-current."""

    name: str
    label: str
    hint: str = ""
    icon: str = ""
    query: str = ""

    @property
    def at(self) -> str:
        return self.name.removeprefix("portal:")

    @property
    def url(self) -> str:
        return reverse(self.name) + self.query


@dataclass(frozen=True, slots=True)
class Group:
    """One column of the site map."""

    title: str
    places: tuple[Place, ...]


MAIN = (
    Place("portal:home", "首页"),
    Place("portal:disclosures", "双公示"),
    Place("portal:incentive", "守信激励"),
    Place("portal:discipline", "失信惩戒"),
    Place("portal:catalogue", "目录清单"),
    Place("portal:hall", "办事大厅"),
    Place("portal:reports", "信用报告"),
    Place("portal:articles", "信用动态"),
    Place("portal:statistics", "统计"),
)
# The doors of the first page: what somebody comes to do.
DOORS = (
    Place("portal:reports", "信用报告", "出具、按编号核验", "report"),
    Place("portal:repair", "申请信用修复", "看最早哪天能申请", "repair"),
    Place("portal:object", "提出异议", "受理后措施暂停", "object"),
    Place("portal:follow", "查询办理进度", "凭回执编号和查询码", "follow"),
    Place("portal:catalogue", "联合奖惩目录", "清单之外不得实施", "catalogue"),
    Place("portal:repairs", "修复公告", "已经公布的信用修复", "repairs"),
    Place("portal:statistics", "统计", "公示、修复、异议", "statistics"),
    Place("portal:open_data", "开放数据", "CSV、JSON 下载", "data"),
)
MAP = (
    Group(
        "查询",
        (
            Place("portal:search", "主体查询"),
            Place("portal:disclosures", "行政许可公示", query="?kind=licence"),
            Place("portal:disclosures", "行政处罚公示", query="?kind=penalty"),
            Place("portal:reports", "信用报告核验"),
        ),
    ),
    Group(
        "公示",
        (
            Place("portal:incentive", "守信激励名单"),
            Place("portal:discipline", "失信惩戒名单"),
            Place("portal:repairs", "信用修复公告"),
            Place("portal:catalogue", "联合奖惩目录清单"),
            Place("portal:articles", "通知公告"),
            Place("portal:statistics", "统计"),
        ),
    ),
    Group(
        "办事",
        (
            Place("portal:hall", "办事大厅"),
            Place("portal:rights", "异议与修复指南"),
            Place("portal:repair", "申请信用修复"),
            Place("portal:object", "提出异议"),
            Place("portal:complain", "投诉"),
            Place("portal:correct", "更正信息"),
            Place("portal:follow", "查询办理进度"),
            Place("portal:tips", "举报线索"),
        ),
    ),
    Group(
        "关于本站",
        (
            Place("portal:about", "网站地图", query="#map"),
            Place("portal:about", "无障碍说明", query="#access"),
            Place("portal:about", "个人信息保护", query="#privacy"),
            Place("portal:about", "我要找错", query="#mistakes"),
            Place("portal:open_data", "开放数据"),
            Place("api-docs", "开放接口说明"),
            Place("admin:index", "成员单位工作台"),
        ),
    ),
)


@cache
def exists(name: str) -> bool:
    """Tell whether this site has a page of that name."""
    space, _, plain = name.rpartition(":")
    resolver = get_resolver()
    if space:
        if space not in resolver.namespace_dict:
            return False
        resolver = resolver.namespace_dict[space][1]
    return plain in resolver.reverse_dict


def open_places(places: tuple[Place, ...]) -> list[Place]:
    """Return those places that this site has."""
    return [place for place in places if exists(place.name)]


def site_map() -> list[Group]:
    """Return the columns of the site map with the pages that this site has."""
    return [Group(group.title, tuple(open_places(group.places))) for group in MAP]
