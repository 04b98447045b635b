"""Valid social credit codes in bulk, for synthetic subjects: the sums of GB 32100 and GB 11714 over parts of a code."""

from __future__ import annotations

from itertools import product

from core.identifiers.arithmetic import ORG_CODE_CHARACTERS, ORG_CODE_WEIGHTS, USCC_CHARACTERS

BASE = len(USCC_CHARACTERS)
USCC_WEIGHTS = [pow(3, place, BASE) for place in range(17)]
_ORG_CHECK = "0123456789X0"
_VALUE = {character: value for value, character in enumerate(USCC_CHARACTERS)}
_ORG_VALUE = {character: value for value, character in enumerate(ORG_CODE_CHARACTERS)}


class SyntheticCodes:
    """Numbered codes of one division; different seeds of the same remainder by 961 share a range."""

    def __init__(self, division: str, seed: int) -> None:
        self.division = division
        self.head = USCC_CHARACTERS[seed // BASE % BASE] + USCC_CHARACTERS[seed % BASE]
        triples = ["".join(three) for three in product(USCC_CHARACTERS, repeat=3)]
        self._high = [self._sums(three, 2) for three in triples]
        self._low = [self._sums(three, 5) for three in triples]
        self._fixed: dict[str, tuple[int, int]] = {}

    @staticmethod
    def _sums(part: str, place: int) -> tuple[str, int, int]:
        """Return a piece of the body at this place with its share of both sums."""
        organisation = sum(_ORG_VALUE[c] * w for c, w in zip(part, ORG_CODE_WEIGHTS[place:], strict=False))
        whole = sum(_VALUE[c] * w for c, w in zip(part, USCC_WEIGHTS[8 + place :], strict=False))
        return part, organisation, whole

    def _beginning(self, prefix: str) -> tuple[int, int]:
        if prefix not in self._fixed:
            _, organisation, whole = self._sums(self.head, 0)
            front = sum(_VALUE[c] * w for c, w in zip(prefix + self.division, USCC_WEIGHTS, strict=False))
            self._fixed[prefix] = organisation, whole + front
        return self._fixed[prefix]

    def code(self, prefix: str, number: int) -> str:
        """Return the code with this number, up to 31⁶; both check characters are right."""
        organisation, whole = self._beginning(prefix)
        upper, lower = divmod(number, BASE**3)
        high, org_high, whole_high = self._high[upper]
        low, org_low, whole_low = self._low[lower]
        check = _ORG_CHECK[11 - (organisation + org_high + org_low) % 11]
        total = whole + whole_high + whole_low + _VALUE[check] * USCC_WEIGHTS[16]
        return f"{prefix}{self.division}{self.head}{high}{low}{check}{USCC_CHARACTERS[-total % BASE]}"
