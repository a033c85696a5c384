"""Historical series, how they were observed, and patterns that the model is held against."""
