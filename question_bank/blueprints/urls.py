"""Addresses of blueprints."""

from django.urls import path

from question_bank.blueprints import views

app_name = "blueprints"
urlpatterns = [
    path("", views.blueprints, name="list"),
    path("new/", views.make, name="make"),
    path("<uuid:pk>/", views.page, name="page"),
    path("<uuid:pk>/change/", views.change, name="change"),
    path("<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
]
