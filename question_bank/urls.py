"""Addresses of the question bank, below /bank/. What belongs to a place of the rail stands below its address."""

from django.urls import include, path

urlpatterns = [
    path("questions/review/", include("question_bank.review.urls")),
    path("questions/", include("question_bank.questions.urls")),
    path("blueprints/", include("question_bank.blueprints.urls")),
    path("papers/", include("question_bank.assembly.urls")),
    path("papers/", include("question_bank.papers.urls")),
]
