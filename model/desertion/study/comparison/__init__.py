"""Policies compared on the same people and fates."""
