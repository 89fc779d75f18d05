"""What stands in the register: certificates held, bars on applying, entries of the integrity file."""
