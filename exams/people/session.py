"""Sessions: who has signed in how far, when they were last active, and whether a grave act was confirmed a moment ago."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django_otp import login as otp_login

from exams import clock
from exams.errors import Refused
from exams.people import signin
from exams.people.models import Account, Factor

BACKEND = "django.contrib.auth.backends.ModelBackend"
# Between the password and the code; then it begins anew.
PENDING_MINUTES = 10
CONFIRMED_MINUTES = 5
_NOTED_EVERY = 60  # seconds; a write at every request would only lengthen the queue of the database
_NOT_CARRIED = frozenset({"csrfmiddlewaretoken", "confirm_code"})


def begin(request: HttpRequest, account: Account) -> None:
    """The password was right; nobody is signed in yet."""
    request.session.cycle_key()
    request.session["pending"] = {"account": str(account.pk), "at": _now(), "hash": account.get_session_auth_hash()}


def pending(request: HttpRequest) -> Account | None:
    """Whose password was right a moment ago in this session, unless the password has changed since."""
    begun = request.session.get("pending")
    if not begun or _now() - begun["at"] > PENDING_MINUTES * 60:
        return None
    account = Account.objects.select_related("person").filter(pk=begun["account"], is_active=True).first()
    return account if account and account.get_session_auth_hash() == begun["hash"] else None


def finish(request: HttpRequest, account: Account, device: Factor | None) -> str:
    """Sign in; the answer is where the person wanted to go. The session is a new one: a key planted beforehand is worth nothing."""
    after = request.session.get("after", "")
    request.session.flush()
    auth.login(request, account, backend=BACKEND)
    request.session["active_at"] = request.session["confirmed_at"] = _now()
    if device is not None:
        verified(request, device)
    return after


def verified(request: HttpRequest, device: Factor) -> None:
    """The second factor was given in this session; that counts as a confirmation too."""
    otp_login(request, device)
    request.session.cycle_key()
    request.session["confirmed_at"] = _now()


def is_idle(session: SessionBase) -> bool:
    """Whether the person has done nothing for longer than allowed."""
    active = session.get("active_at")
    return active is not None and _now() - active > settings.IDLE_MINUTES * 60


def note_activity(session: SessionBase) -> None:
    """Note that the person is active."""
    if _now() - session.get("active_at", 0) > _NOTED_EVERY:
        session["active_at"] = _now()


def by_hand(request: HttpRequest) -> bool:
    """Whether a person did this; what a page fetches by itself to stay fresh keeps nobody signed in."""
    fetched = "HX-Request" in request.headers or request.headers.get("Accept") == "application/json"
    return request.method != "GET" or not fetched


def watching(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page that somebody on duty looks at for hours without touching it (the camera wall): its own polling counts as being there.

    Stands on the view that is polled, below @needs.
    """

    @functools.wraps(view)
    def noting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        note_activity(request.session)
        return view(request, *args, **kwargs)

    return noting


def confirmed_recently(request: HttpRequest) -> bool:
    return _now() - request.session.get("confirmed_at", 0) <= CONFIRMED_MINUTES * 60


def confirmed_again(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Ask who it is once more before a grave act (any POST of the view). Stands below @needs.

    What was sent is carried through the question, so that nothing typed is lost; files have to be chosen again.
    """

    @functools.wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or confirmed_recently(request):
            return view(request, *args, **kwargs)
        given = request.POST.get("confirm_code", "").strip()
        refusal = _refusal(request, given) if given else None
        if given and refusal is None:
            return view(request, *args, **kwargs)
        return _question(request, refusal)

    return asking


def _refusal(request: HttpRequest, given: str) -> Refused | None:
    try:
        signin.check_again(request.user, given)  # type: ignore[arg-type]
    except Refused as refusal:
        return refusal
    request.session["confirmed_at"] = _now()
    return None


def _question(request: HttpRequest, refusal: Refused | None) -> HttpResponseBase:
    account: Any = request.user
    carried = [(name, value) for name in request.POST for value in request.POST.getlist(name) if name not in _NOT_CARRIED]
    context = {
        "carried": carried,
        "refusal": refusal,
        "files": bool(request.FILES),
        "by_password": signin.authenticator_of(account) is None,
        "demo_code": signin.demo_code(account) if signin.from_loopback(request.META.get("REMOTE_ADDR", "")) else "",
    }
    return render(request, "exams/people/confirm.html", context, status=403 if refusal else 200)


def _now() -> int:
    return int(clock.machine().timestamp())
