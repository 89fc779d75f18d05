"""Addresses of long work."""

from django.urls import path

from exams.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.job_list, name="list"),
    path("<uuid:pk>/", views.job, name="job"),
    path("<uuid:pk>/state/", views.state, name="state"),
    path("<uuid:pk>/result/", views.result, name="result"),
    path("<uuid:pk>/cancel/", views.cancel, name="cancel"),
]
