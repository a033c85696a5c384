"""The browser app: a live run, policies compared, studies, one person's life, and the claims with their verdicts."""
