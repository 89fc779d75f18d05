"""The addresses of the whole system."""

from __future__ import annotations

import importlib.util

from django.urls import include, path
from django.views.i18n import set_language

from config import look, pages
from exams.access import public

urlpatterns = [
    path("", pages.home, name="home"),
    path("language/", public(set_language), name="set_language"),
    path("look/", look.choose, name="look"),
    path("healthz", pages.healthz, name="healthz"),
    path("", include("exams.urls")),
]
for prefix, module in (("bank/", "question_bank.urls"), ("video/", "proctoring.urls")):
    if importlib.util.find_spec(module):
        urlpatterns.append(path(prefix, include(module)))

handler404 = "config.pages.not_found"
handler403 = "config.pages.forbidden"
handler500 = "config.pages.server_error"
