"""Own design points: from a data frame, a file as spreadsheets write it, or a list; what cannot be one is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from desertion.cli import main
from desertion.errors import InputError
from desertion.study.comparison.compare import spec_of
from desertion.study.design.reading import spec_from
from desertion.study.design.rows import rows_of
from desertion.study.run.described import with_points
from desertion.study.run.inspection import inspected

ROWS = ({"asylum": 0.25, "behaviour.form": "none"}, {"asylum": 0.75, "hosts.*.cases": 12})


def test_a_list_a_table_and_a_file_give_the_same_points(tmp_path: Path) -> None:
    """Empty cells leave an input as it is; the file has a byte order mark, semicolons and decimal commas."""
    assert rows_of(list(ROWS)) == ROWS
    table = pd.DataFrame({"asylum": [0.25, 0.75], "behaviour.form": ["none", None], "hosts.*.cases": [np.nan, 12]})
    assert rows_of(table) == ROWS
    path = tmp_path / "points.csv"
    path.write_bytes("\ufeffasylum;behaviour.form;hosts.*.cases\r\n0,25;none;\r\n0,75;;12\r\n".encode())
    assert rows_of(path) == ROWS


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ([], "hold no row"),
        ([{}], "points\\[0\\] is empty"),
        ([3], "each row must be a table"),
        ({"asylum": [0.1]}, "must be a data frame"),
        (pd.Series({"asylum": 0.1}), "must be a data frame"),
        (pd.DataFrame([[0.1, 0.2]], columns=["asylum", "asylum"]), "column 'asylum' stands twice"),
        (pd.DataFrame({"asylum": [0.1]}, index=pd.Index([0.2], name="asylum")), "column 'asylum' stands twice"),
        ([{"asylum": [0.1]}], "must be a number, a truth value, a word or a day"),
    ],
)
def test_what_is_no_design_point_is_refused(points: Any, sentence: str) -> None:
    """In one sentence."""
    with pytest.raises(InputError, match=sentence):
        rows_of(points)


def test_an_index_with_a_name_is_a_column() -> None:
    """It was thrown away: every point of a table with `set_index("asylum")` had the scenario's own dial."""
    table = pd.DataFrame(ROWS).set_index("asylum")
    assert rows_of(table) == rows_of(table.set_index("hosts.*.cases", append=True)) == ROWS
    assert rows_of(table.reset_index().set_axis([7, 8])) == ROWS
    arms = pd.DataFrame({"asylum": [0.2, 0.9], "label": ["shut", "open"]}).set_index("asylum")
    assert [point["asylum"] for point in spec_of("quiet", points=arms, runs=1).points()] == [0.2, 0.9]


def test_rows_stand_in_place_of_what_a_study_varies_and_may_name_their_policies() -> None:
    """A row without a mix is run under each of the study's, one with a mix under that alone."""
    study = spec_from({"vary": {"asylum": [0.1, 0.2]}, "policies": ["fast-track", "exit-ban"]}, "study", "here")
    spec = with_points(study, [{"asylum": 0.5}, {"asylum": 0.9, "policies": "fast-track+exit-ban"}])
    assert [(point["policies"], point["asylum"]) for point in spec.points()] == [
        ("fast-track", 0.5),
        ("exit-ban", 0.5),
        ("fast-track+exit-ban", 0.9),
    ]
    assert dict(spec.policies)["fast-track+exit-ban"] == ("fast-track", "exit-ban")


def test_the_rows_of_a_comparison_are_its_arms() -> None:
    """Each has its label, its policies and inputs; what all arms share is refused in a row."""
    spec = spec_of(
        "quiet", points=[{"policies": "none"}, {"policies": "exit-ban", "asylum": 0.9, "label": "open"}], runs=1
    )
    assert [dict(point) for point in spec.points()] == [{"policies": "none"}, {"policies": "open", "asylum": 0.9}]
    assert dict(spec.policies) == {"none": (), "open": ("exit-ban",)}
    with pytest.raises(InputError, match=r"points\.scale = 0\.5 is the same for all arms"):
        spec_of("quiet", points=[{"scale": 0.5}, {"asylum": 0.2}], runs=1)
    with pytest.raises(InputError, match="not both"):
        spec_of("quiet", ["exit-ban"], points=[{"asylum": 0.2}], runs=1)


def test_a_row_that_names_no_shared_setting_keeps_it() -> None:
    """What one row sets holds in that row alone; in the others, and under every arm, the setting that all runs share holds."""
    key = "forces.toy.base_soldier_hide"
    rows = [{key: 1e-3, "asylum": 0.5}, {"asylum": 0.4}]
    swept = with_points(spec_from({"set": {key: 1e-2}}, "study", "here"), rows)
    compared = spec_of("toy", points=rows, runs=1, settings={key: 1e-2})
    for spec in (swept, compared):
        told = [spec.task_of(point)["settings"] for point in spec.points()]
        assert told == [{key: 1e-3, "asylum": 0.5}, {key: 1e-2, "asylum": 0.4}]


@pytest.mark.parametrize("varied", [{"vary": {"forces.*.police": [1, 9]}}, {}])
def test_what_varies_for_all_and_is_set_for_each_by_name_is_refused(varied: dict[str, Any]) -> None:
    """All its points would be the same; where some are not named, these vary."""
    spec = spec_from({"scenario": "toy", "set": {"forces.toy.police": 5}, **varied}, "study", "here")
    spec = spec if varied else with_points(spec, [{"forces.*.police": 1}, {"forces.*.police": 9}])
    with pytest.raises(
        InputError, match=r"forces\.\*\.police = 1 changes nothing, since forces\.toy\.police names all"
    ):
        inspected(spec, spec.points())
    several = replace(spec, scenario="three-armies-2022", settings=(("forces.@first.police", 5),))
    inspected(several, several.points()[:1])


@pytest.mark.usefixtures("no_workers")
def test_points_of_a_file_can_be_swept_and_compared_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--points FILE`, for both."""
    monkeypatch.chdir(tmp_path)
    Path("points.csv").write_text("label,asylum\nlow,0.2\nhigh,0.8\n")
    assert main(["compare", "quiet", "--points", "points.csv", "--days", "3", "-n", "1", "-q", "--workers", "1"]) == 0
    assert "high" in capsys.readouterr().out
    Path("points.csv").write_text("asylum\n0.2\n0.8\n")
    Path("mine.toml").write_text('scenario = "quiet"\ndays = 3\n[vary]\nasylum = [0.5]\n')
    assert main(["sweep", "mine.toml", "--points", "points.csv", "-q", "--workers", "1"]) == 0
    assert "outputs/mine.sqlite: 2 done" in capsys.readouterr().out
