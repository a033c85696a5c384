"""Theory: what can be worked out without a run, and the measurement that it is held against.

`reproduction`, `strength`: the reproduction number of leaving, read off a scenario, and contagion of a stated strength.
`mean_field`, `closed_forms`: the complete-mixing limit, its fixed points, its fold. `paired`: the measured multiplier.
"""
