"""The province as one of the systems that follow us: what it holds, how it is spoken to, what its codes mean."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from exchange.upward.adapters import ProvinceRest
from exchange.upward.files import ProvinceFiles
from exchange.upward.kinds import KINDS
from publicity.enums import RecordKind
from publicity.push import kinds, systems
from publicity.push.adapters import Adapter
from publicity.push.lines import Line, line_to

PROVINCE, LABEL = "province", "省信用信息平台"
# Rules about the content of a record: only the unit that reported it can mend it (domain: V01–V16, E1001).
OF_CONTENT = re.compile(r"V\d{2}|E1001")


def is_final(code: str) -> bool:
    """Tell whether a code says that the content itself is wrong."""
    return OF_CONTENT.fullmatch(code) is not None


def province_line() -> Line | None:
    """Return the line to the province, or None where the settings name no address for it."""
    return line_to(PROVINCE, LABEL, settings.PROVINCE_URL, settings.PROVINCE_KEY)


def connect() -> Adapter | None:
    """Return the adapter that the settings choose; None where the city is not joined to the province."""
    if settings.PROVINCE_MODE == "file":
        return _files()
    if settings.PROVINCE_MODE != "rest":
        raise ImproperlyConfigured("PROVINCE_MODE: rest or file")
    found = province_line()
    return ProvinceRest(found) if found is not None else None


def _files() -> Adapter | None:
    outgoing, incoming = settings.PROVINCE_OUTGOING_DIR, settings.PROVINCE_INCOMING_DIR
    if not outgoing and not incoming:
        return None
    for name in (outgoing, incoming):
        if not Path(name).is_dir():
            raise ImproperlyConfigured("PROVINCE_OUTGOING_DIR and PROVINCE_INCOMING_DIR have to be directories")
    return ProvinceFiles(Path(outgoing), Path(incoming))


def register() -> None:
    """Add the kinds of this floor and the province; called from AppConfig.ready()."""
    for kind in KINDS:
        kinds.register(kind)
    systems.register(
        systems.System(
            code=PROVINCE,
            label=LABEL,
            kinds=(*RecordKind.values, *(kind.name for kind in KINDS)),
            connect=connect,
            final=is_final,
            three_way=True,
            client=lambda: settings.PROVINCE_CLIENT,
        )
    )
