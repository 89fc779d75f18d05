"""Addresses of the register."""

from django.urls import path

from exams.register import views

app_name = "register"
urlpatterns = [
    path("certificates/", views.certificates, name="certificates"),
    path("bars/", views.bars, name="bars"),
    path("bars/enter/", views.enter_bar, name="enter_bar"),
    path("bars/<uuid:pk>/lift/", views.lift_bar, name="lift_bar"),
    path("mine/", views.own, name="own"),
]
