"""Marking of what a rule alone can mark."""
