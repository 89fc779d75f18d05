"""Addresses of interests: one's own page, declarations, trainings."""

from django.urls import path

from exams.interests import import_pages, name_pages, reporting_views, views

app_name = "interests"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("declare/<uuid:event_id>/", views.declare, name="declare"),
    path("declarations/", views.declarations, name="declarations"),
    path("declarations/<uuid:pk>/", views.declaration, name="declaration"),
    path("training/", views.declare_training, name="declare_training"),
    path("authorship/", views.declare_authorship, name="declare_authorship"),
    path("disputes/", views.declare_dispute, name="declare_dispute"),
    path("disputes/<uuid:pk>/", views.dispute, name="dispute"),
    path("disputes/recorded/", reporting_views.disputes, name="disputes"),
    path("disputes/recorded/new/", reporting_views.new_dispute, name="new_dispute"),
    path("relatives/", name_pages.declare_relative, name="declare_relative"),
    path("names/", name_pages.names, name="names"),
    path("names/<uuid:pk>/", name_pages.name, name="name"),
    path("names/<uuid:pk>/number/", name_pages.identify, name="identify"),
    path("names/<uuid:pk>/withdraw/", name_pages.withdraw, name="withdraw_name"),
    path("doubts/<uuid:pk>/reopen/", name_pages.reopen, name="reopen_doubt"),
    path("import/", import_pages.overview, name="imports"),
    path("import/<slug:kind>/", import_pages.upload, name="upload"),
    path("import/<slug:kind>/template/", import_pages.template, name="template"),
    path("batches/<uuid:pk>/", import_pages.batch, name="batch"),
    path("batches/<uuid:pk>/import/", import_pages.import_batch, name="import_batch"),
    path("batches/<uuid:pk>/discard/", import_pages.discard_batch, name="discard_batch"),
    path("courses/", reporting_views.courses, name="courses"),
    path("courses/<uuid:pk>/", reporting_views.course, name="course"),
    path("trainings/", reporting_views.trainings, name="trainings"),
    path("trainings/new/", reporting_views.new_training, name="new_training"),
    path("trainings/<uuid:pk>/", reporting_views.training, name="training"),
    path("works/new/", reporting_views.new_work, name="new_work"),
    path("concealments/new/", reporting_views.new_concealment, name="new_concealment"),
]
