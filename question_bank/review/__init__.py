"""Review and approval of questions by persons who did not write them."""
