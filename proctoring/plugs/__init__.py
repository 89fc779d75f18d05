"""What proctoring fills of the registries of the examination."""
