"""The day itself: readiness, check-in, incidents, the room record and its closing."""
