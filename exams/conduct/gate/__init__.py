"""The screen at the door."""
