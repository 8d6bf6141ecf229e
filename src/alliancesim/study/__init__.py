"""Many replications, and the questions asked of them: batches, run folders, summaries, comparisons, checks."""
