"""Who may register, open accounts, see numbers in full, declare kin, and sign in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.people import queries
from exams.people.models import Account, Employment, KinEdge, Organisation, Person
from exams.verdicts import Objection, gettext_noop

REGISTRARS = ("system_administrator", "head_of_body", "exam_clerk", "employer_clerk", "training_manager")
OPENERS = ("system_administrator", "head_of_body", "exam_clerk", "employer_clerk")
# Kinds of organisation that somebody besides the system administrator may enter.
ENTERS = {
    "head_of_body": {"employer", "training_body"},
    "exam_clerk": {"employer", "training_body"},
    "authority_officer": {"exam_body"},
}


def _of_kind(actor: Actor, kind: str) -> bool | Objection:
    allowed = ENTERS.get(actor.capacity)
    if allowed is None or kind in allowed:
        return True
    return Objection(
        "people.kind",
        gettext_noop("Your present capacity does not enter organisations of this kind."),
        remedy=gettext_noop("Ask the system administrator."),
    )


def _seen(actor: Actor, person: Person) -> bool:
    return queries.persons_visible_to(actor).filter(pk=person.pk).exists()


def _account_seen(actor: Actor, account: Account) -> bool:
    return queries.accounts_visible_to(actor).filter(pk=account.pk).exists()


def _entrusted(actor: Actor, person: Person) -> bool:
    """An employer opens accounts for its own people only, not for everybody whose number it knows."""
    if actor.capacity == "employer_clerk":
        return queries.employed_by(Organisation(pk=actor.organisation_id)).filter(pk=person.pk).exists()
    return _seen(actor, person)


def _account_entrusted(actor: Actor, account: Account) -> bool:
    return account.person is not None and _entrusted(actor, account.person)


def _own_account(actor: Actor, account: Account) -> bool:
    return actor.account_id == account.pk


def _own(actor: Actor, person: Person) -> bool:
    return actor.capacity == "system" or actor.person_id == person.pk


def _own_edge(actor: Actor, edge: KinEdge) -> bool | Objection:
    """One's own declaration; what a body entered from a signed form is taken back by its head."""
    if edge.reported_by_id is None:
        return actor.person_id == edge.person_id
    if actor.capacity == "head_of_body" and actor.organisation_id == edge.reported_by_id:
        return True
    return Objection(
        "people.reported_kin",
        gettext_noop("The body entered this relative from a form you signed."),
        remedy=gettext_noop("Ask the head of the body to correct it, or declare it yourself."),
    )


def _own_organisation(actor: Actor, organisation: Organisation) -> bool:
    return actor.capacity in {"system", "system_administrator"} or actor.organisation_id == organisation.pk


def _employment_of_mine(actor: Actor, employment: Employment) -> bool:
    return actor.capacity in {"system", "system_administrator"} or actor.organisation_id == employment.organisation_id


permission(
    "people.list",
    _("See the persons of one’s own reach"),
    *REGISTRARS,
    "verifier",
    "application_approver",
    "security_administrator",
    "authority_officer",
    "oversight_inspector",
)
permission(
    "people.organisations", _("See organisations"), *REGISTRARS, "security_administrator", "authority_officer", "oversight_inspector"
)
permission(
    "people.register_organisation",
    _("Enter an organisation"),
    "system_administrator",
    "head_of_body",
    "exam_clerk",
    "authority_officer",
    "system",
    scope=_of_kind,
)
permission("people.register_person", _("Register a person"), *REGISTRARS, "authority_officer", "system")
permission("people.correct_person", _("Correct name or telephone number"), *REGISTRARS, "system", scope=_seen)
permission(
    "people.record_employment", _("Record a post in an organisation"), *REGISTRARS, "authority_officer", "system", scope=_own_organisation
)
permission("people.end_employment", _("End a post"), *REGISTRARS, "authority_officer", "system", scope=_employment_of_mine)
permission(
    "people.show_in_full",
    _("See an identity number in full, for a stated purpose"),
    *REGISTRARS,
    "verifier",
    "application_approver",
    "authority_officer",
    "oversight_inspector",
    "identity_officer",
    "candidate",
    scope=_seen,
)
permission("people.open_account", _("Open an account with a first password"), *OPENERS, "authority_officer", "system", scope=_entrusted)
permission("people.renew_first_password", _("Give a new first password"), *OPENERS, "authority_officer", scope=_account_entrusted)
permission("people.disable_account", _("Disable an account"), "system_administrator", "security_administrator", scope=_account_seen)
permission("people.enable_account", _("Enable an account"), "system_administrator", scope=_account_seen)
permission("people.unlock_account", _("Unlock an account before its time"), "security_administrator", scope=_account_seen)
permission("people.reset_second_factor", _("Take away a lost second factor"), "security_administrator", scope=_account_seen)
permission("people.declare_kin", _("Declare own relatives"), "anyone", "system", scope=_own)
permission("people.withdraw_kin", _("Withdraw an own declaration of kin"), "anyone", scope=_own_edge)
permission("people.sign_in", _("Sign in"), "public")
permission("people.sign_out", _("Sign out"), "anyone", scope=_own_account)
permission("people.own_account", _("Keep the own account"), "anyone")
permission("people.change_password", _("Change the own password"), "public", scope=None)
permission("people.enrol_authenticator", _("Set up the own second factor"), "anyone", scope=_own_account)
permission("people.print_recovery_codes", _("Make new recovery codes"), "anyone", scope=_own_account)
permission("people.prefer", _("Choose language and look"), "anyone", scope=_own_account)
