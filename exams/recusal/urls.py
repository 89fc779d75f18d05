"""Addresses of rulings, waivers, requests and rules."""

from django.urls import path

from exams.recusal import late_pages, request_pages, views

app_name = "recusal"

urlpatterns = [
    path("", views.rulings, name="list"),
    path("rules/", views.rule_book, name="rules"),
    path("rules/parameter/", views.set_policy, name="set_policy"),
    path("notices/", views.notices, name="notices"),
    path("requests/", request_pages.requests, name="requests"),
    path("requests/new/", request_pages.new_request, name="new_request"),
    path("requests/<uuid:pk>/", request_pages.request_page, name="request"),
    path("requests/<uuid:pk>/person/", request_pages.name_person, name="name_person"),
    path("requests/<uuid:pk>/withdraw/", request_pages.withdraw_request, name="withdraw_request"),
    path("later/", late_pages.late_grounds, name="late_grounds"),
    path("later/<uuid:pk>/", late_pages.late_ground, name="late_ground"),
    path("later/<uuid:pk>/revoke/", late_pages.revoke, name="revoke_late_ground"),
    path("waivers/<uuid:pk>/confirm/", views.confirm_waiver, name="confirm_waiver"),
    path("waivers/<uuid:pk>/refuse/", views.refuse_waiver, name="refuse_waiver"),
    path("<uuid:pk>/", views.ruling, name="ruling"),
    path("<uuid:pk>/later/", late_pages.record, name="record_late_ground"),
    path("<uuid:pk>/waive/<str:objection_id>/", views.waive, name="waive"),
]
