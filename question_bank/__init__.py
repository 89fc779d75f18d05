"""The question bank and the sealed papers, closed to anyone who trains candidates."""
