"""What samples of outcomes tell: names of outcomes and statistics, intervals, differences of paired samples, tests."""
