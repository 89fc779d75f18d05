"""Addresses of the catalogue."""

from django.urls import path

from exams.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.item_list, name="list"),
    path("enter/", views.enter_form, name="enter"),
    path("enter/file/", views.enter, name="enter_file"),
    path("calendar/", views.calendar, name="calendar"),
    path("<uuid:pk>/", views.item, name="item"),
    path("<uuid:pk>/<uuid:edition>/", views.item, name="edition"),
    path("editions/<uuid:pk>/<str:verb>/", views.move, name="move"),
]
