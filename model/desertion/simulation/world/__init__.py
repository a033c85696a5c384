"""The state of a run: named arrays, the codes that stand in them, and what a person may do."""
