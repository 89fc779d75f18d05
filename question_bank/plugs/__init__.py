"""What the question bank fills of the registries of the examination."""
