"""Addresses of the day."""

from __future__ import annotations

from django.urls import path

from exams.conduct import views
from exams.conduct.gate import views as gate

app_name = "conduct"
urlpatterns = [
    path("", views.today, name="today"),
    path("duty/<uuid:pk>/sign-in", views.sign_in, name="sign_in"),
    path("sitting/<uuid:pk>/", views.day, name="day"),
    path("sitting/<uuid:pk>/open", views.open_sitting, name="open"),
    path("sitting/<uuid:pk>/bell/<slug:kind>", views.ring, name="ring"),
    path("sitting/<uuid:pk>/close-door", views.close_door, name="close_door"),
    path("sitting/<uuid:pk>/close", views.close_sitting, name="close"),
    path("sitting/<uuid:pk>/incident", views.new_incident, name="new_incident"),
    path("sitting/<uuid:pk>/record", views.record, name="record"),
    path("sitting/<uuid:pk>/record/sign", views.sign_record, name="sign_record"),
    path("sitting/<uuid:pk>/record.pdf", views.record_sheet, name="record_sheet"),
    path("incident/<uuid:pk>/", views.incident, name="incident"),
    path("incident/<uuid:pk>/sign", views.sign_incident, name="sign_incident"),
    path("incident/<uuid:pk>/form.pdf", views.incident_sheet, name="incident_sheet"),
    path("gate/<uuid:pk>/", gate.gate, name="gate"),
    path("gate/<uuid:pk>/scan", gate.scan, name="scan"),
    path("gate/<uuid:pk>/frame", gate.frame, name="frame"),
    path("gate/<uuid:pk>/admit/<uuid:place>", gate.admit, name="admit"),
    path("gate/<uuid:pk>/hold/<uuid:place>", gate.hold, name="hold"),
    path("gate/<uuid:pk>/absent/<uuid:place>", gate.absent, name="absent"),
    path("gate/<uuid:pk>/decide/<uuid:answer>", gate.decide, name="decide"),
    path("gate/<uuid:pk>/undo/<uuid:answer>", gate.undo, name="undo"),
    path("gate/<uuid:pk>/photo/<uuid:place>", gate.photo, name="photo"),
]
