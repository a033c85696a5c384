"""The rules of behaviour: pure scalar functions of numbers, called by both forms of the population. Equations: model/ODD.md."""
