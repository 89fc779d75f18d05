"""The programme: annual plan, exam events, public notices."""
