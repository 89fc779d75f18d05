"""The few pages that belong to no subject: the front door, health, and the plain error pages."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render

from exams.access import public
from exams.appointments import views as appointments


@public
def home(request: HttpRequest) -> HttpResponseBase:
    """The agenda of whoever is signed in; otherwise the sign-in page."""
    if not request.user.is_authenticated:
        return redirect("people:sign_in")
    return appointments.home(request)


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process answers and its database with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
