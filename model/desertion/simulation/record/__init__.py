"""What is read from a run: tables by day, host and person, and the numbers that sum it up."""
