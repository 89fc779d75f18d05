"""The rule for passwords, in words before and in reasons after; and first passwords that work once and not for long."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterator

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

SHORTEST = 12
LONGEST = 128
KINDS = 3
BASIS = "GB/T 22239-2019 8.1.4.1"
RULE = (
    _("At least 12 characters."),
    _("At least three of: capital letters, small letters, digits, other characters."),
    _("Not the user name, not the own name, not a password that is used everywhere."),
)
# Without 0 O 1 l I and the like, for a first password is copied by hand from a sheet.
_LETTERS, _CAPITALS, _DIGITS = "abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"


def objections(password: str, *names: str) -> Iterator[Objection]:
    """Every reason against a password; `names` are what it may not contain."""
    if len(password) < SHORTEST:
        yield Objection("password.short", RULE[0], {}, BASIS)
    if len(password) > LONGEST:
        yield Objection("password.long", _("At most 128 characters."), {}, BASIS)
    if len({_kind(character) for character in password}) < KINDS:
        yield Objection("password.kinds", RULE[1], {}, BASIS)
    plain = unicodedata.normalize("NFKC", password).casefold()
    if any(len(name) > 1 and unicodedata.normalize("NFKC", name).casefold() in plain for name in names):
        yield Objection("password.name", _("The password contains the user name or the own name."), {}, BASIS)
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        yield Objection("password.common", _("This password is used everywhere and is tried first."), {}, BASIS)


def first_password() -> str:
    """Three groups to copy by hand: about 85 bits, good for one sign-in."""
    groups = [_CAPITALS, _LETTERS, _DIGITS]
    chosen = ["".join(secrets.choice(alphabet) for _place in range(5)) for alphabet in groups]
    return "-".join([*chosen, "".join(secrets.choice(_LETTERS + _DIGITS) for _place in range(5))])


def _kind(character: str) -> str:
    if character.isupper():
        return "capital"
    if character.islower():
        return "small"
    return "digit" if character.isdigit() else "other"
