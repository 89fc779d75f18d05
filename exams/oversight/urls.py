"""Addresses of supervision."""

from django.urls import path

from exams.oversight import views

app_name = "oversight"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("bodies/", views.bodies, name="bodies"),
    path("bodies/<uuid:pk>/", views.body, name="body"),
    path("returns/", views.returns, name="returns"),
    path("<uuid:pk>/", views.audit, name="audit"),
    path("<uuid:pk>/serve/", views.act, {"verb": "serve"}, name="serve"),
    path("<uuid:pk>/run/", views.act, {"verb": "run"}, name="run"),
    path("<uuid:pk>/add/", views.act, {"verb": "add"}, name="add"),
    path("<uuid:pk>/close/", views.act, {"verb": "close"}, name="close"),
    path("<uuid:pk>/terminate/", views.act, {"verb": "terminate"}, name="terminate"),
    path("<uuid:pk>/print/", views.act, {"verb": "print"}, name="print"),
    path("finding/<uuid:pk>/", views.finding, name="finding"),
    path("rectification/<uuid:pk>/", views.rectification, name="rectification"),
]
