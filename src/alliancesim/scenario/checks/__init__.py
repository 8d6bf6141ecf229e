"""What must hold between the parts of a scenario, one file per section of it."""
