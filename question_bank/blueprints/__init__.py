"""Blueprints: how many questions of which unit, kind and difficulty make a paper."""
