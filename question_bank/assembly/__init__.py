"""Assembly: drawing parallel forms from the bank by a blueprint and a seed."""
