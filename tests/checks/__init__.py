"""Checks of the repository itself: run by `make lint` and `make test`."""
