"""Comparisons of runs on common draws, and what their differences come from."""
