"""When are two fingerprints the same? Hex with and without colons, Base64, and texts, made comparable."""

import base64
import binascii
import re

_HEX = re.compile(r"[0-9a-f]+")
_FORMS = {32: "md5", 40: "sha1", 64: "sha256"}  # hexadecimal digits of each digest
_NAMED = re.compile(r"(md5|sha-?1|sha-?256):(.+)", re.IGNORECASE)
_BASE64_BYTES = {"sha1": 20, "sha256": 32}


def comparable(fingerprint: str) -> tuple[str, str]:
    """The form of a fingerprint and its value, the same however it is written.

    `SHA256:47DEQpj8...` as OpenSSH writes it (RFC 4648 Base64 without padding), 64 hexadecimal digits with or
    without colons and in any case are one value of form "sha256". Two forms cannot be compared: an MD5 and a
    SHA-256 of one key look different.

    Returns:
        Form ("md5", "sha1", "sha256" or "text") and value.
    """
    plain = fingerprint.strip()
    named = _NAMED.fullmatch(plain)
    digits = (named[2] if named else plain).replace(":", "").replace(" ", "").lower()
    if _HEX.fullmatch(digits) and len(digits) in _FORMS:
        return _FORMS[len(digits)], digits
    if named:
        form = named[1].lower().replace("-", "")
        try:
            raw = base64.b64decode(named[2] + "=" * (-len(named[2]) % 4), validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        if raw and len(raw) == _BASE64_BYTES.get(form):
            return form, raw.hex()
    return "text", plain
