"""Recusal: rules, the facts they are asked with, and the rulings."""
