"""Marks beside what is public: what is being contested says so on every page and in every answer that shows it.

Filled from AppConfig.ready() by the package that knows of objections; asked by whoever publishes records.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

# Keys by kind of record, such as {"listing": [...], "disclosure": [...]}: the kinds are those that can be objected to.
Wanted = Mapping[str, Collection[str]]
Provider = Callable[[Wanted], Mapping[tuple[str, str], str]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let a higher floor say which records carry a mark, as words by kind and key; one query for all that is asked."""
    if provider not in _providers:
        _providers.append(provider)


def marks_of(wanted: Wanted) -> dict[tuple[str, str], str]:
    """Return the words to stand beside these records, by kind and key; nothing for what nobody contests."""
    asked = {kind: keys for kind, keys in wanted.items() if keys}
    found: dict[tuple[str, str], str] = {}
    for provider in _providers if asked else ():
        found |= provider(asked)
    return found
