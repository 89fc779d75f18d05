"""Who is acting, and the one place where a refusal becomes an answer."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation

from exams.access import ANONYMOUS
from exams.appointments.queries import actor_of
from exams.errors import NotPermitted, Refused, Sealed, Stale

Handler = Callable[[HttpRequest], HttpResponseBase]


class ActorMiddleware:
    """Sets request.actor, read from the database anew at each request, and speaks the account's language."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        signed_in = request.session.get("_auth_user_id") is not None
        request.actor = actor_of(request) if signed_in else ANONYMOUS  # type: ignore[attr-defined]
        language = request.actor.language  # type: ignore[attr-defined]
        if language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
        return self.get_response(request)


class RefusalMiddleware:
    """Turns the exceptions of exams.errors into pages, or fragments where htmx asks."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotPermitted):
            return self._not_permitted(request, error)
        if isinstance(error, Refused):
            return self._page(request, "refused.html", {"refusal": error}, 409)
        if isinstance(error, Stale):
            return self._page(request, "stale.html", {"obj": error.obj}, 409)
        if isinstance(error, Sealed):
            return self._page(request, "sealed.html", {"what": error.what}, 409)
        return None

    def _not_permitted(self, request: HttpRequest, error: NotPermitted) -> HttpResponse:
        if error.reason.id == "access.sign_in":
            return redirect(f"{_sign_in_url()}?next={request.get_full_path()}")
        return self._page(request, "403.html", {"reason": error.reason}, 403)

    def _page(self, request: HttpRequest, template: str, context: dict[str, object], status: int) -> HttpResponse:
        if getattr(request, "htmx", False):
            template = f"_{template}"
        return render(request, template, context, status=status)


def _sign_in_url() -> str:
    return redirect(settings.LOGIN_URL).url


