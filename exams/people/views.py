"""Pages of persons, organisations, posts, accounts and declared kin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from exams import clock, spelling
from exams.access import may, needs
from exams.errors import Refused
from exams.journal.queries import history
from exams.listing import Column, Filter, Listing
from exams.people import actions, credentials, limits, queries, relations, session
from exams.people.forms import (
    AccountForm,
    CorrectionForm,
    EmploymentForm,
    EndForm,
    KinForm,
    OrganisationForm,
    PersonForm,
    PurposeForm,
)
from exams.people.models import Account, Employment, Organisation, Person
from exams.people.passwords import first_password
from exams.people.sections import sections_for


def _tried(form: Any, act: Any) -> tuple[Any, Refused | None]:
    """Run an action for a valid form; a refusal goes beside the fields it speaks of."""
    if not form.is_valid():
        return None, None
    try:
        return act(form.cleaned_data), None
    except Refused as refusal:
        return None, form.blame(refusal)


@needs("people.list")
def persons(request: HttpRequest) -> HttpResponse:
    """The persons the actor has to do with, found by name, pinyin or initials."""
    found = queries.persons_visible_to(request.actor).select_related("account")
    columns = [
        Column("name", _("Name"), kind="head", sort="name_key", link=lambda row: reverse("people:person", args=[row.pk])),
        Column("id_number", _("Identity number"), kind="masked"),
        Column("document", _("Document"), lambda row: row.get_document_type_display()),
        Column("account", _("Account"), _account_words),
    ]
    filters = [Filter("account", _("Account"), [("yes", _("Has an account")), ("no", _("Has no account"))], _by_account)]
    listing = Listing(
        found, columns, filters=filters, search=["name", "name_key"], default_sort="name", name="persons",
        empty=_("No person here yet."), empty_url=reverse("people:person_new"), empty_link=_("Register a person"),
    )  # fmt: skip
    return listing.answer(request, "exams/people/persons.html", {"may_register": may(request.actor, "people.register_person")})


def _account_words(person: Person) -> str:
    account = getattr(person, "account", None)
    if account is None:
        return spelling.NOTHING
    return account.username if account.is_active else _("%(name)s (disabled)") % {"name": account.username}


def _by_account(found: Any, value: str) -> Any:
    return found.filter(account__isnull=value == "no")


@needs("people.register_person")
@never_cache
def person_new(request: HttpRequest) -> HttpResponse:
    """Register a person, with the post in one's own organisation."""
    form = PersonForm(request.POST or None)
    person, refusal = _tried(form, lambda given: _register(request, given)) if request.method == "POST" else (None, None)
    if person is not None:
        return redirect("people:person", person.pk)
    return render(request, "exams/people/person_new.html", {"form": form, "refusal": refusal})


def _register(request: HttpRequest, given: dict[str, Any]) -> Person:
    by = request.actor
    asked = {name: given[name] for name in ("name", "document_type", "id_number", "phone", "sex", "birth_date")}
    person = actions.register_person(by=by, **asked)
    if given["since"] and by.organisation_id:
        organisation = Organisation.objects.get(pk=by.organisation_id)
        actions.record_employment(by=by, person=person, organisation=organisation, since=given["since"], post=given["post"])
    return person


@needs("people.list")
@never_cache
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One person: masked numbers, posts, account."""
    return _person_page(request, _visible(request, pk))


def _visible(request: HttpRequest, pk: UUID) -> Person:
    return get_object_or_404(queries.persons_visible_to(request.actor).select_related("account"), pk=pk)


_ACCOUNT_ACTS = ("renew_first_password", "disable_account", "enable_account", "unlock_account", "reset_second_factor")


def _person_page(request: HttpRequest, shown: Person, *, status: int = 200, **extra: Any) -> HttpResponse:
    account = getattr(shown, "account", None)
    about = {"open_account": shown, "correct_person": shown, "show_in_full": shown, "record_employment": None}
    about |= dict.fromkeys(_ACCOUNT_ACTS, account)
    allowed = {name: bool(may(request.actor, f"people.{name}", obj)) for name, obj in about.items()}
    context = {
        "person": shown,
        "account": account,
        "locked_until": limits.locked_until("name", account.username) if account else None,
        "has_second_factor": bool(account and account.authenticator_set.filter(confirmed=True).exists()),
        "employments": shown.employments.select_related("organisation"),
        "may": allowed,
        "mine": request.actor.organisation_id,
        "history": history(shown, among=queries.entries_visible_to(request.actor)),
        "purpose": PurposeForm(),
        "account_form": AccountForm(),
        "sections": sections_for(request.actor, shown),
        **extra,
    }
    return render(request, "exams/people/person.html", context, status=status)


@needs("people.show_in_full")
@require_POST
@never_cache
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Numbers in full for a purpose; the page is not kept by the browser."""
    shown, form = _visible(request, pk), PurposeForm(request.POST)
    full, refusal = _tried(form, lambda given: actions.show_in_full(by=request.actor, person=shown, purpose=given["purpose"]))
    return _person_page(request, shown, full=full, refusal=refusal, purpose=form, status=200 if full else 409)


@needs("people.correct_person")
@never_cache
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct a name or a telephone number, with the reason."""
    shown = _visible(request, pk)
    form = CorrectionForm(request.POST or None, initial={"name": shown.name})
    if request.method == "POST":
        done, refusal = _tried(form, lambda given: actions.correct_person(by=request.actor, person=shown, **given))
        if done is not None:
            return redirect("people:person", pk)
        return render(request, "exams/people/correct.html", {"form": form, "person": shown, "refusal": refusal})
    return render(request, "exams/people/correct.html", {"form": form, "person": shown})


# -- accounts ----------------------------------------------------------------------------------------------------------


@needs("people.open_account")
@require_POST
@never_cache
def account_open(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the account; the first password is shown this once."""
    shown, form, secret = _visible(request, pk), AccountForm(request.POST), first_password()
    opened, refusal = _tried(form, lambda given: credentials.open_account(by=request.actor, person=shown, password=secret, **given))
    if opened is None:
        return _person_page(request, shown, account_form=form, refusal=refusal, status=409)
    return render(request, "exams/people/first_password.html", {"person": shown, "account": opened, "secret": secret})


@needs("people.renew_first_password")
@require_POST
@never_cache
@session.confirmed_again
def account_renew(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new first password, shown this once."""
    shown, form, secret = _visible(request, pk), PurposeForm(request.POST), first_password()
    renewed, refusal = _tried(
        form,
        lambda given: credentials.renew_first_password(
            by=request.actor, account=_account_of(request, shown), password=secret, reason=given["purpose"]
        ),
    )
    if renewed is None:
        return _person_page(request, shown, refusal=refusal, purpose=form, status=409)
    return render(request, "exams/people/first_password.html", {"person": shown, "account": renewed, "secret": secret})


def _account_of(request: HttpRequest, shown: Person) -> Account:
    return get_object_or_404(queries.accounts_visible_to(request.actor), person=shown)


def _change(request: HttpRequest, pk: UUID, act: Any) -> HttpResponse:
    """One change of an account with its reason."""
    shown, form = _visible(request, pk), PurposeForm(request.POST)
    found = _account_of(request, shown)
    done, refusal = _tried(form, lambda given: act(by=request.actor, account=found, reason=given["purpose"]))
    if done is not None:
        messages.success(request, _("Done, and on record with your reason."))
        return redirect("people:person", pk)
    return _person_page(request, shown, refusal=refusal, purpose=form, status=409)


@needs("people.disable_account")
@require_POST
@session.confirmed_again
def account_disable(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Disable the account."""
    return _change(request, pk, credentials.disable_account)


@needs("people.enable_account")
@require_POST
@session.confirmed_again
def account_enable(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Enable the account again."""
    return _change(request, pk, credentials.enable_account)


@needs("people.unlock_account")
@require_POST
@session.confirmed_again
def account_unlock(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a lock before its time."""
    return _change(request, pk, credentials.unlock_account)


@needs("people.reset_second_factor")
@require_POST
@session.confirmed_again
def factor_reset(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take away a lost second factor."""
    return _change(request, pk, credentials.reset_second_factor)


# -- posts -------------------------------------------------------------------------------------------------------------


@needs("people.record_employment")
def employment_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a post of this person in one's own organisation."""
    shown = _visible(request, pk)
    form = EmploymentForm(request.POST or None, initial={"since": clock.today()})
    refusal = None
    if request.method == "POST":
        own = get_object_or_404(Organisation, pk=request.actor.organisation_id)
        done, refusal = _tried(form, lambda given: actions.record_employment(by=request.actor, person=shown, organisation=own, **given))
        if done is not None:
            return redirect("people:person", pk)
    return render(request, "exams/people/employment.html", {"form": form, "person": shown, "refusal": refusal})


@needs("people.end_employment")
def employment_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a post with its last day."""
    found = Employment.objects.select_related("person", "organisation")
    employment = get_object_or_404(found, pk=pk, person__in=queries.persons_visible_to(request.actor))
    form, refusal = EndForm(request.POST or None, initial={"until": clock.today()}), None
    if request.method == "POST":
        done, refusal = _tried(form, lambda given: actions.end_employment(by=request.actor, employment=employment, **given))
        if done is not None:
            return redirect("people:person", employment.person_id)
    return render(
        request, "exams/people/employment.html", {"form": form, "person": employment.person, "employment": employment, "refusal": refusal}
    )


# -- organisations -----------------------------------------------------------------------------------------------------


@needs("people.organisations")
def organisations(request: HttpRequest) -> HttpResponse:
    """All organisations by kind."""
    found = queries.organisations_visible_to(request.actor).select_related("supervised_by")
    columns = [
        Column("name", _("Name"), kind="head", sort="name_key", link=lambda row: reverse("people:organisation", args=[row.pk])),
        Column("kind", _("Kind"), lambda row: row.get_kind_display(), sort="kind"),
        Column("credit_code", _("Unified social credit code"), sort="credit_code"),
        Column("supervised_by", _("Supervised by"), lambda row: row.supervised_by.name if row.supervised_by else spelling.NOTHING),
    ]
    listing = Listing(
        found, columns, search=["name", "name_en", "name_key", "credit_code"],
        filters=[Filter("kind", _("Kind"), Organisation.Kind.choices)], default_sort="name", name="organisations",
        empty=_("No organisation here yet."), empty_url=reverse("people:organisation_new"), empty_link=_("Enter an organisation"),
    )  # fmt: skip
    return listing.answer(request, "exams/people/organisations.html", {"may_register": may(request.actor, "people.register_organisation")})


@needs("people.register_organisation")
def organisation_new(request: HttpRequest) -> HttpResponse:
    """Enter an organisation."""
    form, refusal = OrganisationForm(request.POST or None), None
    if request.method == "POST":
        made, refusal = _tried(form, lambda given: actions.register_organisation(by=request.actor, **given))
        if made is not None:
            return redirect("people:organisation", made.pk)
    return render(request, "exams/people/organisation_new.html", {"form": form, "refusal": refusal})


@needs("people.organisations")
def organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One organisation: what it is, who supervises it, whom it supervises."""
    found = queries.organisations_visible_to(request.actor).select_related("supervised_by")
    shown = get_object_or_404(found, pk=pk)
    employed = queries.persons_visible_to(request.actor).filter(pk__in=queries.employed_by(shown).values("pk"))
    return render(
        request, "exams/people/organisation.html", {"organisation": shown, "employed": employed, "supervised": shown.supervised.all()}
    )


# -- kin ---------------------------------------------------------------------------------------------------------------


@needs("people.declare_kin")
@never_cache
def kin(request: HttpRequest) -> HttpResponse:
    """One's own declared relatives, and a form for one more."""
    own = get_object_or_404(Person, pk=request.actor.person_id)
    form, refusal = KinForm(request.POST or None), None
    if request.method == "POST":
        edge, refusal = _tried(form, lambda given: actions.declare_kin(by=request.actor, person=own, **given))
        if edge is not None:
            messages.success(request, _("Declared. Rulings made from now on take it into account."))
            return redirect("people:kin")
    declared = queries.kin_visible_to(request.actor).filter(person=own).select_related("reported_by")
    rows = [{"edge": edge, "relation": _(relations.TITLES.get(edge.relation, edge.relation))} for edge in declared]
    return render(request, "exams/people/kin.html", {"rows": rows, "form": form, "refusal": refusal, "basis": _(relations.BASIS)})


@needs("people.withdraw_kin")
def kin_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw a declaration made in error, with the reason."""
    edge = get_object_or_404(queries.kin_visible_to(request.actor), pk=pk)
    form, refusal = PurposeForm(request.POST or None), None
    if request.method == "POST":
        done, refusal = _tried(form, lambda given: actions.withdraw_kin(by=request.actor, edge=edge, reason=given["purpose"]))
        if done is not None:
            return redirect("people:kin")
    return render(
        request,
        "exams/people/kin_withdraw.html",
        {"edge": edge, "form": form, "refusal": refusal, "relation": relations.TITLES.get(edge.relation, "")},
    )
