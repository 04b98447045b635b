"""Model fields of the house."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.validators import RegexValidator
from django.db import models

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PUBLIC_ID_LENGTH = 16
PUBLIC_ID = RegexValidator(rf"^[{CROCKFORD}]{{{PUBLIC_ID_LENGTH}}}$", "编号应为 16 位 Crockford 字符")


def new_public_id() -> str:
    """Return 80 random bits as 16 characters of Crockford base32; unguessable, safe to read aloud."""
    bits = secrets.randbits(80)
    return "".join(CROCKFORD[(bits >> shift) & 31] for shift in range(75, -1, -5))


class PublicIdField(models.CharField):
    """The only identity of an object outside the house; random, unique, never changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_length=PUBLIC_ID_LENGTH, editable=False, default=new_public_id)
        kwargs.setdefault("unique", True)  # history tables keep the column without uniqueness
        kwargs.setdefault("verbose_name", "公开编号")
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        """Return what is asked of the database; an address that cannot be an id (NUL, other scripts) matches no row."""
        asked = super().get_prep_value(value)
        return "" if isinstance(asked, str) and not (asked.isascii() and asked.isprintable()) else asked

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        for key in ("max_length", "editable", "default", "verbose_name"):
            kwargs.pop(key, None)
        if self.unique:
            kwargs.pop("unique", None)
        else:
            kwargs["unique"] = False
        return name, path, args, kwargs
