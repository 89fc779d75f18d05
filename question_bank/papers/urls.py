"""Addresses of papers."""

from django.urls import path

from question_bank.papers import bag_views, views

app_name = "papers"
urlpatterns = [
    path("", views.papers, name="list"),
    path("key/", views.key, name="key"),
    path("<uuid:pk>/", views.page, name="page"),
    path("<uuid:pk>/seal/", views.seal, name="seal"),
    path("<uuid:pk>/approve-opening/", views.approve_opening, name="approve_opening"),
    path("<uuid:pk>/print/", views.print_form, name="print"),
    path("<uuid:pk>/print-all/", views.print_all, name="print_all"),
    path("<uuid:pk>/leak/", views.report_leak, name="leak"),
    path("<uuid:pk>/ask-spare/", views.ask_spare, name="ask_spare"),
    path("<uuid:pk>/decide-spare/", views.decide_spare, name="decide_spare"),
    path("<uuid:pk>/hand-over/", bag_views.hand_over, name="hand_over"),
    path("<uuid:pk>/hand-over/<uuid:link_pk>/decide/", bag_views.decide_seal, name="decide_seal"),
]
