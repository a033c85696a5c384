"""Rival explanations of a series of totals as fast simulators, and the classifier that is trained on them."""
