"""The words of the workbench as template filters."""

from __future__ import annotations

from django import template

from organizations.acts import words

register = template.Library()
for word in (words.zh, words.due_chip, words.term_chip, words.size_words):
    register.filter(word.__name__, word)
