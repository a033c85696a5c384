"""Measurements of speed, side by side with peers where there are any. They print tables and assert nothing."""
