"""Changes to accounts: opened, disabled, unlocked; passwords, second factors and recovery codes."""

from __future__ import annotations

import re
import secrets
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from exams import clock
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.people import limits, passwords, sockets, vouching
from exams.people.models import Account, Authenticator, Person, RecoveryCode, RecoverySheet
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

FIRST_PASSWORD_DAYS = 7
RECOVERY_CODES = 10
_RECOVERY_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


@action("people.open_account", on="person")
def open_account(
    *, by: Actor, person: Person, username: str, password: str, one_time: bool = True, expires_on: date | None = None
) -> Account:
    """Open the one account of a person with a first password, which works for some days and has to be changed at once."""
    name = username.strip().casefold()
    objections = [*_username_objections(name)]
    objections += passwords.objections(password, name, person.name)
    objections += [*_account_objections(person), *vouching.objections(by, person)]
    if expires_on is not None and expires_on < clock.today():
        objections.append(Objection("people.expires_on", _("The last day of the account lies in the past.")))
    if objections:
        raise Refused(objections)
    account = Account(username=name, person=person, expires_on=expires_on, vouched_by_id=by.organisation_id)
    _set_password(account, password, one_time=one_time)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:  # somebody was first: with the person, or with the name
        raise Refused(_account_objections(person) or _username_objections(name)) from None
    record("people.open_account", account, by=by, about=[person], one_time=one_time, expires_on=expires_on, private={"username": name})
    _tell(account, "people.account_opened", username=name)
    return account


def _account_objections(person: Person) -> list[Objection]:
    if not Account.objects.filter(person=person).exists():
        return []
    return [Objection("people.has_account", _("This person has an account already; an account is never shared."))]


def _username_objections(name: str) -> list[Objection]:
    if not _USERNAME.fullmatch(name):
        message = _("A user name has 2 to 40 characters: small letters, digits, dot, dash or underscore, a letter first.")
        return [Objection("people.username", message)]
    if Account.objects.filter(username=name).exists():
        return [Objection("people.username_taken", _("This user name is taken."), remedy=_("Choose another one."))]
    return []


def _set_password(account: Account, password: str, *, one_time: bool) -> None:
    account.set_password(password)
    account.must_change_password = one_time
    account.password_until = clock.machine() + timedelta(days=FIRST_PASSWORD_DAYS) if one_time else None
    account.password_changed_at = clock.machine()


@action("people.renew_first_password", on="account")
def renew_first_password(*, by: Actor, account: Account, password: str, reason: str) -> Account:
    """Give a new first password; every session of the account ends. The second factor stays, so nobody gets in by this alone."""
    _not_oneself(by, account)
    account = Account.objects.select_for_update(of=("self",)).select_related("person").get(pk=account.pk)
    objections = [*_reason_objections(reason), *passwords.objections(password, account.username)]
    if account.person is not None:
        objections += vouching.objections(by, account.person)
    if objections:
        raise Refused(objections)
    _set_password(account, password, one_time=True)
    account.vouched_by_id = by.organisation_id
    account.save(update_fields=[*_PASSWORD_FIELDS, "vouched_by"])
    record("people.renew_first_password", account, by=by, about=[account.person], reason=reason)
    limits.forget("name", account.username)
    _tell(account, "people.first_password", reason=reason.strip())
    sockets.recheck(account.pk)
    return account


_PASSWORD_FIELDS = ["password", "must_change_password", "password_until", "password_changed_at"]


@action("people.change_password")
def change_password(*, by: Actor, account: Account, old: str, new: str) -> Account:
    """Change one's own password; the old one is asked again, and every other session ends."""
    account = Account.objects.select_for_update(of=("self",)).select_related("person").get(pk=account.pk)
    objections = []
    if not account.check_password(old):
        objections.append(Objection("password.old", _("The present password is not right.")))
    objections += passwords.objections(new, account.username, account.person.name if account.person else "")
    if old == new:
        objections.append(Objection("password.same", _("The new password is the present one.")))
    if objections:
        raise Refused(objections)
    _set_password(account, new, one_time=False)
    account.save(update_fields=_PASSWORD_FIELDS)
    record("people.change_password", account, by=by, about=[account.person])
    sockets.recheck(account.pk)
    return account


@action("people.sign_out", on="account")
def sign_out(*, by: Actor, account: Account) -> None:
    """Put on record that the person signed out; the session itself is ended by the page."""
    record("people.sign_out", account, by=by)


@action("people.disable_account", on="account")
def disable_account(*, by: Actor, account: Account, reason: str) -> Account:
    """Disable an account; its sessions end with the next request, its sockets at once."""
    _not_oneself(by, account)
    _reasoned(reason)
    if Account.objects.filter(pk=account.pk, is_active=True).update(is_active=False, disabled_reason=reason.strip()) != 1:
        refuse("people.disabled_already", _("The account is disabled already."))
    account.refresh_from_db()
    record("people.disable_account", account, by=by, about=[account.person], reason=reason.strip())
    sockets.recheck(account.pk)
    return account


@action("people.enable_account", on="account")
def enable_account(*, by: Actor, account: Account, reason: str) -> Account:
    """Enable a disabled account again."""
    _not_oneself(by, account)
    _reasoned(reason)
    if Account.objects.filter(pk=account.pk, is_active=False).update(is_active=True, disabled_reason="") != 1:
        refuse("people.enabled_already", _("The account is not disabled."))
    account.refresh_from_db()
    record("people.enable_account", account, by=by, about=[account.person], reason=reason.strip())
    return account


@action("people.unlock_account", on="account")
def unlock_account(*, by: Actor, account: Account, reason: str) -> Account:
    """End a lock before its time."""
    _reasoned(reason)
    limits.forget("name", account.username)
    limits.forget("code", str(account.pk))
    account.authenticator_set.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    record("people.unlock_account", account, by=by, about=[account.person], reason=reason.strip())
    return account


@action("people.reset_second_factor", on="account")
def reset_second_factor(*, by: Actor, account: Account, reason: str) -> Account:
    """Take away a lost second factor. The password goes with it: somebody else has to give a first password, so two persons act."""
    _not_oneself(by, account)
    _reasoned(reason)
    account = Account.objects.select_for_update().get(pk=account.pk)
    Authenticator.objects.filter(user=account).delete()
    RecoverySheet.objects.filter(user=account).delete()
    account.set_unusable_password()
    account.save(update_fields=["password"])
    record("people.reset_second_factor", account, by=by, about=[account.person], reason=reason.strip())
    _tell(account, "people.second_factor_reset", reason=reason.strip())
    sockets.recheck(account.pk)
    return account


def drafted_authenticator(account: Account) -> Authenticator:
    """The authenticator being set up: its key waits, encrypted, for the first code; nothing hangs on it until then."""
    drafted = Authenticator.objects.filter(user=account, confirmed=False).first()
    return drafted or Authenticator.objects.create(user=account, name="totp", confirmed=False, key=secrets.token_hex(20))


@action("people.enrol_authenticator", on="account")
def confirm_authenticator(*, by: Actor, account: Account, authenticator: Authenticator, code: str) -> Authenticator:
    """Put a new authenticator in force with one code of it; it takes the place of an old one only if that was given just now."""
    account = Account.objects.select_for_update().get(pk=account.pk)
    old = Authenticator.objects.filter(user=account, confirmed=True).first()
    if old is not None and not by.verified:
        refuse("people.enrolled_already", _("A second factor is set up already."), remedy=_("Sign in with it to replace it."))
    fresh = Authenticator.objects.filter(pk=authenticator.pk, user=account, confirmed=False).first()
    if fresh is None or not fresh.verify_token(code.replace(" ", "")):
        refuse(
            "people.first_code",
            _("The code does not fit this key."),
            remedy=_("Enter the code that the app shows now. If it never fits, set the clock of the telephone to automatic."),
        )
    Authenticator.objects.filter(user=account).exclude(pk=fresh.pk).delete()
    Authenticator.objects.filter(pk=fresh.pk).update(confirmed=True, enrolled_at=clock.machine())
    fresh.refresh_from_db()
    record("people.enrol_authenticator", account, by=by, about=[account.person], replaced=old is not None)
    return fresh


@action("people.print_recovery_codes", on="account")
def new_recovery_codes(*, by: Actor, account: Account) -> list[str]:
    """A new sheet of recovery codes; the old sheet is worth nothing from now on. Only digests are kept."""
    Account.objects.select_for_update().get(pk=account.pk)
    RecoverySheet.objects.filter(user=account).delete()
    sheet = RecoverySheet.objects.create(user=account, name="recovery", confirmed=True, printed_at=clock.machine())
    codes = ["".join(secrets.choice(_RECOVERY_ALPHABET) for _place in range(12)) for _code in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(sheet=sheet, digest=sheet.digest(code)) for code in codes)
    record("people.print_recovery_codes", account, by=by, about=[account.person], count=len(codes))
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


@action("people.prefer", on="account")
def prefer(*, by: Actor, account: Account, language: str = "", theme: str | None = None) -> Account:
    """Keep language and look with the account, so that they follow the person to another machine."""
    if language:
        account.language = language
    if theme is not None:
        account.theme = theme
    Account.objects.filter(pk=account.pk).update(language=account.language, theme=account.theme)
    record("people.prefer", account, by=by, language=account.language, theme=account.theme)
    return account


def _tell(account: Account, kind: str, **params: str) -> None:
    if account.person_id:
        send(person_id=account.person_id, kind=kind, params=params)


def _not_oneself(by: Actor, account: Account) -> None:
    if by.account_id == account.pk:
        refuse(
            "people.not_oneself",
            _("Nobody does this to the own account."),
            basis="GB/T 22239-2019 8.1.4.2",
            remedy=_("Ask another administrator."),
        )


def _reason_objections(reason: str) -> list[Objection]:
    return [] if len(reason.strip()) >= 2 else [Objection("people.reason", _("State the reason in a few words; the words are kept."))]


def _reasoned(reason: str) -> None:
    objections = _reason_objections(reason)
    if objections:
        raise Refused(objections)
