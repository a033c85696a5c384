"""What several commands share: options, results, means of running, endings."""
