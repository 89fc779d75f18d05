"""Addresses of stored files."""

from django.urls import path

from exams.documents import views

app_name = "documents"
urlpatterns = [path("<uuid:pk>/", views.download, name="download")]
