"""The plan of eight claims over a year is that of the shipped claims but for the days."""

from desertion.files import shipped_folder
from desertion.reading import toml
from desertion.study.claims.document import load, shipped

YEAR = shipped_folder("experiments") / "claims" / "year.toml"


def test_claims_over_a_year_differ_in_their_days_alone() -> None:
    """Effects, signs, smallest sizes, ranges, bounds and arms are the shipped ones, so that what differs is owed to the horizon."""
    assert len(load(YEAR).claims) == 8
    year, known = toml(YEAR), toml(shipped())
    assert year["world"] == known["world"]
    claims = {claim["id"]: claim for claim in known["claims"]}
    for claim in year["claims"]:
        same = claims[claim["id"]]
        assert all(claim[key] == same[key] for key in ("effect", "sign", "smallest", "events"))
    for name, arm in year["arms"].items():
        other = known["arms"][name]
        assert arm["settings"] == {**other.get("settings", {}), "days": 368}
        assert {**arm, "settings": 0} == {**other, "settings": 0}
    russia = [bound for bound in known["bounds"] if bound["effect"].startswith(("status_quo.", "front."))]
    assert year["bounds"] == russia
