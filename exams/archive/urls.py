"""Addresses of the archive."""

from django.urls import path

from exams.archive import views

app_name = "archive"
urlpatterns = [
    path("", views.index, name="index"),
    path("verify.py", views.program, name="program"),
    path("sitting/<uuid:pk>/", views.sitting, name="sitting"),
    path("event/<uuid:pk>/", views.event, name="event"),
    path("<uuid:pk>/", views.bag, name="bag"),
    path("<uuid:pk>/verify/", views.verify, name="verify"),
    path("<uuid:pk>/consult/", views.consult, name="consult"),
    path("<uuid:pk>/supplement/", views.supplement, name="supplement"),
    path("<uuid:pk>/continuity/", views.continuity, name="continuity"),
]
