"""The reader's choice of theme and print size: two cookies, set without any script too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from exams.access import public

_YEAR = 365 * 24 * 3600
# Pressing the switch leads from one value to the next; "" is what the system of the reader asks for.
_AFTER = {
    "theme": {"": "dark", "dark": "light", "light": ""},
    "size": {"": "large", "large": "larger", "larger": ""},
}
_COOKIE = {"theme": "theme", "size": "print_size"}


@public
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Move theme or print size to its next value and go back to the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    switch = request.POST.get("switch", "")
    if switch in _AFTER:
        name = _COOKIE[switch]
        value = _AFTER[switch].get(request.COOKIES.get(name, ""), "")
        response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=request.is_secure())
    return response
