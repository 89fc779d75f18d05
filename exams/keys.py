"""Primary keys: UUIDv7, made in Python so that the key is there before INSERT (associated data of encrypted fields)."""

from __future__ import annotations

import secrets
import time
import uuid

from django.db import models


def uuid7() -> uuid.UUID:
    """A time-ordered UUID (RFC 9562): 48 bits of milliseconds, 74 random bits."""
    value = (time.time_ns() // 1_000_000) << 80
    value |= 0x7 << 76 | secrets.randbits(12) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def primary_key() -> models.UUIDField:
    return models.UUIDField(primary_key=True, default=uuid7, editable=False)
