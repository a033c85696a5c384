"""What a study answers: tables, bands, sensitivity, discovery, Pareto fronts."""
