"""Applications to be examined: materials, employer's confirmation, two-officer verification, acceptance."""
