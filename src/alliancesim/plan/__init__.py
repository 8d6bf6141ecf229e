"""A scenario as arrays: structure, one flat parameter vector named by dotted path, and the addresses of draws."""
