"""Who leaves today, in the compiled form: people who share a clock, who have one of their own, and who rest."""
