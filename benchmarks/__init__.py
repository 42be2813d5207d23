"""What is measured, never asserted: run all with `make bench`, one with `python -m benchmarks.NAME`."""
