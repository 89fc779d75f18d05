"""Coverage of a sitting: seats by time, what was seen and recorded, and what was not and why."""
