"""Making runs and reading them back: batches, workers, folders, parts, tables."""
