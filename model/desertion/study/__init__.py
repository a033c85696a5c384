"""Studies: many runs, compared, swept, calibrated and judged."""
