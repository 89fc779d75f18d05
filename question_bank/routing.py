"""Sockets of the question bank."""

from django.urls import path

from question_bank.questions.consumer import EditorConsumer

websocket_urlpatterns = [path("ws/bank/questions/<uuid:pk>/", EditorConsumer.as_asgi())]
