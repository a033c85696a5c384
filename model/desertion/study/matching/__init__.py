"""History matching: which worlds the targets do not rule out, in waves of runs and emulators."""
