"""Files that a document names lie beside it, wherever one works."""

from pathlib import Path

import pytest

from desertion import Scenario
from desertion.files import shipped_folder
from desertion.scenario.loading import calibration
from desertion.study.claims.document import load as claims_of
from desertion.study.design.reading import read_spec
from desertion.study.design.rows import rows_of
from desertion.study.matching.document import load as match_of

_DOCUMENTS = {
    "base.toml": 'extends = "toy"\nforces = ["guard.toml"]\npolicies = ["open.toml"]\ngraph = "ties.csv"\n'
    '[series]\n"hosts.ridge.case_days" = "days.csv"\n[calibration]\nseries = "left.csv"\ncounts = "left"\n'
    '[calibration.priors]\n"behaviour.push" = [1.0, 2.0]\n',
    "own.toml": 'extends = "base.toml"\n[set]\ngraph = "ties.csv"\n',
    "open.toml": '[[change]]\nset = { "hosts.*.recognition_deserter" = 0.9 }\n',
    "ties.csv": "0,1\n1,2\n",
    "days.csv": "date,value\n2030-02-01,9\n",
    "left.csv": "date,value\n2030-01-01,3\n2030-01-08,4\n",
    "study.toml": 'scenario = "own.toml"\npolicies = { open = ["open.toml"] }\n[set]\ngraph = "ties.csv"\n',
    "points.csv": "policies,graph,asylum\nopen.toml+fast-track,ties.csv,0.5\n",
    "claims.toml": '[arms.open]\nscenario = "own.toml"\npolicies = ["open.toml"]\nsettings = { graph = "ties.csv" }\n'
    '[[claims]]\nid = "one"\nclaim = "c"\nsource = "s"\ncontrast = "c"\neffect = "open.left_total"\nunit = "u"\n'
    'sign = 1\nsmallest = 0.0\ncould_reverse = "r"\n',
    "match.toml": '[cases.mine]\nscenario = "own.toml"\npolicies = ["open.toml"]\nsettings = { graph = "ties.csv" }\n[vary]\nasylum = { range = [0.0, 1.0] }\n'
    "[target.left_total]\nobserved = [1, 2]\ndiscrepancy = 0.1\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A relative path of a folder with documents of every kind, seen from the folder above it."""
    place = tmp_path / "some" / "where"
    place.mkdir(parents=True)
    for name, text in _DOCUMENTS.items():
        (place / name).write_text(text, encoding="utf-8")
    guard = (shipped_folder("seeds") / "forces" / "toy.toml").read_text(encoding="utf-8")
    (place / "guard.toml").write_text(guard, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Path("some") / "where"


@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize("name", ["base.toml", "own.toml"])
def test_a_scenario_by_a_relative_path_finds_what_it_names(folder: Path, kind: type, name: str) -> None:
    """Force, policy, ties, series and a scenario that is extended, also through another one."""
    scenario = Scenario.load(kind(folder / name))
    assert scenario.policies == ("open",)
    assert scenario.graph == str(folder / "ties.csv")
    assert [host.recognition_deserter for host in scenario.flat().hosts] == [0.9] * len(scenario.hosts)
    assert [row[4] for row in scenario.timeline() if row[3] == "case_days"] == [9.0]


def test_what_else_names_files_finds_them_beside_itself(folder: Path) -> None:
    """A calibration's series; scenario, policies and ties of a study, of points, of claims and of a match."""
    assert Path(calibration(folder / "own.toml")[0]["series"]).is_file()
    spec = read_spec(folder / "study.toml")
    assert (spec.scenario, spec.policies) == (str(folder / "own.toml"), (("open", (str(folder / "open.toml"),)),))
    (row,) = rows_of(folder / "points.csv")
    assert row["policies"] == f"{folder / 'open.toml'}+fast-track"
    arm, case = claims_of(folder / "claims.toml").arms["open"], match_of(folder / "match.toml").cases["mine"]
    for stated in (arm, case):
        assert (stated.scenario, stated.policies) == (str(folder / "own.toml"), (str(folder / "open.toml"),))
    graphs = (dict(spec.settings)["graph"], row["graph"], arm.settings["graph"], case.settings["graph"])
    assert graphs == (str(folder / "ties.csv"),) * 4
