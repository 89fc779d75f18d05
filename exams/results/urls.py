"""Addresses of scores and results."""

from django.urls import path

from exams.results import views

app_name = "results"
urlpatterns = [
    path("", views.index, name="index"),
    path("mine/", views.mine, name="mine"),
    path("event/<uuid:pk>/", views.event, name="event"),
    path("event/<uuid:pk>/grade/", views.act, {"verb": "grade"}, name="grade"),
    path("event/<uuid:pk>/sign/", views.act, {"verb": "sign"}, name="sign"),
    path("event/<uuid:pk>/publish/", views.act, {"verb": "publish"}, name="publish"),
    path("sitting/<uuid:pk>/", views.sitting, name="sitting"),
    path("sitting/<uuid:pk>/workbook/", views.blank_workbook, name="workbook"),
    path("sitting/<uuid:pk>/take/", views.take_workbook, name="take"),
    path("mark/<uuid:pk>/", views.mark, name="mark"),
    path("change/<uuid:pk>/", views.change, name="change"),
]
