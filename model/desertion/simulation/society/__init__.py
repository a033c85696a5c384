"""Who is there at the start: people, units, communities and ties, from a scenario and a seed."""
