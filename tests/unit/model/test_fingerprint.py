"""Fingerprints in all their spellings."""

import hashlib

import pytest

from headwater.model.fingerprint import comparable

EMPTY = hashlib.sha256(b"").hexdigest()  # FIPS 180-4; its Base64 is what OpenSSH would print for it


@pytest.mark.parametrize(
    "text",
    [
        EMPTY,
        EMPTY.upper(),
        ":".join(EMPTY[at : at + 2] for at in range(0, 64, 2)),
        "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    ],
)
def test_one_value_in_all_spellings(text: str) -> None:
    """Hexadecimal with and without colons, Base64 with and without padding."""
    assert comparable(text) == ("sha256", EMPTY)


@pytest.mark.parametrize(
    "text", ["-553166942", "SHA256:short", "MD5:xyz", "SSH-2.0-OpenSSH_7.4", "", "\ud800", "SHA256:é"]
)
def test_anything_else_is_a_text(text: str) -> None:
    """What is no digest is compared as it stands."""
    assert comparable(text) == ("text", text)
