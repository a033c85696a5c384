"""Rival explanations of leaving in a small laboratory, where the truth is known."""
