"""Addresses of review and approval."""

from django.urls import path

from question_bank.review import views

app_name = "review"
urlpatterns = [path("<uuid:pk>/", views.page, name="page"), path("<uuid:pk>/opinion/", views.give, name="give")]
