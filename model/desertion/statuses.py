"""Statuses, kinds, categories, routes: the names of what a person can be and do."""

from __future__ import annotations

HOME, SUMMONED, TRAINING, SERVING, WOUNDED, KILLED, CAPTURED, SURRENDERED, HIDING = 0, 1, 2, 3, 4, 5, 6, 7, 8
REFUSING, IN_FLIGHT, AT_BORDER, ABROAD, APPLICANT, PROTECTED, REFUSED, PUNISHED, EMIGRATED = 9, 10, 11, 12, 13, 14, 15, 16, 17
STATUSES = (
    "home", "summoned", "training", "serving", "wounded", "killed", "captured", "surrendered", "hiding",
    "refusing", "in_flight", "at_border", "abroad", "applicant", "protected", "refused", "punished", "emigrated",
)  # fmt: skip
N_STATUSES = 18

SOLDIER, RESERVIST, CIVILIAN = 0, 1, 2
KINDS = ("soldier", "reservist", "civilian")

HIDE, FLEE, SURRENDER, REFUSE, SKILLED = 0, 1, 2, 3, 4
ROUTES = ("hide", "flee", "surrender", "refuse", "skilled")
N_ROUTES = 5
HIT = 5  # the sixth clock of a person: being hit
N_CLOCKS = 6

DESERTER, EVADER, SPECIALIST, OTHER = 0, 1, 2, 3  # categories in which hosts deal with people

OFFICER_BIT, SKILLED_BIT, ORIGINAL_BIT, CALLED_BIT, REFUSER_BIT = 1, 2, 4, 8, 16

# Classes of people outside their units whose shared hazard is the same within a community.
HOME_RESERVIST, HOME_RESERVIST_SKILLED, HOME_CIVILIAN, HOME_CIVILIAN_SKILLED = 0, 1, 2, 3
CALLED, CALLED_SKILLED, HIDING_SOLDIER, HIDING_OTHER = 4, 5, 6, 7
N_CLASSES = 8

MULTIPLICATIVE, CONCAVE, ADDITIVE, THRESHOLD, NONE = 0, 1, 2, 3, 4

SQUAD, COMPANY, COMMUNITY, TIES, NEWS, FACING = 0, 1, 2, 3, 4, 5
