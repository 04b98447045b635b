"""Ed25519 (RFC 8032): a key of 32 bytes, a public key of 32, a signature of 64."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def public_of(private: bytes) -> bytes:
    """Return the public key of a private one; ValueError where it is none."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def check_public(public: bytes) -> None:
    """Raise ValueError unless these bytes are a public key."""
    Ed25519PublicKey.from_public_bytes(public)


def sign(private: bytes, content: bytes) -> bytes:
    """Return the signature over the content; the same for the same content."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(content)


def verify(public: bytes, content: bytes, signature: bytes) -> bool:
    """Tell whether the signature is the key's over this content."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except InvalidSignature:
        return False
    return True
