"""Addresses of proctoring, below /video/."""

from django.urls import include, path

urlpatterns = [
    path("cameras/", include("proctoring.cameras.urls")),
    path("coverage/", include("proctoring.coverage.urls")),
    path("footage/", include("proctoring.footage.urls")),
    path("wall/", include("proctoring.wall.urls")),
]
