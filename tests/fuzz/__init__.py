"""Inputs that nobody meant: shipped documents mutated, and texts grown from small grammars."""
