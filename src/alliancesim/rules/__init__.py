"""The model: each rule once, as a small pure function. Knows no scenario, no clock and no SimPy."""
