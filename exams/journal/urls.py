"""Addresses of the journal."""

from django.urls import path

from exams.journal import views

app_name = "journal"
urlpatterns = [
    path("", views.entries, name="entries"),
    path("witness/", views.witness, name="witness"),
    path("witness/<int:size>.request", views.request_file, name="request"),
]
