"""Addresses of events, notices and annual plans."""

from django.urls import path

from exams.programme import public_views, views

app_name = "programme"

urlpatterns = [
    path("", views.event_list, name="events"),
    path("new/", views.plan, name="plan"),
    path("notices/", public_views.notices, name="notices"),
    path("notices/<uuid:pk>/", public_views.notice, name="notice"),
    path("plans/", views.plans, name="plans"),
    path("plans/new/", views.new_plan, name="new_plan"),
    path("plans/<uuid:pk>/", views.plan_page, name="plan_page"),
    path("plans/<uuid:pk>/publish/", views.publish_plan, name="publish_plan"),
    path("parameters/", views.parameters, name="parameters"),
    path("words/", views.word_list, name="words"),
    path("words/<uuid:pk>/withdraw/", views.withdraw_word, name="withdraw_word"),
    path("<uuid:pk>/", views.event, name="event"),
    path("<uuid:pk>/words/", views.accept_words, name="accept_words"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    path("<uuid:pk>/publish/", views.publish, name="publish"),
    path("<uuid:pk>/close-applications/", views.close_applications, name="close_applications"),
    path("<uuid:pk>/ask-declarations/", views.ask_declarations, name="ask_declarations"),
    path("<uuid:pk>/correct/", views.correct, name="correct"),
    path("<uuid:pk>/late/", views.ask_late, name="ask_late"),
    path("<uuid:pk>/late/decide/", views.decide_late, name="decide_late"),
    path("<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("<uuid:pk>/separation/", views.separation, name="separation"),
]
