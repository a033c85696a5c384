"""The skeleton of a study: a commented file to start from, with every section and what may stand in it."""

from desertion.parameters.inputs import inputs
from desertion.scenario.skeleton import commented
from desertion.study.design.layout import DesignRule
from desertion.study.design.reading import Keep, StudyDocument
from desertion.study.design.replicates import ReplicateRule
from desertion.study.design.spec import RunRule

_TABLES = ("set", "vary", "policies", "design", "keep", "replicates", "run")


def study(name: str) -> str:
    """A study of the asylum dial on the toy world, which runs as it is."""
    plain = (one for one in inputs(StudyDocument) if one.name not in (*_TABLES, "title", "scenario"))
    return (
        "\n".join(
            [
                f"# A study: many runs over inputs. `desertion sweep {name}.toml --dry-run` says what it costs, without --dry-run",
                f"# it runs into outputs/{name}.sqlite, and the same command again goes on where it stopped.",
                "",
                f'title = "{name}"',
                'scenario = "toy"  # a shipped scenario, or the path of your own from here',
                *commented(plain),
                "",
                "# Inputs that all runs share, by dotted key.",
                "[set]",
                '#   "behaviour.form" = "none"',
                "",
                "# Inputs that are varied: a list of values, or a table with one of range, integers, normal, triangular, choices.",
                "[vary]",
                "asylum = { range = [0.0, 1.0], steps = 5 }",
                '#   "hosts.*.case_days" = [30, 90, 360]',
                "#   contagion = { range = [0.0, 2.0], steps = 3 }  # multiple of all weights of contagion",
                "",
                "# Policy mixes by label, each run at every point on the same people and fates.",
                "[policies]",
                "none = []",
                '#   both = ["fast-track", "exit-ban"]',
                "",
                "# How points are laid out.",
                "[design]",
                *commented(inputs(DesignRule)),
                "",
                "# What is kept of each run.",
                "[keep]",
                *commented(inputs(Keep)),
                "",
                "# Runs a point: a number, or a precision to be reached.",
                "[replicates]",
                "number = 4",
                *commented(one for one in inputs(ReplicateRule) if one.name != "number"),
                "",
                "# What changes no result.",
                "[run]",
                *commented(inputs(RunRule)),
            ]
        )
        + "\n"
    )
