"""Addresses of footage."""

from django.urls import path

from proctoring.footage import keeping_views, views

app_name = "footage"
urlpatterns = [
    path("", views.requests, name="requests"),
    path("own/", views.own, name="own"),
    path("own/<uuid:pk>/", views.ask, name="ask"),
    path("requests/<uuid:pk>/", views.request_page, name="request"),
    path("requests/<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("samples/", views.samples, name="samples"),
    path("samples/draw/<uuid:pk>/", views.draw, name="draw"),
    path("samples/<uuid:pk>/", views.sample, name="sample"),
    path("samples/<uuid:pk>/serve/", views.serve, name="serve"),
    path("samples/look/<uuid:pk>/", views.look, name="look"),
    path("keeping/", keeping_views.keeping, name="keeping"),
    path("keeping/rules/<uuid:pk>/confirm/", keeping_views.confirm, name="confirm"),
    path("keeping/sittings/<uuid:pk>/", keeping_views.sitting, name="sitting"),
    path("keeping/sittings/<uuid:pk>/propose/", keeping_views.propose, name="propose"),
    path("keeping/holds/<uuid:pk>/lift/", keeping_views.lift, name="lift"),
    path("keeping/disposals/<uuid:pk>/approve/", keeping_views.approve, name="approve"),
    path("keeping/disposals/<uuid:pk>/keep/", keeping_views.keep, name="keep"),
    path("keeping/disposals/<uuid:pk>/order.json", keeping_views.order, name="order"),
    path("keeping/disposals/<uuid:pk>/remove/", keeping_views.remove, name="remove"),
]
