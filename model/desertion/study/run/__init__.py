"""Doing the runs of a study: tasks, workers, schedule, progress, resuming."""
