"""The policy mix that does most within a budget."""
