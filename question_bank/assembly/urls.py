"""Addresses of the draw and of the reading before approval."""

from django.urls import path

from question_bank.assembly import views

app_name = "assembly"
urlpatterns = [
    path("draw/<uuid:pk>/", views.draw, name="draw"),
    path("<uuid:pk>/text/", views.text, name="text"),
    path("<uuid:pk>/approve/", views.approve, name="approve"),
    path("<uuid:pk>/discard/", views.discard, name="discard"),
]
