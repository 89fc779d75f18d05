"""Addresses of cameras and collectors."""

from django.urls import path

from proctoring.cameras import collectors, views

app_name = "cameras"
urlpatterns = [
    path("", views.cameras, name="list"),
    path("collectors/", collectors.agents, name="agents"),
    path("collectors/enrol/", collectors.enrol, name="enrol"),
    path("collectors/<uuid:pk>/", collectors.agent, name="agent"),
    path("collectors/<uuid:pk>/config.json", collectors.config, name="config"),
    path("collectors/<uuid:pk>/renew/", collectors.renew, name="renew"),
    path("collectors/<uuid:pk>/claim/", collectors.claim, name="claim"),
    path("collectors/<uuid:pk>/confirm/", collectors.confirm, name="confirm"),
    path("collectors/<uuid:pk>/differ/", collectors.differ, name="differ"),
    path("rooms/<uuid:pk>/", views.room, name="room"),
    path("rooms/<uuid:pk>/place/", views.place, name="place"),
    path("<uuid:pk>/aim/", views.aim, name="aim"),
    path("<uuid:pk>/retire/", views.retire, name="retire"),
]
