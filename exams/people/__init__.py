"""Organisations, persons, accounts, employment and kinship, and how a person signs in."""
