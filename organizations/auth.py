"""How officers sign in: Django's rules for passwords, none of its stored permissions."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend


class OfficerBackend(ModelBackend):
    """Username and password; closed accounts are refused. Rights come from `Officer.has_perm`, never from here."""

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return False
