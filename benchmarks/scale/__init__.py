"""`make bench-scale`: tables of millions of rows, each system in its own processes."""
