"""Addresses of cameras and collectors."""

from django.urls import path

from proctoring.cameras import views

app_name = "cameras"
urlpatterns = [
    path("", views.cameras, name="list"),
    path("collectors/", views.agents, name="agents"),
    path("collectors/enrol/", views.enrol, name="enrol"),
    path("collectors/<uuid:pk>/", views.agent, name="agent"),
    path("collectors/<uuid:pk>/config.json", views.config, name="config"),
    path("collectors/<uuid:pk>/renew/", views.renew, name="renew"),
    path("rooms/<uuid:pk>/", views.room, name="room"),
    path("rooms/<uuid:pk>/place/", views.place, name="place"),
    path("<uuid:pk>/aim/", views.aim, name="aim"),
    path("<uuid:pk>/retire/", views.retire, name="retire"),
]
