"""What is to be run: factors, points in parameter space, replicates, and the spec that says so."""
