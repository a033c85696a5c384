"""The test of the thesis: rival explanations fitted to historical series."""
