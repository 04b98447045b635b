"""Password rules beyond Django's: at least three of four character classes."""

import string
from typing import Any

from django.core.exceptions import ValidationError


class CharacterClassesValidator:
    """Refuse a password with fewer than three of: upper case, lower case, digits, other characters."""

    def validate(self, password: str, user: Any = None) -> None:
        classes = (
            any(letter in string.ascii_uppercase for letter in password),
            any(letter in string.ascii_lowercase for letter in password),
            any(letter in string.digits for letter in password),
            any(letter not in string.ascii_letters + string.digits for letter in password),
        )
        if sum(classes) < 3:
            raise ValidationError(self.get_help_text(), code="password_too_simple")

    def get_help_text(self) -> str:
        return "密码须包含大写字母、小写字母、数字、其他字符四类中的至少三类。"
