"""Words of the report: numbers as they stand in sentences, question, assumptions and limits."""

import math
import shlex
from typing import Any

import pandas as pd

from desertion.figures import labels
from desertion.figures.labels import LONG, SHORT, Scales, dated, many
from desertion.reading import command_line, setting_text
from desertion.scenario.grain import MARK, legend, stands_for
from desertion.study.comparison.tables import Tables

TABLE_NOTE = (
    "Each cell: the median of the runs with its 95 % interval, or for a chance the share of runs with Wilson's interval; below it "
    "the difference from the baseline on the same people and fates, {sure} where its 95 % interval excludes 0. Each interval stands by "
    "itself: of twenty differences that are nothing about one excludes 0 by chance, or fewer. Persons and cases are at real size: the "
    "counts of the simulated world divided by its scale."
)


def table_note(comparison: Tables, sure: str = "in bold") -> str:
    """What the cells of the table mean.

    Args:
        comparison: The comparison.
        sure: How a difference whose interval excludes 0 is marked.
    """
    return TABLE_NOTE.format(sure=sure) + (f" {legend(comparison.size)}." if comparison.size > 1.0 else "")


def number(value: float) -> str:
    """A count as it stands in a sentence: 950, 12,500, 1.2 million; at most three figures beyond ten thousand."""
    return labels.number(value, LONG)


def amount(value: float, unit: str, scales: Scales = LONG) -> str:
    """A number with its unit: a share as per cent, money with its sign, days as whole days."""
    if not math.isfinite(value):
        return "unknown"
    if unit == "share":
        return labels.percent(value, figures=3)
    return f"{'-' if value < 0 else ''}{'€' if unit == 'EUR' else ''}{labels.number(abs(value), scales)}"


def short(value: float, unit: str) -> str:
    """A number with its unit as it stands in a table: thousands as k, millions as M, billions as bn."""
    return amount(value, unit, SHORT)


def change(value: float, unit: str) -> str:
    """A difference with its sign; shares as percentage points."""
    sign = "+" if value > 0 else ""
    if unit == "share" and math.isfinite(value):
        return f"{sign}{labels.rounded(100.0 * value, 3)} points"
    return f"{sign}{short(value, unit)}"


def sign_of(row: pd.Series) -> str:
    """What stands behind a difference of `Tables.headline`: the mark of too few, * where its interval excludes 0, or nothing."""
    if row["difference_too_few"]:
        return MARK
    return "*" if row["difference_low"] > 0 or row["difference_high"] < 0 else ""


def question(comparison: Tables) -> str:
    """The question, in a sentence."""
    days = int(comparison.curves["day"].max())
    return (
        f"How many soldiers, reservists and civilians leave within {many(days, 'day')}, by which way and at what price to the hosts, if "
        f"asylum and other policies change? {many(len(comparison.policies), 'policy is', 'policies are')} compared; the baseline is “{comparison.names[comparison.baseline]}”."
    )


def byline(comparison: Tables) -> str:
    """Size of the comparison in a line."""
    scale = f"1:{stands_for(comparison.size)}" if comparison.size > 1 else "1:1"
    return (
        f"{many(comparison.pairs, 'paired replicate')} a policy, {comparison.people:,} simulated people each (scale {scale}), "
        f"{many(int(comparison.curves['day'].max()), 'day')} from {dated(comparison.start)}, seed {comparison.header['spec']['seed']}"
    )


def described(comparison: Tables, policy: str) -> str:
    """What a policy does, in the words of its file."""
    sentences = [
        f"{layer['title'].rstrip('.')}. {layer.get('summary', '')}".strip() for layer in comparison.described[policy]
    ]
    return " ".join(sentences) or "The scenario as it is, with no policy laid over it."


def assumptions(comparison: Tables) -> list[str]:
    """What the numbers rest on, with strong beginnings."""
    about, spec = comparison.about, comparison.header["spec"]
    listed = [
        f"**Scenario.** {comparison.title}. {about.get('summary', '')!s}",
        f"**People.** {comparison.people:,} simulated people stand for {number(comparison.people * comparison.size)}; "
        "places, caseworkers and police are scaled alike, so that rates are kept.",
        "**Chance.** Replicate by replicate every policy meets the same people with the same fates, so a difference is "
        "the policy's and not the draw's.",
        "**Contagion.** None: that others leave changes nobody's rate of leaving by itself."
        if _without_contagion(comparison)
        else f"**Contagion.** The {about.get('form', 'stated')!s} form: leaving spreads through squads, companies, "
        "home towns, personal ties and army news, with the weights of the scenario.",
    ]
    if spec["settings"]:
        changed = ", ".join(f"`{key!s} = {setting_text(value)}`" for key, value in spec["settings"].items())
        listed.append(f"**Changed inputs.** {changed}.")
    notes = [note.rstrip(".") for note in comparison.notes]
    if notes:
        listed.append(f"**Decided on the way.** {'; '.join(notes)}.")
    return listed


def _without_contagion(comparison: Tables) -> bool:
    return comparison.about.get("form") == "none"


def limits(comparison: Tables) -> list[str]:
    """What the numbers cannot say."""
    listed = [
        "These are consequences of a model under stated assumptions, not forecasts. Intervals cover the chance within the model; "
        "they do not cover what is unknown about its inputs, several of which have no source and need a sweep.",
        "Effects of a policy hang on the form and strength of contagion: repeat the comparison with "
        + (
            "a form of contagion"
            if _without_contagion(comparison)
            else "--set behaviour.form=none and with the other forms"
        )
        + " before trusting a ranking.",
        "Who is protected, refused or returned follows stated rates a case; courts, families and later lives are not modelled.",
    ]
    if comparison.size > 1:
        listed.append(
            f"At a scale of 1:{stands_for(comparison.size)} one simulated person stands for {number(comparison.size)}. {legend(comparison.size)}."
        )
    if comparison.pairs < 20:
        listed.append(
            f"{many(comparison.pairs, 'replicate is', 'replicates are')} few: chances of collapse and small differences need more."
        )
    if comparison.failed:
        listed.append(f"{comparison.failed} of {len(comparison.runs)} runs did not finish and are left out.")
    return listed


def remake(comparison: Tables) -> tuple[str, str]:
    """How the same numbers are had again, in a sentence, and the command that it speaks of, if one can do it."""
    if own := comparison.header["spec"].get("own"):
        names = ", ".join([*own["classes"].values(), *own["measures"]])
        return (
            f"Code of your own ({names}) was run, which no command and no file holds: the same call of compare() in Python "
            "gives the same numbers, with out= another file.",
            "",
        )
    if comparison.is_named:
        return "The same command gives the same numbers:", command(comparison)
    why = "No command line says all that was compared (rows of your own, or documents that stand in no file or have changed since)"
    if comparison.lasts:
        return (
            f"{why}. What the file holds is run again, and told whether the bits agree, by:",
            f"desertion rerun {shlex.quote(comparison.path.name)}",
        )
    return (
        f"{why}: the same call of compare() in Python gives the same numbers; with out=FILE.sqlite, `desertion rerun FILE.sqlite` does.",
        "",
    )


def command(comparison: Tables) -> str:
    """The command that makes the same comparison, where names and settings say it (`Runs.is_named`)."""
    spec: dict[str, Any] = dict(comparison.header["spec"])
    options = [
        *(("policy", "+".join(spec["policies"][policy]) or policy) for policy in comparison.policies),
        *(("runs", spec["replicates"]["number"]), ("seed", spec["seed"])),
        *((name, spec[name]) for name in ("scale", "days")),
        ("population", None if spec["population"] == "compiled" else spec["population"]),
        *(("set", f"{key}={setting_text(value)}") for key, value in spec["settings"].items()),
        ("out", "results"),
    ]
    return command_line("compare", [str(spec["scenario"])], options)
