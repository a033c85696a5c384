"""The test of the thesis: what series of totals say about contagion and its rivals."""
