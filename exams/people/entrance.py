"""Pages of the entrance: signing in and out, the second factor, and the own account."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import auth, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from exams import capacities
from exams.access import Actor, needs, public
from exams.errors import Refused
from exams.people import credentials, limits, session, signin, sockets
from exams.people.forms import CodeForm, PasswordForm, PreferencesForm, RecoveryForm, SignInForm
from exams.people.models import Account, Authenticator, Factor
from exams.people.passwords import RULE
from exams.printing.codes import qr_path

_REFUSED = 403


def address_of(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "")


def actor_for(account: Account, *, verified: bool = False) -> Actor:
    """The person on the threshold: known by name, in no capacity yet."""
    name = account.person.name if account.person else account.username
    return Actor(account_id=account.pk, person_id=account.person_id, name=name, verified=verified, language=account.language)


def safe_next(request: HttpRequest, where: str) -> str:
    """An address of this site, or nothing; what else stands in ?next= leads nowhere."""
    allowed = url_has_allowed_host_and_scheme(where, {request.get_host()}, require_https=request.is_secure())
    return where if allowed else ""


@public
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """User name and password."""
    form, refusal = SignInForm(request.POST or None), None
    if request.GET.get("next"):
        request.session["after"] = safe_next(request, request.GET["next"])
    if request.method == "POST" and form.is_valid():
        try:
            account = signin.check_password(form.cleaned_data["username"], form.cleaned_data["password"], address_of(request))
        except Refused as error:
            refusal = error
        else:
            session.begin(request, account)
            return _next_step(request, account)
    context = {
        "form": form,
        "refusal": refusal,
        "personas": _personas(request),
        "idle": request.session.pop("ended_by_idleness", False),
        "idle_minutes": settings.IDLE_MINUTES,
    }
    return render(request, "exams/people/sign_in.html", context, status=_REFUSED if refusal else 200)


def _personas(request: HttpRequest) -> list[dict[str, Any]]:
    if not signin.from_loopback(address_of(request)):
        return []
    return [{**row, "title": _(capacities.title(row["capacity"]))} for row in signin.personas()]


def _next_step(request: HttpRequest, account: Account) -> HttpResponse:
    if signin.must_change(account):
        return redirect("people:new_password")
    if signin.authenticator_of(account) is not None:
        return redirect("people:code")
    return _arrive(request, account, None, "password")


def _arrive(request: HttpRequest, account: Account, device: Factor | None, how: str) -> HttpResponse:
    after = session.finish(request, account, device)
    signin.on_record(actor_for(account, verified=device is not None), account, address_of(request), how)
    response = redirect(after or settings.LOGIN_REDIRECT_URL)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, account.language, samesite="Lax")
    if account.theme:
        response.set_cookie("theme", account.theme, samesite="Lax")
    return response


@public
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """The one-time code, after the password."""
    return _second_step(request, CodeForm, signin.check_code, "exams/people/code.html", "authenticator")


@public
@never_cache
def recovery(request: HttpRequest) -> HttpResponse:
    """A recovery code instead, when the telephone is lost."""
    return _second_step(request, RecoveryForm, signin.check_recovery, "exams/people/recovery.html", "recovery")


def _second_step(request: HttpRequest, form_class: Any, check: Any, template: str, how: str) -> HttpResponse:
    account = session.pending(request)
    if account is None or signin.must_change(account):
        return redirect("people:sign_in")
    form, refusal = form_class(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            return _arrive(request, account, check(account, form.cleaned_data["code"]), how)
        except Refused as error:
            refusal = error
    context = {
        "form": form,
        "refusal": refusal,
        "recovery": signin.sheet_of(account) is not None,
        "demo_code": _demo_code(request, account),
    }
    return render(request, template, context, status=_REFUSED if refusal else 200)


def _demo_code(request: HttpRequest, account: Account) -> str:
    return signin.demo_code(account) if signin.from_loopback(address_of(request)) else ""


@public
@never_cache
@sensitive_post_parameters()
def new_password(request: HttpRequest) -> HttpResponse:
    """A password of one's own in place of the first one, before anybody is signed in."""
    account = session.pending(request)
    if account is None:
        return redirect("people:sign_in")
    form, refusal = PasswordForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            account = _changed(account, form)
        except Refused as error:
            refusal = form.blame(error)
        else:
            session.begin(request, account)
            return _next_step(request, account)
    return render(request, "exams/people/new_password.html", {"form": form, "refusal": refusal, "rule": [_(line) for line in RULE]})


def _changed(account: Account, form: PasswordForm) -> Account:
    """The old password is a secret to be guessed like any other, so each try is counted."""
    given = form.cleaned_data
    signin.limited(account)
    changed = credentials.change_password(by=actor_for(account), account=account, old=given["old"], new=given["new"])
    limits.forget("code", str(account.pk))
    return changed


@needs("people.sign_out")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session; its sockets close at once."""
    account = request.user
    credentials.sign_out(by=request.actor, account=account)
    auth.logout(request)
    sockets.recheck(account.pk)
    messages.info(request, _("You are signed out."))
    return redirect("people:sign_in")


@needs("people.own_account")
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: language and look, password, second factor."""
    own = request.user
    form = PreferencesForm(request.POST or None, initial={"language": own.language, "theme": own.theme})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        credentials.prefer(by=request.actor, account=own, language=given["language"], theme=given["theme"])
        response = redirect("people:account")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, given["language"], samesite="Lax")
        response.set_cookie("theme", given["theme"], samesite="Lax")
        return response
    authenticator, sheet = signin.authenticator_of(own), signin.sheet_of(own)
    left = sheet.codes.filter(used_at=None).count() if sheet else 0
    return render(
        request, "exams/people/account.html", {"form": form, "own": own, "authenticator": authenticator, "sheet": sheet, "left": left}
    )


@needs("people.own_account")
@never_cache
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; every other session of the account ends."""
    form, refusal = PasswordForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            changed = _changed(request.user, form)
        except Refused as error:
            refusal = form.blame(error)
        else:
            auth.update_session_auth_hash(request, changed)
            messages.success(request, _("The password is changed. Other sessions have ended."))
            return redirect("people:account")
    return render(request, "exams/people/password.html", {"form": form, "refusal": refusal, "rule": [_(line) for line in RULE]})


@needs("people.own_account")
@never_cache
@session.confirmed_again
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: scan, then prove it with one code."""
    own = request.user
    if signin.authenticator_of(own) is not None and not own.is_verified():
        return redirect("people:verify")
    authenticator = credentials.drafted_authenticator(own)
    form, refusal = CodeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            return _enrolled(request, own, authenticator, form.cleaned_data["code"])
        except Refused as error:
            refusal = error
    key = base64.b32encode(bytes.fromhex(authenticator.key)).decode()
    context = {
        "form": form,
        "refusal": refusal,
        "qr": _qr(own.username, key),
        "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        "replaces": own.is_verified(),
    }
    return render(request, "exams/people/enrol.html", context)


def _qr(label: str, key: str) -> dict[str, Any]:
    issuer = quote(settings.OTP_TOTP_ISSUER)
    return qr_path(f"otpauth://totp/{issuer}:{quote(label)}?secret={key}&issuer={issuer}")


def _enrolled(request: HttpRequest, own: Any, authenticator: Authenticator, given: str) -> HttpResponse:
    device = credentials.confirm_authenticator(by=request.actor, account=own, authenticator=authenticator, code=given)
    session.verified(request, device)
    codes = credentials.new_recovery_codes(by=request.actor, account=own)
    return render(request, "exams/people/recovery_codes.html", {"codes": codes, "first": True})


@needs("people.own_account")
@require_POST
@never_cache
@session.confirmed_again
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown this once."""
    codes = credentials.new_recovery_codes(by=request.actor, account=request.user)
    return render(request, "exams/people/recovery_codes.html", {"codes": codes})


@needs("people.own_account")
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """The second factor of somebody who signed in before it was set up elsewhere."""
    own = request.user
    form, refusal = CodeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            session.verified(request, signin.check_code(own, form.cleaned_data["code"]))
            return redirect(safe_next(request, request.GET.get("next", "")) or "home")
        except Refused as error:
            refusal = error
    context = {"form": form, "refusal": refusal, "recovery": False, "demo_code": _demo_code(request, own)}
    return render(request, "exams/people/code.html", context, status=_REFUSED if refusal else 200)


@public
@require_POST
def persona(request: HttpRequest) -> HttpResponse:
    """The demo's one-click sign-in: only in the demo's own database and from this machine; otherwise the page does not exist."""
    found = signin.persona(request.POST.get("username", "")) if signin.from_loopback(address_of(request)) else None
    if found is None:
        raise Http404
    device = signin.authenticator_of(found) or _enrolled_for_demo(found)
    response = _arrive(request, found, device, "persona")
    request.session["wanted_capacity"] = request.POST.get("capacity", "")
    return response


def _enrolled_for_demo(found: Account) -> Authenticator:
    drafted = credentials.drafted_authenticator(found)
    given = signin.code_now(drafted)
    return credentials.confirm_authenticator(by=actor_for(found), account=found, authenticator=drafted, code=given)
