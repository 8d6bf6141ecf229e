"""What a user may write: the scenario language, its loader and its cross-checks. Knows no arrays."""
