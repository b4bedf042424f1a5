"""How do texts leave without the hosts that are not to be named? With each other address written over."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from headwater.model.address import refang
from headwater.model.case import Case

SOME_ADDRESS = "[an address]"
# Addresses in running text, defanged ones too; `ip_address` decides.
_DOT = r"(?:\.|\[\.\]|\(\.\))"
_MAYBE_V4 = re.compile(rf"(?<![\w.])\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}}(?!\w|\.\d)")
_MAYBE_V6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")


@dataclass(frozen=True, slots=True)
class Named:
    """The addresses that may be named: the service's, and those of listed C2s.

    Attributes:
        addresses: their texts.
    """

    addresses: frozenset[str]

    @classmethod
    def of(cls, case: Case) -> "Named":
        """Those of a case."""
        return cls(frozenset({case.service.address, *(one.address for one in case.contacts if one.listed)}))

    def only(self, text: str) -> str:
        """The text with every other address written over."""
        return _MAYBE_V6.sub(self._shown, _MAYBE_V4.sub(self._shown, text))

    def _shown(self, found: re.Match[str]) -> str:
        try:
            address = str(ip_address(refang(found[0])))
        except ValueError:
            return found[0]
        return found[0] if address in self.addresses else SOME_ADDRESS
