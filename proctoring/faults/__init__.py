"""What can be wrong with a picture: one fault per file, found by its file."""
