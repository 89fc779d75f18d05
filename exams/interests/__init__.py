"""What may stand in the way of fairness: training, authorship, declarations, disputes."""
