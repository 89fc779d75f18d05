"""Exam bodies: entrustment, management documents, staff, internal checks."""
