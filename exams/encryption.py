"""Encryption at rest: AES-256-GCM with the row's own key as associated data, so that two rows' secrets cannot be swapped."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from exams.keyfiles import bytes_key

_KEY_ID = "k1"  # stands before every ciphertext, so that keys can be rotated
_NONCE = 12


class Ciphertext(str):
    """A value as it lies in the database; it is opened only where the row's primary key is known."""


def encrypt_bytes(plain: bytes, aad: str) -> bytes:
    """key id + nonce + ciphertext; `aad` binds it to its place (for example "exams_document.file:<pk>")."""
    nonce = os.urandom(_NONCE)
    return _KEY_ID.encode() + nonce + _cipher().encrypt(nonce, plain, aad.encode())


def decrypt_bytes(sealed: bytes, aad: str) -> bytes:
    """The plain bytes. Raises cryptography.exceptions.InvalidTag if they were altered or belong elsewhere."""
    start = len(_KEY_ID)
    if sealed[:start] != _KEY_ID.encode():
        raise ValueError(f"unknown key id {sealed[:start]!r}")
    return _cipher().decrypt(sealed[start : start + _NONCE], sealed[start + _NONCE :], aad.encode())


def blind_index(value: str) -> str:
    """Keyed digest for equality search over encrypted values; without the key it cannot be guessed from an ID number."""
    key = bytes_key(settings.KEY_DIR, "index")
    return hmac.new(key, value.strip().upper().encode(), hashlib.sha256).hexdigest()


class _Opening(DeferredAttribute):
    """Opens the ciphertext when the attribute is read, for only the instance knows its primary key."""

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        value = super().__get__(instance, owner)
        if instance is None or not isinstance(value, Ciphertext):
            return value
        plain = decrypt_bytes(base64.b64decode(value), self.field.aad(instance)).decode()
        instance.__dict__[self.field.attname] = plain
        return plain

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.TextField):
    """Text kept encrypted. It cannot be searched (use a blind index beside it) nor written by QuerySet.update()."""

    descriptor_class = _Opening

    def aad(self, instance: models.Model) -> str:
        return f"{self.model._meta.db_table}.{self.column}:{instance.pk}"

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return Ciphertext(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if not value or isinstance(value, Ciphertext):
            return value
        sealed = encrypt_bytes(str(value).encode(), self.aad(model_instance))
        return Ciphertext(base64.b64encode(sealed).decode())

    def get_prep_value(self, value: Any) -> Any:
        if value and not isinstance(value, Ciphertext):
            raise TypeError(f"{self.model.__name__}.{self.name} is encrypted per row: save the row, do not update() or filter by it")
        return value


@cache
def _cipher() -> AESGCM:
    return AESGCM(bytes_key(settings.KEY_DIR, "field"))
