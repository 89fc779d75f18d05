"""What becomes of footage: who is to look at which, how long it is kept, and who may see it."""
