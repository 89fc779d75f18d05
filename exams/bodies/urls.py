"""Addresses of exam bodies."""

from django.urls import path

from exams.bodies import authority_views, views

app_name = "bodies"

urlpatterns = [
    path("", views.bodies, name="list"),
    path("<uuid:pk>/", views.body, name="body"),
    path("<uuid:pk>/documents/", views.file_document, name="file_document"),
    path("<uuid:pk>/business/", views.declare_business, name="declare_business"),
    path("<uuid:pk>/staff/", views.register_staff, name="register_staff"),
    path("staff/<uuid:pk>/end/", views.end_staff, name="end_staff"),
    path("<uuid:pk>/checks/", views.record_check, name="record_check"),
    path("checks/<uuid:pk>/", views.check, name="check"),
    path("<uuid:pk>/entrust/", authority_views.entrust, name="entrust"),
    path("<uuid:pk>/business/decide/", authority_views.decide_business, name="decide_business"),
    path("entrustments/<uuid:pk>/<str:verb>/", authority_views.move, name="move"),
    path("standard/", authority_views.set_standard, name="set_standard"),
]
