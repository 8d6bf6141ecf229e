"""Where time passes: the paths of one replication, the clock-free steps, and the two engines that call them."""
