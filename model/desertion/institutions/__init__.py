"""Institutions: hosts, home states, the news. Their rules are compiled functions; their Mesa agents are views on the same rows."""
