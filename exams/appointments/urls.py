"""Addresses of appointments and of the choice of capacity."""

from django.urls import path

from exams.appointments import views

app_name = "appointments"
urlpatterns = [
    path("choose/", views.choose, name="choose"),
    path("", views.appointments, name="list"),
    path("new/", views.appoint, name="appoint"),
    path("<uuid:pk>/", views.appointment, name="appointment"),
    path("<uuid:pk>/revoke/", views.revoke, name="revoke"),
]
