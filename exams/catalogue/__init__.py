"""Qualifications and their dated rules, every value with its source; the calendar of working days."""
