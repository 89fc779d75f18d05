"""Questions, their versions, and the secrecy under which they are written."""
