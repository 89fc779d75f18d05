"""Addresses of the camera wall."""

from django.urls import path

from proctoring.wall import views

app_name = "wall"
urlpatterns = [
    path("", views.venues, name="venues"),
    path("<uuid:pk>/", views.wall, name="wall"),
    path("<uuid:pk>/now/", views.now, name="now"),
    path("<uuid:pk>/version/", views.version, name="version"),
    path("faults/<uuid:pk>/<slug:verb>/", views.handle, name="handle"),
]
