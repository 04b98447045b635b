"""The kinds of document that subjects are sent; each app declares its own, once."""

from __future__ import annotations

from collections.abc import Mapping

_labels: dict[str, str] = {}


def declare_kinds(kinds: Mapping[str, str]) -> None:
    """Register kinds with their Chinese names, such as `{"objection.accepted": "异议受理通知书"}`."""
    _labels.update(kinds)


def label_of(kind: str) -> str:
    """Return the Chinese name; LookupError for a kind that no app declared."""
    if kind not in _labels:
        raise LookupError(f"document kind {kind} is not declared")
    return _labels[kind]


def kinds() -> dict[str, str]:
    return dict(sorted(_labels.items()))
