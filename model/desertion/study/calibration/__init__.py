"""Calibration: a scenario fitted to a dated series, with contagion and without, and what the series leaves open."""
