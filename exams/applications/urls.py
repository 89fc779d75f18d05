"""Addresses of applications."""

from django.urls import path

from exams.applications import import_pages, own_pages, views, work_pages

app_name = "applications"
urlpatterns = [
    path("", views.application_list, name="list"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/verify/", views.verify, name="verify"),
    path("<uuid:pk>/correction/", views.correction, name="correction"),
    path("<uuid:pk>/paper/<str:name>/", views.letter, name="letter"),
    path("<uuid:pk>/confirm/", views.confirm, name="confirm"),
    path("<uuid:pk>/decide/<str:verb>/", views.decide, name="decide"),
    path("draw/", work_pages.draw, name="draw"),
    path("work/", work_pages.work, name="work"),
    path("work/done/", work_pages.done, name="work_done"),
    path("employer/", views.employer, name="employer"),
    path("employer/confirm/", views.confirm_many, name="confirm_many"),
    path("import/", import_pages.overview, name="imports"),
    path("import/<uuid:pk>/", import_pages.upload_form, name="upload"),
    path("import/<uuid:pk>/template/", import_pages.template, name="template"),
    path("import/<uuid:pk>/file/", import_pages.upload, name="upload_file"),
    path("batches/<uuid:pk>/", import_pages.batch, name="batch"),
    path("batches/<uuid:pk>/<str:verb>/", import_pages.act, name="batch_act"),
    path("mine/", own_pages.mine, name="mine"),
    path("mine/start/<uuid:event>/", own_pages.start, name="start"),
    path("mine/<uuid:pk>/", own_pages.own, name="own"),
    path("mine/<uuid:pk>/facts/", own_pages.facts, name="facts"),
    path("mine/<uuid:pk>/performance/", own_pages.performance, name="performance"),
    path("mine/<uuid:pk>/material/", own_pages.material, name="material"),
    path("mine/<uuid:pk>/step/<str:verb>/", own_pages.step, name="step"),
]
