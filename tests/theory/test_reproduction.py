"""The reproduction number in limits that are known, and contagion of a stated strength."""

import math

import numpy as np
import pytest
from scipy.special import lambertw
from scipy.stats import lognorm, norm

import desertion
from desertion import DesertionModel, Scenario
from desertion.errors import InputError
from desertion.parameters import CATEGORIES, LEVELS, SPREADING, Behaviour
from desertion.scenario.edges import read_edges
from desertion.simulation.day.order import morning
from desertion.simulation.signals.communities import publish_communities
from desertion.simulation.signals.units import publish_companies, publish_squads
from desertion.simulation.society.plan import units_of
from desertion.simulation.world.codes import HOME, RESERVIST
from desertion.theory import neighbours
from desertion.theory.fading import Fading, memory
from desertion.theory.groups import groups_of
from desertion.theory.mean_field import MeanField
from desertion.theory.mixing import limit_of, town
from desertion.theory.neighbours import COMMUNITY, COMPANY, NEWS, TIES, circles
from desertion.theory.operator import Operator, leading
from desertion.theory.reproduction import Reproduction, in_frailest_place, of_operator, reproduction
from desertion.theory.weights import OutOfReachError, in_reference, strength_settings, tipping_line, tipping_value

NO_CONTAGION = {f"behaviour.{kind}_{level}": 0.0 for kind in ("contagion", "reception") for level in LEVELS}


def _town(weight: float, form: str = "multiplicative") -> Scenario:
    field = MeanField(rate=0.001, weight=weight, half_life=30.0)
    return town(field, 100_000, 2000).with_({"behaviour.form": form})


@pytest.fixture(scope="module")
def plain() -> Scenario:
    """The toy world without policies and frailty."""
    return Scenario.load("toy").with_({f"behaviour.frailty_{part}": 0.0 for part in ("unit", "community", "own")})


@pytest.mark.parametrize("weight", [0.5, 4.0, 8.0, -6.0])
def test_complete_mixing_gives_beta_times_the_pressure(weight: float) -> None:
    """R = beta S* = -W(-beta b / delta), but for the leaver himself (1 in 100,000); below 0 where leavers keep others."""
    forgetting = 1.0 - 2.0 ** (-1.0 / 30.0)
    expected = -lambertw(-weight * 0.001 / forgetting).real
    found = reproduction(_town(weight))
    assert found.value == pytest.approx(expected, rel=1e-3)
    assert found.first == pytest.approx(0.001 * weight / forgetting, rel=1e-4)
    assert found.multiplier == pytest.approx(1.0 / (1.0 - expected), rel=1e-2)
    assert limit_of(_town(weight)).weight == pytest.approx(weight, rel=1e-3)


def test_beyond_the_fold_r_is_infinite() -> None:
    """No state keeps itself there."""
    field = MeanField(rate=0.001, half_life=30.0)
    assert reproduction(_town(0.99 * field.tipping_weight)).value < 1.0
    found = reproduction(_town(1.01 * field.tipping_weight))
    assert math.isinf(found.value)
    assert math.isinf(found.multiplier)
    assert found.first == pytest.approx(1.01 / math.e, rel=1e-3)


@pytest.mark.parametrize("form", ["concave", "additive", "threshold"])
def test_the_operator_agrees_with_the_mean_field_in_every_form(form: str) -> None:
    """In a large town both are the same state."""
    scenario = _town(0.8, form).with_({"behaviour.additive_scale": 0.02})
    field = limit_of(scenario)
    assert field.weight == pytest.approx(0.8, rel=1e-2)
    assert reproduction(scenario).value == pytest.approx(field.fixed_points()[0].reproduction, rel=1e-2)


def test_nobody_follows_anybody_without_contagion(plain: Scenario) -> None:
    """R = 0 and the flows are the baseline."""
    for scenario in (plain.with_({"behaviour.form": "none"}), plain.with_(NO_CONTAGION)):
        found = reproduction(scenario)
        assert found.value == found.first == 0.0
        assert found.multiplier == 1.0
        leavers = sum(group.people * way.rate for group in groups_of(plain) for way in group.ways)
        assert found.flows.sum() == pytest.approx(leavers)
        assert limit_of(scenario).rate == pytest.approx(leavers / plain.people)


@pytest.mark.parametrize("form", SPREADING)
def test_without_contagion_people_leave_at_the_same_rate_in_every_form(form: str) -> None:
    """By all ways, in the threshold form too, whose instigators do not all take the easiest."""
    rates = [desertion.theory("toy", settings={"behaviour.form": name}).numbers for name in ("none", form)]
    assert [float(table.set_index("name")["value"]["rate"]) for table in rates] == pytest.approx(
        [2.874e-4] * 2, rel=1e-3
    )


def test_flows_of_the_threshold_form_are_persons_gone(plain: Scenario) -> None:
    """All of them where thresholds are nought, at real size: no number a day."""
    same = {"behaviour.form": "threshold", "behaviour.threshold_mean": 0.0, "behaviour.threshold_spread": 0.0}
    gone = plain.with_(NO_CONTAGION | same | {"behaviour.threshold_push": 0.0})
    table = desertion.theory(gone).leavers
    assert table["flow"].sum() == plain.people
    assert table["share"].sum() == pytest.approx(1.0)


@pytest.mark.parametrize("level", [name for name in LEVELS if name != "facing"])
def test_every_level_counts(plain: Scenario, level: str) -> None:
    """Contagion at one level alone gives some R; half the weight gives less, but not half: the state moves too."""
    one = plain.with_(NO_CONTAGION | {f"behaviour.contagion_{level}": 1.0})
    half = one.with_({f"behaviour.contagion_{level}": 0.5})
    assert 0.0 < reproduction(half).value < 0.5 * reproduction(one).value


@pytest.mark.parametrize(("absent", "mates"), [(0.0, 9.0), (0.5, 4.0)])
def test_a_squad_alone_can_be_worked_out_by_hand(plain: Scenario, absent: float, mates: float) -> None:
    """One way out and squads of ten: nine mates, four where half are in hiding, each with expm1(beta / 10 keep**t) more hazard on day t."""
    rate, weight, days = 0.002, 5.0, plain.days
    own = "forces.toy."
    shut = [own + f"base_soldier_{route}" for route in ("flee", "refuse", "surrender")]
    scenario = plain.with_(
        NO_CONTAGION
        | dict.fromkeys([*shut, own + "casualty_rate", own + "base_reservist_hide", own + "base_reservist_flee"], 0.0)
        | {own + "base_civilian_flee": 0.0, own + "base_soldier_hide": rate, own + "rough_country": 1.0}
        | {own + "officer_share": 0.0, "behaviour.contagion_squad": weight, "behaviour.push_risk": 0.0}
        | {own + "absent_soldiers": absent}
    )
    keep = 2.0 ** (-np.arange(days) / 99.0)
    added = mates * rate * np.expm1(weight / 10.0 * keep).sum()
    assert reproduction(scenario).first == pytest.approx(added, rel=1e-3)


def test_leaving_by_one_route_counts_for_another_as_far_as_it_says(plain: Scenario) -> None:
    """At a cross weight of 0 nobody by one route moves anybody by another; at 1 he does."""
    alone, together = (reproduction(plain.with_({"behaviour.cross_route": cross})) for cross in (0.0, 1.0))
    apart = np.array([[a[2] != b[2] for b in alone.ways] for a in alone.ways])
    assert (alone.matrix[apart] == 0.0).all()
    assert (together.matrix[apart] > 0.0).any()
    assert together.first > alone.first


def test_the_jump_is_what_a_squad_mate_feels(plain: Scenario) -> None:
    """Weight over ten men, officers counting twice at a share of a tenth."""
    squads = plain.with_(NO_CONTAGION | {"behaviour.contagion_squad": 4.0})
    assert reproduction(squads).jump == pytest.approx(4.0 / 10.0 * 1.1)


def _small_towns(form: str, people: int = 10) -> Scenario:
    """A thousand towns of so many, at R 0.5 where all people of a town feel one leaver alike."""
    own, b = "forces.town.", "behaviour."
    sizes = {own + "reservists": 1000 * people, own + "community": people, own + "return_rate": 1.0}
    towns = Scenario.load("one-town", days=600).with_(
        sizes | {own + "base_reservist_hide": 0.0005, b + "half_life_community": 10.0, b + "form": form}
    )
    return towns.with_(strength_settings(towns, 0.5))


@pytest.mark.parametrize("form", SPREADING)
def test_a_single_leaver_lifts_the_rates_of_his_nearest_as_the_form_has_it(form: str) -> None:
    """By the log hazard of his jump in the multiplicative form alone; thresholds come nearer by the jump, and rates do not move."""
    towns = _small_towns(form)
    b, found = towns.behaviour, reproduction(towns)
    jump = b.contagion_community / 10.0
    far = [-b.threshold_mean / b.threshold_spread, (jump - b.threshold_mean) / b.threshold_spread]
    lift = {
        "multiplicative": math.exp(jump),
        "additive": 1.0 + b.additive_scale * jump / 0.0005,
        "concave": (1.0 + jump / b.concave_scale) ** b.concave_power,
        "threshold": norm.cdf(far[1]) / norm.cdf(far[0]),
    }[form]
    assert (found.jump, found.lift) == (pytest.approx(jump), pytest.approx(lift))
    rows = desertion.theory(towns).numbers.set_index("name")
    assert rows["value"][["largest_jump", "largest_lift"]].tolist() == pytest.approx([jump, lift])
    assert ("log hazard" in rows["meaning"]["largest_jump"]) == (form == "multiplicative")
    assert ("thresholds" in rows["meaning"]["largest_jump"]) == (form == "threshold")


def test_weights_below_nought_lift_nobody(plain: Scenario) -> None:
    """Leavers who only keep others make nobody likelier to leave."""
    found = reproduction(plain.with_(NO_CONTAGION | {"behaviour.contagion_squad": -1.0}))
    assert (found.jump, found.lift, found.lumpy) == (0.0, 1.0, False)


@pytest.mark.parametrize(
    ("people", "value", "said"), [(1000, 0.5, False), (400, 0.5, True), (600, 0.3, False), (200, 0.3, True)]
)
def test_a_jump_is_large_from_a_tenth_of_what_r_leaves_below_one(people: int, value: float, said: bool) -> None:
    """At R 0.5 one of 0.04 is not and one of 0.1 is, at 0.3 one of 0.05 is not and one of 0.14 is."""
    towns = _small_towns("multiplicative", people)
    found = reproduction(towns.with_(strength_settings(towns, value)))
    assert found.lumpy == said == (found.jump > 0.1 * (1.0 - value))


def test_frailty_shared_by_a_company_and_a_town_raises_r(plain: Scenario) -> None:
    """Who left comes from where many want to: E[exp 2z] = exp(variance) for each part shared; others hear the news too."""
    news = plain.with_(NO_CONTAGION | {"behaviour.contagion_news": 0.5})
    squads = plain.with_(NO_CONTAGION | {"behaviour.contagion_squad": 0.5})
    shared = {"behaviour.frailty_unit": 0.3, "behaviour.frailty_community": 0.2}
    assert reproduction(squads.with_(shared)).first == pytest.approx(math.exp(0.5) * reproduction(squads).first)
    assert 1.0 < reproduction(news.with_(shared)).first / reproduction(news).first < math.exp(0.5)


def test_frailty_of_a_town_raises_what_its_people_hear() -> None:
    """In a town of its own everybody comes from the same place: exp(variance) times as many followers."""
    alone = _town(0.5)
    shared = alone.with_({"behaviour.frailty_community": 0.2})
    assert reproduction(shared).first == pytest.approx(math.exp(0.2) * reproduction(alone).first)


def test_thresholds_know_neither_frailty_nor_reception_nor_routes(plain: Scenario) -> None:
    """In the threshold form all routes count alike, interactions play no part, and rates are none that frailty could multiply."""
    form = plain.with_({"behaviour.form": "threshold", "behaviour.threshold_spread": 0.2})
    routes = {route for _, _, route in reproduction(form).ways}
    assert len(routes) > 1
    assert reproduction(form).first > 0.0
    changes = {"behaviour.cross_route": 0.9, "behaviour.frailty_unit": 0.5, "behaviour.frailty_community": 0.5}
    changes |= {f"behaviour.reception_{level}": 3.0 for level in LEVELS}
    assert reproduction(form.with_(changes)).first == reproduction(form).first


def test_a_narrow_way_raises_thresholds_by_its_log() -> None:
    """Half as open at a weight of 0.1: 0.25 + 0.1 log 2."""
    narrow = {"forces.town.refuge": 0.5, "behaviour.threshold_push": 0.1}
    found = limit_of(_town(1.0, "threshold").with_(narrow))
    assert found.threshold == pytest.approx(0.25 + 0.1 * math.log(2.0))


def test_news_of_another_army_couples_two_forces() -> None:
    """With news across the line alone R is the geometric mean of both ways; none if one army does not look."""
    scenario = Scenario.load("three-armies-2022").with_(NO_CONTAGION | {"behaviour.contagion_facing": 20.0})
    looking = [force.name for force in scenario.forces if force.facing]
    assert len(looking) >= 2
    assert reproduction(scenario).first > 0.0
    blind = scenario.with_({f"forces.{name}.facing": [] for name in looking[1:]})
    found = reproduction(blind)
    assert found.first == 0.0
    moved = {found.ways[row][0] for row in np.flatnonzero(found.matrix.any(axis=1))}
    assert [scenario.forces[f].name for f in moved] == looking[:1], "who looks is moved, not who is looked at"


def test_the_multiplier_of_given_leavers_sums_the_generations(plain: Scenario) -> None:
    """1 + G 1 + G G 1 + ... for one leaver by the first way."""
    found = reproduction(plain.with_(strength_settings(plain, 0.5)))
    start = np.zeros(len(found.ways))
    start[0] = 1.0
    total, generation = 0.0, start
    for _ in range(200):
        total += float(generation.sum())
        generation = found.matrix @ generation
    assert found.total(start) == pytest.approx(total)


FIRM = {
    "forces.toy.soldiers": 2400,  # so that half of them stand in contact with every seed
    "forces.toy.punishment": 1.6,
    "forces.toy.ban_expected": 0.5,
    "forces.toy.exit_ban": 1.0,
    "behaviour.push_risk": 0.3,
    "reference.toy.casualty_rate": 9e-4,
    "forces.toy.refuge": 0.7,
    "forces.toy.supply": 0.5,
    "forces.toy.legitimacy": 0.4,
}
"""What moves soldiers by sector, refusers, those who fear a closing door and all who lack supplies, trust or a place to hide."""


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("toy", {"behaviour.push_risk": 0.0}),
        ("toy", FIRM),
        ("toy", FIRM | {"forces.toy.absent_soldiers": 0.25}),
        ("russia-2022", {"behaviour.push_risk": 0.0, "forces.*.waves": []}),
        ("gdr-1989", {"behaviour.push_risk": 0.0}),
        ("gdr-1989", {"behaviour.push_risk": 0.0, "behaviour.soldier_chance_power": 1.0}),
    ],
)
def test_first_day_rates_are_those_that_the_model_publishes(name: str, settings: dict[str, float]) -> None:
    """Group by group and way by way, for people at home and for soldiers whatever their sector and their own exponent of the chance."""
    scenario = Scenario.load(name, policies=["fast-track"], scale=1.0 if name == "toy" else 0.01).with_(settings)
    scenario = scenario.with_({"forces.*.waves": []}) if settings.keys() >= FIRM.keys() else scenario
    model = DesertionModel(scenario, rng=1)
    world = model.world
    morning(model.core, 0)
    publish_companies(model.core, 0, len(world.company_force))
    publish_communities(model.core, 0, len(world.community_force))
    publish_squads(model.core, 0, len(world.squad_force))
    towns = (world.class_open * world.class_level)[world.row_seen]
    rows = {"reservists": 0, "civilians": 2, "skilled": 3}
    routes = {"hide": 0, "flee": 1, "surrender": 2, "refuse": 3}
    for group in groups_of(scenario):
        for way in group.ways:
            if group.name in rows:
                mean = towns[world.class_n[:, rows[group.name]] > 0, rows[group.name], routes[way.route]].mean()
            else:
                front = world.company_contact[world.squad_company] > 0
                here = (world.squad_n > 0) & (front if group.name == "contact" else ~front)
                assert here.any()
                mean = (world.squad_open * world.squad_level)[here, routes[way.route]].mean()
            assert way.rate == pytest.approx(mean, rel=0.05), (group.name, way.route)


@pytest.mark.parametrize(
    ("soldiers", "share", "absent"), [(360, 0.5, 0.0), (600, 0.9, 0.0), (130, 0.5, 0.0), (600, 0.5, 0.5)]
)
def test_as_many_soldiers_stand_in_contact_as_in_a_run(soldiers: int, share: float, absent: float) -> None:
    """Men, not companies, and a half rounded up; those in hiding on the first day are not among them, nor reservists who hide among those at home."""
    own = "forces.toy."
    settings = {own + "soldiers": soldiers, own + "front_share": share}
    settings |= {own + "absent_soldiers": absent, own + "absent_reservists": absent}
    scenario = Scenario.load("toy", set=settings)
    world = DesertionModel(scenario, rng=1).world
    found = {group.name: group.people for group in groups_of(scenario)}
    assert found["contact"] == world.squad_founders[world.company_contact[world.squad_company] > 0].sum()
    assert found["contact"] + found.get("rear", 0) == world.soldiers_start[0]
    assert found["reservists"] == np.count_nonzero((world.status == HOME) & (world.kind == RESERVIST))


def test_an_army_half_of_which_hides_is_one_of_half_the_size(plain: Scenario) -> None:
    """News is shared out among those who serve, so that half as many feel twice as much."""
    news = plain.with_(NO_CONTAGION | {"behaviour.contagion_news": 0.01, "forces.toy.front_share": 0.0})
    news = news.with_({"forces.toy.reservists": 0, "forces.toy.civilians": 0, "forces.toy.waves": []})
    news = news.with_({"behaviour.push_punishment": 0.0})
    half = news.with_({"forces.toy.absent_soldiers": 0.5})
    assert reproduction(half).first == pytest.approx(reproduction(news).first, rel=0.01)


@pytest.mark.parametrize(
    ("degree", "community", "across", "had"),
    [(6, 100, 0.0, 6), (200, 100, 0.0, 98), (6, 3, 0.0, 2), (6, 10, 0.5, 6), (6, 2000, 0.5, 6), (6, 100_000, 0.5, 6)],
)
def test_one_who_leaves_is_one_tie_of_each_of_his_ties(degree: int, community: int, across: float, had: int) -> None:
    """Shares of their ties add up to one over his hearers, in towns too small for so many ties as well; so many of them live in other towns as ties drawn among all people fall there: none where there is a single town."""
    own = "forces.toy."
    settings = {own + "degree": degree, own + "community": community, own + "across": across, own + "soldiers": 0}
    scenario = Scenario.load("toy", set=settings | {own + "waves": []})
    groups = groups_of(scenario)
    leaver = next(group for group in groups if group.name == "reservists")
    met = [circle for group in groups for circle in circles(scenario.flat(), leaver, group)]
    assert sum(circle.people * circle.shares[TIES] for circle in met) == pytest.approx(1.0, rel=0.02)
    hears = [circle for circle in met if circle.shares[TIES] > 0.0 and circle.people > 0.0]
    assert {circle.shares[TIES] for circle in hears} == {1.0 / had}
    afar = sum(circle.people for circle in hears if not circle.shares[COMMUNITY])
    elsewhere = 1.0 - 1.0 / units_of(scenario.forces[0]).communities
    assert afar == pytest.approx(across * had * elsewhere, rel=0.02)


def test_reception_and_news_are_what_the_rules_say(plain: Scenario) -> None:
    """Safety abroad is what waits inside the host that is worth most, no chance to get there taken off; of civil leavers news passes on a visible part."""
    one = plain.with_({"hosts.*.places": math.inf, "hosts.*.border": 2.0, "hosts.*.access": 0.0})
    one = one.with_({f"hosts.{plain.hosts[0].name}.access": 0.5, "forces.toy.regions": [{"name": "all"}]})
    force, b, host = one.forces[0], one.behaviour, one.hosts[0]
    groups = {group.name: group for group in groups_of(one)}
    for name, category in {"rear": "deserter", "reservists": "evader", "civilians": "other"}.items():
        (flee,) = (way for way in groups[name].ways if way.route == "flee")
        believed = b.belief_credibility * getattr(host, f"recognition_{category}")
        claim = getattr(host, f"admission_{category}") * (believed + (1.0 - believed) * host.worth_tolerated)
        free = getattr(host, f"visa_free_{category}") * host.worth_abroad
        assert flee.reception == pytest.approx(max(claim, free, host.leak * host.worth_abroad))
    (surrender,) = (way for way in groups["contact"].ways if way.route == "surrender")
    credible = (
        force.quarter_credibility * force.quarter_announced + (1.0 - force.quarter_credibility) * force.quarter_fear
    )
    assert (force.campaign_reach, surrender.reception) == (0.0, pytest.approx(credible))
    weight = 1.0 + force.officer_share * (force.officer_weight - 1.0)
    shares = {"rear": weight / force.serving, "civilians": force.flight_visible / force.people}
    for name, share in shares.items():
        met = circles(one.flat(), groups[name], groups["skilled"])
        assert [circle.shares[NEWS] for circle in met] == pytest.approx([(1.0 - force.censorship) * share] * len(met))


def test_a_host_with_one_free_place_is_not_full_and_one_that_offers_to_none_admits_nobody(plain: Scenario) -> None:
    """Of two places, one is taken; a part of a place is none; the first of the forces is one of the first one."""
    wide = plain.with_(
        {"hosts.*.border": 2.0, "hosts.*.leak": 0.0} | {f"hosts.*.visa_free_{kind}": 0.0 for kind in CATEGORIES}
    )

    def safe(changes: dict[str, float]) -> float:
        (flee,) = (way for group in groups_of(wide.with_(changes)) if group.name == "reservists" for way in group.ways if way.route == "flee")  # fmt: skip
        return flee.reception

    assert safe({"hosts.*.places": 2.0, "hosts.*.places_taken": 1.0}) == safe({"hosts.*.places": math.inf}) > 0.0
    assert safe({"hosts.*.places": 2.0, "hosts.*.places_taken": 1.01}) == 0.0
    assert safe({"hosts.*.places": math.inf, "hosts.*.offers_to": 1.0}) == safe({"hosts.*.places": math.inf})
    assert safe({"hosts.*.places": math.inf, "hosts.*.offers_to": 0.0}) == 0.0


@pytest.mark.parametrize("community", [40, 100, 600, 3000])
def test_townsmen_are_as_many_as_in_a_run(community: int) -> None:
    """Those who see a leaver in his town beside his company, counted: where a company fills its town no soldier does."""
    own = "forces.toy."
    sizes = {own + "soldiers": 9600, own + "reservists": 8000, own + "civilians": 0, own + "battalion": 1}
    scenario = Scenario.load("toy", set=sizes | {own + "community": community, own + "waves": []})
    world = DesertionModel(scenario, rng=1).world
    serving = world.squad >= 0
    squads = world.squad[serving]
    company, home = world.squad_company[squads], world.community[serving]
    front = world.company_contact[company] > 0
    whole = np.bincount(company)[company]
    groups = {group.name: group for group in groups_of(scenario)}
    for name, here in (("contact", front), ("rear", ~front)):
        for other, there in (("contact", front), ("rear", ~front)):
            near = np.bincount(home[there], minlength=home.max() + 1)[home[here]] - whole[here] * (name == other)
            met = circles(scenario.flat(), groups[name], groups[other])
            told = sum(circle.people for circle in met if circle.shares[COMMUNITY] > 0.0 and not circle.shares[COMPANY])
            assert told == pytest.approx(near.mean(), rel=0.15, abs=1.0), (name, other)
            share = max(circle.shares[COMMUNITY] for circle in met)
            assert share == pytest.approx(1.1 / np.bincount(world.community)[home[here]].mean(), rel=0.05)


def test_ties_of_a_graph_can_be_worked_out_by_hand() -> None:
    """Ten ties, each with expm1(beta / 10 keep**t) more hazard on day t, in the leaver's town as elsewhere."""
    people, rate, weight, days = 200, 0.002, 1.5, 400
    ring = tuple((i, (i + step) % people) for i in range(people) for step in range(1, 6))
    ties = {"behaviour.contagion_ties": weight, "behaviour.half_life_ties": 30.0, "graph": ring}
    scenario = town(MeanField(rate=rate, weight=0.0), people, days).with_(ties)
    keep = 2.0 ** (-np.arange(days) / 30.0)
    added = 10.0 * rate * np.expm1(weight / 10.0 * keep).sum()
    assert reproduction(scenario).first == pytest.approx(added, rel=1e-3)


def test_few_ties_of_a_graph_move_few() -> None:
    """One tie among 200 persons: one in a hundred tells another, whose only tie he is; nobody is a hundred ties of a hundredth of a man."""
    people, rate, weight, days = 200, 0.002, 1.5, 400
    ties = {"behaviour.contagion_ties": weight, "behaviour.half_life_ties": 30.0, "graph": ((0, 1),)}
    found = reproduction(town(MeanField(rate=rate, weight=0.0), people, days).with_(ties))
    keep = 2.0 ** (-np.arange(days) / 30.0)
    assert found.first == pytest.approx(0.01 * rate * np.expm1(weight * keep).sum(), rel=1e-3)
    assert found.jump == pytest.approx(weight)


def test_nobody_flees_where_nobody_gets_past_his_frontier(plain: Scenario) -> None:
    """Whatever the power of the chance: 0 to the power of 0 is 1, and a closed way has no hazard at all."""
    shut = plain.with_({"forces.toy.exit_control": 1.0, "behaviour.chance_power": 0.0})
    assert {way.rate for group in groups_of(shut) for way in group.ways if way.route == "flee"} == {0.0}


def test_of_ways_that_are_equally_open_the_first_by_number_is_taken_in_the_threshold_form() -> None:
    """As in a run, in which routes are hide, flee, surrender, refuse: reservists hide and do not flee, men in contact surrender and do not refuse."""
    scenario = Scenario.load("toy", set={"behaviour.form": "threshold", "forces.toy.contact": 1.0})
    equal = {group.name: {way.route for way in group.ways if way.opening == 1.0} for group in groups_of(scenario)}
    assert (equal["reservists"], equal["contact"]) == ({"hide", "flee"}, {"surrender", "refuse"})
    ways = {group: route for _, group, route in reproduction(scenario).ways}
    assert (ways["reservists"], ways["contact"]) == ("hide", "surrender")


def test_a_scenario_that_is_sized_already_is_the_same_at_real_size() -> None:
    """Police of the reference state are those of the small world, as those in hiding are; leavers are told at real size."""
    own = "forces.toy."
    sizes = {own + "soldiers": 3000, own + "reservists": 5000, own + "absent_reservists": 0.2, own + "waves": []}
    large = Scenario.load("toy", set=sizes | {own + "police": 30.0, "behaviour.form": "none"}, scale=0.1)
    fears = []
    for scenario in (large, large.sized()):
        (home,) = (group for group in groups_of(scenario) if group.name == "reservists")
        drives = {way.route: way.drive for way in home.ways}
        fears.append(drives["flee"] - drives["hide"])
    assert fears[1] == pytest.approx(fears[0]) != 0.0
    whole, small = (desertion.theory(scenario).leavers for scenario in (large, large.sized()))
    flow = [table.set_index(["group", "route"])["flow"]["reservists", "hide"] for table in (whole, small)]
    assert flow[1] == pytest.approx(flow[0])


def test_a_graph_is_read_once(plain: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not once for each pair of ways: a large one takes seconds."""
    read: list[int] = []
    monkeypatch.setattr(neighbours, "read_edges", lambda graph, n: read.append(n) or read_edges(graph, n))
    Operator(plain.with_({"graph": ((0, 1), (1, 2))}))
    assert read == [plain.people]


@pytest.mark.parametrize("form", SPREADING)
@pytest.mark.parametrize("wanted", [0.2, 0.95])
def test_contagion_of_a_stated_strength_has_it(form: str, wanted: float) -> None:
    """In the reference state, whatever the policies that are laid over it."""
    scenario = Scenario.load("toy", policies=["fast-track"]).with_({"behaviour.form": form})
    changed = scenario.with_(strength_settings(scenario, wanted))
    assert reproduction(in_reference(changed)).value == pytest.approx(wanted, abs=1e-4)
    assert changed.policies == ("fast-track",)


def test_the_reference_state_knows_neither_policies_nor_dial() -> None:
    """Doors that a policy or the dial opens have no part in it."""
    moved = Scenario.load("toy", policies=["fast-track"], asylum=0.9)
    assert reproduction(moved).first != reproduction(Scenario.load("toy")).first
    assert reproduction(in_reference(moved)).first == reproduction(Scenario.load("toy")).first


def test_the_leading_number_is_the_one_farthest_from_nought_and_one_above_one_is_not_hidden() -> None:
    """Of pairs of opposite sign the positive one; a place where leaving runs away is not told by another that leavers calm."""
    for values, leads in (((0.5, -0.7), -0.7), ((0.5, -0.4), 0.5), ((1.5, -3.0), 1.5)):
        assert leading(np.diag(values)) == leads
    assert leading(np.array([[0.0, 0.5], [0.5, 0.0]])) == pytest.approx(0.5)


@pytest.mark.parametrize("form", ["none", *SPREADING])
def test_a_route_whose_baseline_is_0_is_nobodys(plain: Scenario, form: str) -> None:
    """In any form, however open it stands: contagion adds nothing to it, and thresholds are reached by the easiest of the others."""
    wide = plain.with_({"behaviour.form": form, "forces.toy.contact": 1.0})
    ways = [
        {(group, route) for _, group, route in reproduction(scenario).ways}
        for scenario in (wide, wide.with_({"forces.toy.base_soldier_surrender": 0.0}))
    ]
    assert ("contact", "surrender") in ways[0]
    assert ways[1] == ways[0] - {("contact", "surrender")} | {("contact", "refuse")}


def test_a_town_of_thresholds_has_a_way_out_by_which_nobody_goes_of_himself() -> None:
    """Its people leave by thresholds alone: not one of them in 3,000 days by the rate of leaving."""
    alone = town(MeanField(form="threshold", rate=0.001, weight=0.8), 20_000, 3000)
    assert reproduction(alone).ways == ((0, "reservists", "hide"),)
    assert 20_000 * 3000 * limit_of(alone).rate < 1e-3


def test_a_threshold_is_reached_on_equality_where_all_have_the_same(plain: Scenario) -> None:
    """Thresholds of exactly nought: everybody who can leave is gone, as in a run."""
    same = {"behaviour.form": "threshold", "behaviour.threshold_mean": 0.0, "behaviour.threshold_spread": 0.0}
    found = reproduction(plain.with_(NO_CONTAGION | same | {"behaviour.threshold_push": 0.0}))
    assert found.flows.sum() == plain.people


@pytest.mark.parametrize("half_life", [3.0, 30.0, 400.0])
def test_fading_jumps_are_summed_as_day_by_day(half_life: float) -> None:
    """One that triples a rate on its first day, over more days than it is felt."""
    fading = Fading(Behaviour(half_life_squad=half_life, half_life_community=50.0), 3000)
    jump, keep = np.zeros(len(LEVELS)), 2.0 ** (-np.arange(3000) / half_life)
    jump[0] = math.log(3.0)
    assert fading.summed(jump, np.expm1) == pytest.approx(np.expm1(jump[0] * keep).sum(), rel=1e-4)


def test_no_strength_is_no_contagion(plain: Scenario) -> None:
    """All weights are 0."""
    assert set(strength_settings(plain, 0.0).values()) == {0.0}


@pytest.mark.parametrize("wanted", [-0.1, 0.96, math.nan])
def test_a_strength_out_of_range_is_refused(plain: Scenario, wanted: float) -> None:
    """With the range."""
    with pytest.raises(InputError, match=r"reproduction = .* must lie in \[0, 0.95\]"):
        strength_settings(plain, wanted)


def test_strength_without_contagion_is_refused(plain: Scenario) -> None:
    """There is nothing to multiply."""
    with pytest.raises(InputError, match="nobody moves anybody"):
        strength_settings(plain.with_({"behaviour.form": "none"}), 0.5)


@pytest.mark.parametrize("form", SPREADING)
def test_weights_that_keep_others_reach_no_strength_and_no_tipping_point(plain: Scenario, form: str) -> None:
    """However large they are; a weight of -1e9 at which no fixed point is found is none at which R is 0.5."""
    deterring = plain.with_(dict.fromkeys(NO_CONTAGION, -0.5) | {"behaviour.form": form})
    with pytest.raises(OutOfReachError, match="leavers keep others"):
        strength_settings(deterring, 0.5)
    assert tipping_value(deterring) == math.inf


def test_at_the_tipping_value_r_is_one(plain: Scenario) -> None:
    """A little less has a steady state, a little more has none."""
    tipping = tipping_value(plain)
    for factor, ends in ((0.999, False), (1.001, True)):
        weights = {key: factor * tipping * getattr(plain.behaviour, key.split(".")[1]) for key in NO_CONTAGION}
        assert math.isinf(reproduction(plain.with_(weights)).value) == ends
    assert math.isinf(tipping_value(plain.with_({"behaviour.form": "concave"})))


def test_concave_contagion_that_is_a_line_tips_where_its_mean_field_folds() -> None:
    """At an exponent of 1 the rate is b (1 + beta S / s0), and R = 1 at beta = delta s0 / b."""
    field = MeanField(form="concave", concave_power=1.0, rate=1e-4, weight=0.05, half_life=30.0)
    tips = field.forgetting * field.concave_scale / field.rate
    assert tipping_value(town(field, 100_000, 2000)) == pytest.approx(tips / field.weight, rel=1e-3)


def test_the_tipping_line_falls_as_doors_open() -> None:
    """The wider the doors, the weaker the contagion that tips."""
    line = tipping_line(Scenario.load("russia-2022"), "asylum", [0.0, 0.5, 1.0])
    assert line.tolist() == sorted(line.tolist(), reverse=True)
    assert line[0] > line[-1]


@pytest.mark.parametrize("form", ["multiplicative", "additive", "threshold", "concave"])
@pytest.mark.parametrize("level", ["squad", "community", "news"])
def test_the_largest_weight_that_is_allowed_has_a_number(plain: Scenario, level: str, form: str) -> None:
    """Powers of such a weight have none: in the form that has powers R is infinite, in all the first leaver's followers are a number, and no warning is given."""
    operator = Operator(plain.with_({f"behaviour.contagion_{level}": 10_000.0, "behaviour.form": form}))
    for factor in (1.0, 30.0):
        found = of_operator(operator, factor)
        assert found.first > (1.0 if form == "multiplicative" else 0.0)
        assert np.isfinite(found.first)
        assert form != "multiplicative" or math.isinf(found.value)


def test_the_memory_of_complete_mixing_is_the_mean_of_levels_by_their_weights(plain: Scenario) -> None:
    """Towns by contagion and news by reception, one to three: memories of 10 and 40 days make 32.5, and what is kept a day is all but one in 32.5."""

    def life(days: float) -> float:
        return -math.log(2.0) / math.log1p(-1.0 / days)

    weights = {"behaviour.contagion_community": 1.0, "behaviour.reception_news": 3.0}
    lives = {"behaviour.half_life_community": life(10.0), "behaviour.half_life_news": life(40.0)}
    found = limit_of(plain.with_(NO_CONTAGION | weights | lives | {"days": 5000}))
    assert found.forgetting == pytest.approx(1.0 / 32.5)


def test_memory_is_the_sum_of_faded_days() -> None:
    """Written out day by day; without forgetting it is the horizon, which no half-life exceeds."""
    for half_life in (30.0, 1e7):
        assert memory(half_life, 100) == pytest.approx(sum(2 ** (-day / half_life) for day in range(100)))
    assert [memory(half_life, 100) for half_life in (1e13, 1e15, 1e16, math.inf)] == [100] * 4


def test_a_reproduction_says_what_its_rows_are(plain: Scenario) -> None:
    """Force, group and route of each."""
    found: Reproduction = reproduction(plain)
    assert (0, "reservists", "flee") in found.ways
    assert found.matrix.shape == (len(found.ways), len(found.ways))


def _twenty_towns(weight: float, form: str) -> Scenario:
    own, b = "forces.town.", "behaviour."
    sizes = {own + "reservists": 20_000, own + "community": 1000, b + "frailty_community": 0.2}
    return _town(weight, form).with_(sizes | {b + "additive_scale": 0.001 * math.e})


@pytest.mark.parametrize(("weight", "empties"), [(2.5, False), (4.0, True)])
def test_the_frailest_of_twenty_towns_has_a_fold_of_its_own(weight: float, empties: bool) -> None:
    """Its people leave f times as fast, f being the largest of twenty in 19 worlds of 20, of a log-normal of mean 1: R there is -W(-f R / A) of the first day, and f R / A in a line."""
    f = lognorm.ppf(0.95 ** (1.0 / 20.0), math.sqrt(0.2), scale=math.exp(-0.1))
    for form, fold in (("multiplicative", 1.0 / math.e), ("additive", 1.0)):
        towns = _twenty_towns(weight, form)
        found, linear = reproduction(towns), f / math.exp(0.2) * reproduction(towns).first
        assert found.value < 1.0
        assert (linear > fold) == empties
        within = linear if form == "additive" else -lambertw(-linear).real
        assert in_frailest_place(towns) == pytest.approx(math.inf if empties else within, rel=1e-3)


@pytest.mark.parametrize(("form", "weight"), [("concave", 6.0), ("threshold", 0.5), ("none", 6.0)])
def test_no_town_empties_alone_without_a_fold_or_a_frailty(form: str, weight: float) -> None:
    """The concave form has no fold, and frailty multiplies no thresholds."""
    towns = _twenty_towns(weight, form)
    assert in_frailest_place(towns) < 1.0 > reproduction(towns).value


def test_without_shared_frailty_no_place_is_frailer(plain: Scenario) -> None:
    """R within a place is part of R, whatever its people hear from elsewhere, and all of it in a town alone."""
    alone = _town(4.0)
    assert in_frailest_place(alone) == pytest.approx(reproduction(alone).value)
    some = plain.with_(strength_settings(plain, 0.9))
    assert 0.0 < in_frailest_place(some) < reproduction(some).value


def test_a_company_shares_both_frailties_and_its_town_one(plain: Scenario) -> None:
    """Of 300 soldiers three companies, of 1,000 people seven towns: each part of R grows by its own largest frailty."""
    own = "behaviour.contagion_"
    for level, variance, places in (("squad", 0.5, 3), ("community", 0.2, 7)):
        some = plain.with_(NO_CONTAGION | {own + level: 0.01, "behaviour.form": "additive"})
        shared = {"behaviour.frailty_unit": 0.3, "behaviour.frailty_community": 0.2}
        f = lognorm.ppf(0.95 ** (1.0 / places), math.sqrt(variance), scale=math.exp(-0.5 * variance))
        found = in_frailest_place(some.with_(shared)) / in_frailest_place(some)
        assert found == pytest.approx(f, rel=0.2 if level == "community" else 1e-6)
