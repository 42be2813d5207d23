"""What is measured, never asserted: all with `make bench`, one with `python -m benchmarks.NAME`."""
