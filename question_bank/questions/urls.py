"""Addresses of questions."""

from django.urls import path

from question_bank.questions import views

app_name = "questions"
urlpatterns = [
    path("", views.questions, name="list"),
    path("letter/", views.letter, name="letter"),
    path("new/", views.write, name="write"),
    path("<uuid:pk>/", views.page, name="page"),
    path("<uuid:pk>/save/", views.save, name="save"),
    path("<uuid:pk>/describe/", views.describe, name="describe"),
    path("<uuid:pk>/submit/", views.submit, name="submit"),
    path("<uuid:pk>/new-version/", views.new_version, name="new_version"),
    path("<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
]
