"""Where time passes: the paths of one replication, the clock-free steps, and the schedulers that call them."""
