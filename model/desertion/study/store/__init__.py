"""One SQLite file a study: written by one driver, read by everybody."""
