"""The numbers that stand in the world's arrays for statuses, kinds, routes, traits, classes and counts, with their names.

Kernels read `codes.SERVING`. Records and stored files hold the names.
"""

from __future__ import annotations

HOME, SUMMONED, TRAINING, SERVING, WOUNDED, KILLED, CAPTURED, SURRENDERED, HIDING = 0, 1, 2, 3, 4, 5, 6, 7, 8
REFUSING, IN_FLIGHT, AT_BORDER, ABROAD, APPLICANT = 9, 10, 11, 12, 13
PROTECTED, REFUSED, PUNISHED, EMIGRATED = 14, 15, 16, 17
STATUSES = (
    "home", "summoned", "training", "serving", "wounded", "killed", "captured", "surrendered", "hiding",
    "refusing", "in_flight", "at_border", "abroad", "applicant", "protected", "refused", "punished", "emigrated",
)  # fmt: skip
N_STATUSES = 18

SOLDIER, RESERVIST, CIVILIAN = 0, 1, 2
KINDS = ("soldier", "reservist", "civilian")

HIDE, FLEE, SURRENDER, REFUSE, EMIGRATE = 0, 1, 2, 3, 4
ROUTES = ("hide", "flee", "surrender", "refuse", "skilled")  # stored files call the emigration of the skilled so
N_ROUTES = 5
HIT = 5  # the sixth clock of a person: being hit
N_CLOCKS = 6

# Categories in which hosts deal with people, in the order of `desertion.parameters.CATEGORIES`.
DESERTER, EVADER, SKILLED, OTHER = 0, 1, 2, 3
N_CATEGORIES = 4

OFFICER_BIT, SKILLED_BIT, ORIGINAL_BIT, CALLED_BIT, REFUSER_BIT, SERVED_BIT, OUT_BIT, FLED_BIT = (
    1 << n for n in range(8)
)

WANTED_BITS = (
    SERVED_BIT | CALLED_BIT
)  # who served or was called is looked for when he is in his country and not in his unit

# What a day's counters count, a column each.
DAY_COUNTS = (
    "new_hide", "new_flee", "new_surrender", "new_refuse", "new_skilled", "new_wounded", "new_killed", "new_captured",
    "caught", "returned", "turned_back", "called", "cut_off", "unit_surrenders",
)  # fmt: skip
C_WOUNDED, C_KILLED, C_CAPTURED, C_CAUGHT, C_RETURNED, C_TURNED_BACK, C_CALLED = 5, 6, 7, 8, 9, 10, 11
C_CUT_OFF, C_UNIT_SURRENDERS = 12, 13
HOST_COUNTS = (
    "admitted", "irregular", "turned_away", "decided", "granted", "refused", "infiltrators", "genuine_refused", "passed_on",
    "visas",
)  # fmt: skip
D_ADMITTED, D_IRREGULAR, D_TURNED_AWAY, D_DECIDED, D_GRANTED = 0, 1, 2, 3, 4
D_REFUSED, D_INFILTRATORS, D_GENUINE, D_PASSED, D_VISAS = 5, 6, 7, 8, 9

# Clocks that end a stay: in hiding, abroad, refusing.
CAUGHT_CLOCK, BACK_CLOCK = 0, 1
CLAIM_CLOCK, ONWARD_CLOCK, HOMEWARD_CLOCK = 0, 1, 2
TRIAL_CLOCK = 0
N_STAYS = 3
STAYS_BEGUN = 3  # beside them: how many stays abroad a person has begun in his present spell
N_HIDING = 2  # the first of them, which everybody in hiding shares with his force
# Who is in passing is looked at every day, or in hiding, which the clocks of his force end.
LOOKED_AT, HIDDEN = 1, 2

WELL, SEEN = 0, 1  # of prisoners: those treated well, and all of whom word has come

# Casualties that a company feels: these columns of DAY_COUNTS, from the first on.
N_CASUALTIES = 3

HEAD, TAIL, LENGTH = (
    0,
    1,
    2,
)  # of a queue: rows of the first and the last person, -1 if it is empty, and how many stand in it

# Classes of people outside their units whose shared hazard is the same within a community.
HOME_RESERVIST, HOME_RESERVIST_SKILLED, HOME_CIVILIAN, HOME_CIVILIAN_SKILLED = 0, 1, 2, 3
CALLED, CALLED_SKILLED, HIDING_SOLDIER, HIDING_OTHER = 4, 5, 6, 7
N_CLASSES = 8
N_HOME_CLASSES = 4  # the first classes, people at home, whose clocks are their community's
# The doors: the routes of these classes, a clock each, eight in all so that a community's clocks fill one line of the processor's cache.
DOOR_ROUTES = (HIDE, FLEE, HIDE, FLEE, EMIGRATE, FLEE, FLEE, EMIGRATE)
FIRST_DOOR = (0, 2, 5, 6, 8)  # class cl has the doors FIRST_DOOR[cl], ..., FIRST_DOOR[cl + 1] - 1
N_DOORS = 8
# The door of a class by a route, -1 where it has no such route.
HIDE_DOOR, FLEE_DOOR, EMIGRATE_DOOR = (0, 2, -1, -1), (1, 3, 5, 6), (-1, 4, -1, 7)

# Whose clock a person of the compiled form goes by: nobody's (he cannot leave), his own, that of his squad or class, or his own added up late
# (clocks/resting.py).
NOBODYS, OWN, SHARED, RESTING = 0, 1, 2, 3

SQUAD, COMPANY, COMMUNITY, TIES, NEWS, FACING = 0, 1, 2, 3, 4, 5
