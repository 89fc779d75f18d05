"""Addresses of the entrance, persons, organisations and kin."""

from django.urls import path

from exams.people import entrance, views

app_name = "people"
urlpatterns = [
    path("sign-in/", entrance.sign_in, name="sign_in"),
    path("code/", entrance.code, name="code"),
    path("recovery/", entrance.recovery, name="recovery"),
    path("new-password/", entrance.new_password, name="new_password"),
    path("sign-out/", entrance.sign_out, name="sign_out"),
    path("persona/", entrance.persona, name="persona"),
    path("account/", entrance.account, name="account"),
    path("account/password/", entrance.password, name="password"),
    path("account/second-factor/", entrance.enrol, name="enrol"),
    path("account/verify/", entrance.verify, name="verify"),
    path("account/recovery-codes/", entrance.recovery_codes, name="recovery_codes"),
    path("", views.persons, name="persons"),
    path("new/", views.person_new, name="person_new"),
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/new/", views.organisation_new, name="organisation_new"),
    path("organisations/<uuid:pk>/", views.organisation, name="organisation"),
    path("kin/", views.kin, name="kin"),
    path("kin/<uuid:pk>/withdraw/", views.kin_withdraw, name="kin_withdraw"),
    path("posts/<uuid:pk>/end/", views.employment_end, name="employment_end"),
    path("<uuid:pk>/", views.person, name="person"),
    path("<uuid:pk>/full/", views.show, name="show"),
    path("<uuid:pk>/correct/", views.correct, name="correct"),
    path("<uuid:pk>/posts/", views.employment_new, name="employment_new"),
    path("<uuid:pk>/account/", views.account_open, name="account_open"),
    path("<uuid:pk>/account/renew/", views.account_renew, name="account_renew"),
    path("<uuid:pk>/account/disable/", views.account_disable, name="account_disable"),
    path("<uuid:pk>/account/enable/", views.account_enable, name="account_enable"),
    path("<uuid:pk>/account/unlock/", views.account_unlock, name="account_unlock"),
    path("<uuid:pk>/account/reset/", views.factor_reset, name="factor_reset"),
]
