"""The claims of the articles, judged over plausible worlds."""
