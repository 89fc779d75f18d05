"""Sockets of proctoring: collectors bring a credential, the wall is for people."""

from django.urls import path

from proctoring.ingest.consumer import IngestConsumer
from proctoring.wall.consumer import WallConsumer

agent_urlpatterns = [path("ws/ingest/", IngestConsumer.as_asgi())]
websocket_urlpatterns = [path("ws/wall/<uuid:venue>/", WallConsumer.as_asgi())]
