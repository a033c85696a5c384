"""Column numbers of the tables in which levers and parameters reach compiled code; a test holds them to parameters.py."""

from __future__ import annotations

F_OFFICER_SHARE = 0
F_OFFICER_WEIGHT = 1
F_SKILLED_SHARE = 2
F_REWIRE = 3
F_ACROSS = 4
F_FRONT_SHARE = 5
F_BASE_SOLDIER_HIDE = 6
F_BASE_SOLDIER_FLEE = 7
F_BASE_SOLDIER_SURRENDER = 8
F_BASE_SOLDIER_REFUSE = 9
F_BASE_RESERVIST_HIDE = 10
F_BASE_RESERVIST_FLEE = 11
F_BASE_SUMMONED_HIDE = 12
F_BASE_SUMMONED_FLEE = 13
F_BASE_SUMMONED_REFUSE = 14
F_BASE_CIVILIAN_FLEE = 15
F_BASE_HIDING_FLEE = 16
F_BASE_SKILLED = 17
F_ROUGH_COUNTRY = 18
F_FRONTIER = 19
F_CONTACT = 20
F_REFUGE = 21
F_CASUALTY_RATE = 22
F_SHARE_KILLED = 23
F_SHARE_CAPTURED = 24
F_RECOVERY = 25
F_RETURN_SHARE = 26
F_BEARERS = 27
F_THINNING = 28
F_THINNING_CAP = 29
F_QUARTER = 30
F_QUARTER_ANNOUNCED = 31
F_QUARTER_CREDIBILITY = 32
F_QUARTER_FEAR = 33
F_CAMPAIGN_REACH = 34
F_CAMPAIGN_CREDIBILITY = 35
F_PRISONER_COST = 36
F_CAPTURE_RISK = 37
F_CAPTURE_SAVING = 38
F_LEGITIMACY = 39
F_LEGITIMACY_PULL = 40
F_LEGITIMACY_FLOOR = 41
F_LEGITIMACY_EXITS = 42
F_LEGITIMACY_CASUALTIES = 43
F_LEGITIMACY_TURNOUT = 44
F_LEGITIMACY_BAN = 45
F_LEGITIMACY_COUPLING = 46
F_POLICE = 47
F_PUNISHMENT = 48
F_PUNISHMENT_TERM = 49
F_PUNISHED_TO_FRONT = 50
F_TRIAL_RATE = 51
F_RETURN_RATE = 52
F_EXIT_CONTROL = 53
F_EXIT_BAN = 54
F_BAN_CONTROL = 55
F_BAN_TRIGGER = 56
F_BAN_EXPECTED = 57
F_CENSORSHIP = 58
F_EROSION = 59
F_FLIGHT_VISIBLE = 60
F_SUPPLY = 61
F_OUTPUT_PER_HEAD = 62
F_OUTPUT_SUPPLY = 63
F_OUTPUT_LAG = 64
F_PROTEST = 65
F_PROTEST_EVERY = 66
F_PROTEST_MEAN = 67
F_PROTEST_SPREAD = 68
F_PROTEST_LOCAL = 69
F_PROTEST_PUSH = 70
F_PROTEST_POLICE = 71
F_PROTEST_SPARK = 72
F_BREAKPOINT = 73
F_BREAKPOINT_SPREAD = 74
FORCE_COLUMNS = (
    "officer_share",
    "officer_weight",
    "skilled_share",
    "rewire",
    "across",
    "front_share",
    "base_soldier_hide",
    "base_soldier_flee",
    "base_soldier_surrender",
    "base_soldier_refuse",
    "base_reservist_hide",
    "base_reservist_flee",
    "base_summoned_hide",
    "base_summoned_flee",
    "base_summoned_refuse",
    "base_civilian_flee",
    "base_hiding_flee",
    "base_skilled",
    "rough_country",
    "frontier",
    "contact",
    "refuge",
    "casualty_rate",
    "share_killed",
    "share_captured",
    "recovery",
    "return_share",
    "bearers",
    "thinning",
    "thinning_cap",
    "quarter",
    "quarter_announced",
    "quarter_credibility",
    "quarter_fear",
    "campaign_reach",
    "campaign_credibility",
    "prisoner_cost",
    "capture_risk",
    "capture_saving",
    "legitimacy",
    "legitimacy_pull",
    "legitimacy_floor",
    "legitimacy_exits",
    "legitimacy_casualties",
    "legitimacy_turnout",
    "legitimacy_ban",
    "legitimacy_coupling",
    "police",
    "punishment",
    "punishment_term",
    "punished_to_front",
    "trial_rate",
    "return_rate",
    "exit_control",
    "exit_ban",
    "ban_control",
    "ban_trigger",
    "ban_expected",
    "censorship",
    "erosion",
    "flight_visible",
    "supply",
    "output_per_head",
    "output_supply",
    "output_lag",
    "protest",
    "protest_every",
    "protest_mean",
    "protest_spread",
    "protest_local",
    "protest_push",
    "protest_police",
    "protest_spark",
    "breakpoint",
    "breakpoint_spread",
)

H_ACCESS = 0
H_TRAVEL = 1
H_BORDER = 2
H_ENTRY = 3
H_OFFERS_TO = 4
H_VISA_FREE_DESERTER = 5
H_VISA_FREE_EVADER = 6
H_VISA_FREE_SKILLED = 7
H_VISA_FREE_OTHER = 8
H_ADMISSION_DESERTER = 9
H_ADMISSION_EVADER = 10
H_ADMISSION_SKILLED = 11
H_ADMISSION_OTHER = 12
H_RECOGNITION_DESERTER = 13
H_RECOGNITION_EVADER = 14
H_RECOGNITION_SKILLED = 15
H_RECOGNITION_OTHER = 16
H_ANNOUNCED = 17
H_COVERS_REFUSERS = 18
H_CLAIMS_ABROAD = 19
H_ONWARD = 20
H_HOMEWARD = 21
H_CASES = 22
H_CASE_DAYS = 23
H_PLACES = 24
H_PLACES_TAKEN = 25
H_LEAK = 26
H_ENFORCEMENT = 27
H_REFUSED_DAYS = 28
H_SKILLED_VISAS = 29
H_SCREENING_DETECTION = 30
H_SCREENING_ALARM = 31
H_SCREENING_DAYS = 32
H_COST = 33
H_TRANSIT_COST = 34
H_BUDGET = 35
H_OUTPUT_PER_HEAD = 36
H_WORTH_ABROAD = 37
H_WORTH_TOLERATED = 38
HOST_COLUMNS = (
    "access",
    "travel",
    "border",
    "entry",
    "offers_to",
    "visa_free_deserter",
    "visa_free_evader",
    "visa_free_skilled",
    "visa_free_other",
    "admission_deserter",
    "admission_evader",
    "admission_skilled",
    "admission_other",
    "recognition_deserter",
    "recognition_evader",
    "recognition_skilled",
    "recognition_other",
    "announced",
    "covers_refusers",
    "claims_abroad",
    "onward",
    "homeward",
    "cases",
    "case_days",
    "places",
    "places_taken",
    "leak",
    "enforcement",
    "refused_days",
    "skilled_visas",
    "screening_detection",
    "screening_alarm",
    "screening_days",
    "cost",
    "transit_cost",
    "budget",
    "output_per_head",
    "worth_abroad",
    "worth_tolerated",
)

B_CONTAGION_SQUAD = 0
B_CONTAGION_COMPANY = 1
B_CONTAGION_COMMUNITY = 2
B_CONTAGION_TIES = 3
B_CONTAGION_NEWS = 4
B_CONTAGION_FACING = 5
B_RECEPTION_SQUAD = 6
B_RECEPTION_COMPANY = 7
B_RECEPTION_COMMUNITY = 8
B_RECEPTION_TIES = 9
B_RECEPTION_NEWS = 10
B_RECEPTION_FACING = 11
B_HALF_LIFE_SQUAD = 12
B_HALF_LIFE_COMPANY = 13
B_HALF_LIFE_COMMUNITY = 14
B_HALF_LIFE_TIES = 15
B_HALF_LIFE_NEWS = 16
B_HALF_LIFE_FACING = 17
B_CROSS_ROUTE = 18
B_UNIT_EVENT_WEIGHT = 19
B_CONCAVE_SCALE = 20
B_CONCAVE_POWER = 21
B_ADDITIVE_SCALE = 22
B_THRESHOLD_MEAN = 23
B_THRESHOLD_SPREAD = 24
B_THRESHOLD_PUSH = 25
B_CHANCE_POWER = 26
B_FRAILTY_UNIT = 27
B_FRAILTY_COMMUNITY = 28
B_FRAILTY_OWN = 29
B_SHOCK_UNIT = 30
B_SHOCK_COMMUNITY = 31
B_SHOCK_MEMORY = 32
B_PUSH_WOUNDED = 33
B_PUSH_KILLED = 34
B_PUSH_CAPTURED = 35
B_HALF_LIFE_CASUALTIES = 36
B_PUSH_RISK = 37
B_PUSH_LEGITIMACY = 38
B_PUSH_SUPPLY = 39
B_PUSH_COHESION = 40
B_PUSH_PUNISHMENT = 41
B_PUSH_THREAT = 42
B_PUSH_DOOR = 43
B_PUSH_TURNOUT = 44
B_HOST_NOISE = 45
B_QUEUE_PATIENCE = 46
B_BELIEF_WEIGHT = 47
B_BELIEF_CREDIBILITY = 48
B_BELIEF_HALF_LIFE = 49
B_BELIEF_HEARD = 50
B_INFILTRATORS = 51
B_INFORMATION_VALUE = 52
B_INFORMATION_HALF_LIFE = 53
B_INDEX_NEWS = 54
B_INDEX_STRENGTH = 55
BEHAVIOUR_COLUMNS = (
    "contagion_squad",
    "contagion_company",
    "contagion_community",
    "contagion_ties",
    "contagion_news",
    "contagion_facing",
    "reception_squad",
    "reception_company",
    "reception_community",
    "reception_ties",
    "reception_news",
    "reception_facing",
    "half_life_squad",
    "half_life_company",
    "half_life_community",
    "half_life_ties",
    "half_life_news",
    "half_life_facing",
    "cross_route",
    "unit_event_weight",
    "concave_scale",
    "concave_power",
    "additive_scale",
    "threshold_mean",
    "threshold_spread",
    "threshold_push",
    "chance_power",
    "frailty_unit",
    "frailty_community",
    "frailty_own",
    "shock_unit",
    "shock_community",
    "shock_memory",
    "push_wounded",
    "push_killed",
    "push_captured",
    "half_life_casualties",
    "push_risk",
    "push_legitimacy",
    "push_supply",
    "push_cohesion",
    "push_punishment",
    "push_threat",
    "push_door",
    "push_turnout",
    "host_noise",
    "queue_patience",
    "belief_weight",
    "belief_credibility",
    "belief_half_life",
    "belief_heard",
    "infiltrators",
    "information_value",
    "information_half_life",
    "index_news",
    "index_strength",
)

# A force's reference state; the four worths of flight stand in the order of the categories in which hosts see people.
R_CASUALTY = 0
R_LEGITIMACY = 1
R_SUPPLY = 2
R_PUNISHMENT = 3
R_FLIGHT = 4
R_QUARTER = 8
R_POLICE = 9

REFERENCE_COLUMNS = (
    "casualty_rate",
    "legitimacy",
    "supply",
    "punishment",
    "flight_deserter",
    "flight_evader",
    "flight_skilled",
    "flight_other",
    "quarter",
    "police",
)
