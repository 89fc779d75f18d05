"""Addresses of the inbox."""

from django.urls import path

from exams.messages import views

app_name = "messages"
urlpatterns = [path("", views.inbox, name="inbox"), path("read/", views.read, name="read")]
