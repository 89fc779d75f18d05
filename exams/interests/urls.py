"""Addresses of interests: one's own page, declarations, trainings."""

from django.urls import path

from exams.interests import reporting_views, views

app_name = "interests"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("declare/<uuid:event_id>/", views.declare, name="declare"),
    path("declarations/", views.declarations, name="declarations"),
    path("declarations/<uuid:pk>/", views.declaration, name="declaration"),
    path("training/", views.declare_training, name="declare_training"),
    path("authorship/", views.declare_authorship, name="declare_authorship"),
    path("disputes/", views.declare_dispute, name="declare_dispute"),
    path("disputes/<uuid:pk>/end/", views.end_dispute, name="end_dispute"),
    path("trainings/", reporting_views.trainings, name="trainings"),
    path("trainings/new/", reporting_views.new_training, name="new_training"),
    path("trainings/<uuid:pk>/", reporting_views.training, name="training"),
    path("works/new/", reporting_views.new_work, name="new_work"),
    path("concealments/new/", reporting_views.new_concealment, name="new_concealment"),
]
