"""Signing in: what is checked, how often it may be tried, and what goes on record; nothing tells a stranger which names exist."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

import django_otp
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django_otp.oath import TOTP

from exams import clock
from exams.access import ANONYMOUS, Actor
from exams.clock import Installation
from exams.encryption import blind_index
from exams.errors import refuse
from exams.journal.actions import record
from exams.people import limits
from exams.people.models import Account, Authenticator, Factor, RecoverySheet
from exams.verdicts import gettext_noop as _

BASIS = "GB/T 22239-2019 8.1.4.1"


def check_password(username: str, password: str, address: str) -> Account:
    """The account, if name and password belong together. Unknown, wrong, disabled and expired sound alike and cost alike."""
    name = username.strip().casefold()
    until = limits.take(("address", address), ("name", name))
    if until is not None:
        _on_record(name, address, "locked")
        refuse(
            "sign_in.locked",
            _("Too many attempts. Signing in is locked until %(until)s."),
            basis=BASIS,
            remedy=_("Wait, or ask the security administrator to unlock."),
            until=until,
        )
    account = authenticate(username=name, password=password)
    if not isinstance(account, Account) or _ended(account):
        _on_record(name, address, "password")
        refuse(
            "sign_in.wrong",
            _("User name or password is not right."),
            remedy=_("After several attempts signing in is locked for a while."),
        )
    limits.forget("name", name)
    return account


def _ended(account: Account) -> bool:
    """A temporary account after its last day, or a first password that was not used in time."""
    if account.expires_on is not None and account.expires_on < clock.today():
        return True
    return account.must_change_password and account.password_until is not None and account.password_until < clock.machine()


def must_change(account: Account) -> bool:
    """A first password, or one that has been used too long."""
    if account.must_change_password:
        return True
    days, changed = settings.PASSWORD_DAYS, account.password_changed_at
    return bool(days and changed and (clock.machine() - changed).days >= days)


def authenticator_of(account: Account) -> Authenticator | None:
    return Authenticator.objects.filter(user=account, confirmed=True).first()


def sheet_of(account: Account) -> RecoverySheet | None:
    return RecoverySheet.objects.filter(user=account, confirmed=True).first()


def check_code(account: Account, code: str) -> Factor:
    """The authenticator, if the one-time code is its own and was not used before."""
    wrong = _("The code is not right or was used already. Wait for the next one.")
    return _check(account, authenticator_of(account), code.replace(" ", ""), wrong)


def check_recovery(account: Account, code: str) -> Factor:
    """The sheet of recovery codes, if the code stands on it and was not used before."""
    return _check(account, sheet_of(account), code, _("This recovery code is not right or was used already."))


def check_again(account: Account, given: str) -> None:
    """Confirm again: the one-time code, or the password of somebody who has no second factor."""
    if authenticator_of(account) is not None:
        check_code(account, given)
        return
    limited(account)
    if not account.check_password(given):
        refuse("sign_in.wrong_password", _("The password is not right."))
    limits.forget("code", str(account.pk))


def _check(account: Account, device: Factor | None, given: str, wrong: str) -> Factor:
    if device is None:
        refuse("sign_in.no_second_factor", _("This account has no such second factor."), remedy=_("Ask the security administrator."))
    allowed, why = device.verify_is_allowed()
    if not allowed:
        refuse("sign_in.slow", _("After a wrong code the next one is taken from %(until)s on."), basis=BASIS, until=why["locked_until"])
    limited(account)
    if django_otp.verify_token(account, device.persistent_id, given) is None:
        _on_record(account.username, "", "code", account)
        refuse("sign_in.code", wrong)
    limits.forget("code", str(account.pk))
    return device


def limited(account: Account) -> None:
    """Take one try at a secret of this account; a success has to forget the count."""
    until = limits.take(("code", str(account.pk)))
    if until is not None:
        _on_record(account.username, "", "locked", account)
        refuse(
            "sign_in.locked",
            _("Too many attempts. Signing in is locked until %(until)s."),
            basis=BASIS,
            remedy=_("Wait, or ask the security administrator to unlock."),
            until=until,
        )


def _on_record(name: str, address: str, why: str, account: Account | None = None) -> None:
    """A refused try: the account if the name is one, otherwise only a keyed digest, for people type passwords into the wrong field."""
    account = account or Account.objects.filter(username=name).first()
    with transaction.atomic():
        record(
            "people.sign_in",
            account or ("sign-in", blind_index(f"name:{name}")[:32]),
            by=ANONYMOUS,
            outcome="refused",
            why=why,
            private={"address": address},
        )


def on_record(actor: Actor, account: Account, address: str, how: str) -> None:
    """A successful sign-in."""
    with transaction.atomic():
        record("people.sign_in", account, by=actor, how=how, private={"address": address})


# -- the demo's open door ----------------------------------------------------------------------------------------------


def demo_open() -> bool:
    """Only in a database that the demo itself built, served with the demo's own setting."""
    return settings.DEMO and Installation.objects.filter(made_by_demo=True).exists()


def from_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def personas() -> list[dict[str, Any]]:
    """The people of the demo, as the demo wrote them; nobody anywhere else."""
    path = settings.DATA_DIR / "personas.json"
    if not path.exists() or not demo_open():
        return []
    return json.loads(path.read_text(encoding="utf-8"))


def persona(username: str) -> Account | None:
    """The account of one of the personas."""
    if username not in {row["username"] for row in personas()}:
        return None
    return Account.objects.select_related("person").filter(username=username, is_active=True).first()


def demo_code(account: Account) -> str:
    """In the demo nobody holds the personas' telephones, so the page that asks for a code shows the next one that works."""
    device = authenticator_of(account) if demo_open() else None
    return code_now(device) if device is not None else ""


def code_now(device: Authenticator) -> str:
    """The earliest code that this authenticator still takes, or nothing while all have been used."""
    totp = TOTP(bytes.fromhex(device.key))
    totp.time = clock.machine().timestamp()
    totp.drift = max(0, device.last_step - totp.t() + 1)
    return f"{totp.token():06d}" if totp.drift <= 1 else ""
