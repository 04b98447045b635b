"""What a subject was told, and what has not arrived yet."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, QuerySet

from organizations.models import Organization
from subjects.models import Delivery, Message, Subject


def messages_of(subject: Subject) -> QuerySet[Message]:
    """Return all messages to a subject, newest first, those to records folded into it included."""
    owner = subject.canonical_id or subject.pk
    rows = Message.objects.filter(Q(subject=owner) | Q(subject__canonical=owner))
    return rows.select_related("unit").prefetch_related("deliveries").order_by("-pk")


def messages_about(record: models.Model) -> QuerySet[Message]:
    """Return the messages about one record, newest first, with the ways that each took."""
    rows = Message.objects.filter(about_type=record._meta.label_lower, about_id=getattr(record, "public_id", ""))
    return rows.select_related("unit").prefetch_related("deliveries").order_by("-pk")


def unserved(unit: Organization) -> QuerySet[Delivery]:
    """Return what a unit still has to serve or to send another way."""
    rows = Delivery.objects.filter(message__unit=unit).unserved()
    return rows.select_related("message__subject").order_by("message__acted_on", "pk")
