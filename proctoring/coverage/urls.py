"""Addresses of video coverage."""

from django.urls import path

from proctoring.coverage import views

app_name = "coverage"
urlpatterns = [
    path("", views.sittings, name="list"),
    path("<uuid:pk>/", views.sitting, name="sitting"),
    path("<uuid:pk>/faults.json", views.faults, name="faults"),
    path("<uuid:pk>/gaps/<uuid:camera>/<int:since>-<int:until>/", views.explain, name="explain"),
]
