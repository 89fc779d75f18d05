"""Addresses of rulings, waivers, requests and rules."""

from django.urls import path

from exams.recusal import views

app_name = "recusal"

urlpatterns = [
    path("", views.rulings, name="list"),
    path("rules/", views.rule_book, name="rules"),
    path("rules/parameter/", views.set_policy, name="set_policy"),
    path("notices/", views.notices, name="notices"),
    path("requests/", views.requests, name="requests"),
    path("requests/new/", views.new_request, name="new_request"),
    path("requests/<uuid:pk>/", views.request_page, name="request"),
    path("requests/<uuid:pk>/withdraw/", views.withdraw_request, name="withdraw_request"),
    path("waivers/<uuid:pk>/confirm/", views.confirm_waiver, name="confirm_waiver"),
    path("waivers/<uuid:pk>/refuse/", views.refuse_waiver, name="refuse_waiver"),
    path("<uuid:pk>/", views.ruling, name="ruling"),
    path("<uuid:pk>/waive/<str:objection_id>/", views.waive, name="waive"),
]
