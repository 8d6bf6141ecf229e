"""The check of outcomes against what was accepted and what a scenario expects."""
