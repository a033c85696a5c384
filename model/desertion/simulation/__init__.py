"""One run: the state of the world, the people, the day, and what is recorded."""
