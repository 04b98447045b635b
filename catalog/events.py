"""What changes in the catalogue."""

from __future__ import annotations

from core.events import CODE, DAY, NUMBER, STEP, TEXT, EventType

REVISION = {**STEP, "entry": CODE, "number": NUMBER}
EVENTS = {
    "catalog.revision.published": EventType("目录事项版本发布", {**REVISION, "effective_from": DAY}, leaves=True),
    "catalog.revision.activated": EventType("目录事项版本启用", REVISION, leaves=True),
    "catalog.revision.superseded": EventType("目录事项版本被取代", {**REVISION, "effective_to": DAY}, leaves=True),
    "catalog.revision.reinstated": EventType("目录事项版本恢复", {**REVISION, "effective_to": DAY}, leaves=True),
    "catalog.revision.withdrawn": EventType("目录事项版本撤回", {**REVISION, "effective_to": DAY}, leaves=True),
    "catalog.article.repealed": EventType("条款废止", {"instrument": TEXT, "article": TEXT, "last_day": DAY}),
    "catalog.edition.made": EventType("编成目录版次", {"number": TEXT, "entries": NUMBER, "on": DAY}),
}
