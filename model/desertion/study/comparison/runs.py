"""What a comparison's file holds: the runs of every policy, their daily columns, and who left by which way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from desertion.errors import InputError, refuse_unknown
from desertion.figures.labels import many, policy, titled
from desertion.parameters.arguments import STUDY_RUN, ruled
from desertion.scenario import Scenario
from desertion.scenario.documents import AS_IT_IS, JOIN
from desertion.study.analysis.bands import same_length
from desertion.study.analysis.tables import runs_table
from desertion.study.comparison import arm
from desertion.study.design.documents import gathered
from desertion.study.design.point import scenario_of, told_by
from desertion.study.failures import StudyFailedError
from desertion.study.store.reader import StudyFile
from desertion.study.store.row import DONE, Row


class Runs:
    """Runs of several policies on the same people and fates, read from a study's file.

    Args:
        path: File of a study whose task was `comparison`.
        keep: Anything that must live as long as the comparison, such as the folder that holds its file.

    Raises:
        InputError: If the file is no such study.
        StudyFailedError: If some policy has no finished run, or none of a replicate that finished under the baseline too.
    """

    @ruled(path=STUDY_RUN)
    def __init__(self, path: str | Path, *, keep: object = None) -> None:
        self.path = Path(path)
        self._keep = keep
        with StudyFile(self.path) as file:
            self.header: Mapping[str, Any] = file.header()
            if self.header["spec"]["task"] != "comparison":
                raise InputError(f"{self.path} is the file of a sweep, not of a comparison: open it with Study")
            self._points = file.points()
            self.policies: tuple[str, ...] = tuple(str(point["policies"]) for point in self._points)
            """Labels of the policies in the order given; the first is the baseline."""
            self.runs: pd.DataFrame = runs_table(file)
            # What an arm sets belongs to its label: differences are taken across all of it.
            self.runs.attrs["parameters"] = ["policies"]
            """One row a run: design, policies, replicate, status, seconds, and all measures as they were stored."""
            self._first = _first_kept(file)
        missing = [name for name in self.policies if name not in set(self.runs.loc[self._done, "policies"])]
        if missing:
            raise StudyFailedError(
                f"no run finished under {', '.join(missing)}; see why with `desertion show {self.path} --failures`, and run the comparison again, "
                "in Python with RunOptions(retry_failed=True), once the reason is gone"
            )
        usual = set(self._replicates(self.baseline))
        apart = [name for name in self.policies if usual.isdisjoint(self._replicates(name))]
        if apart:
            raise StudyFailedError(
                f"no replicate finished under both {self.baseline} and {', '.join(apart)}, so that no pair can be compared; see "
                f"why with `desertion show {self.path} --failures`, and run the comparison again, in Python with RunOptions(retry_failed=True), once the reason is gone"
            )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.scenario!r}, {many(len(self.policies), 'policy', 'policies')}, {many(self.pairs, 'replicate')})"

    @property
    def _done(self) -> pd.Series:
        return self.runs["status"] == DONE

    @property
    def scenario(self) -> str:
        """Name or path of the scenario, as it was given."""
        return str(self.header["spec"]["scenario"])

    @property
    def title(self) -> str:
        """Title of the scenario, or what it was given as."""
        return str(self.about.get("title", self.scenario))

    @property
    def baseline(self) -> str:
        """The policy that all others are compared with."""
        return self.policies[0]

    @property
    def forces(self) -> tuple[str, ...]:
        """Names of the forces; the first is the one that figures show where there is room for one."""
        return self._first.forces

    @property
    def start(self) -> dt.date:
        """Date of the first day."""
        return dt.date.fromisoformat(self.about["start"])

    @property
    def size(self) -> float:
        """Real persons per simulated person."""
        return float(self.about["size"])

    @property
    def about(self) -> Mapping[str, Any]:
        """Facts of the scenario for readers, see `desertion.study.comparison.arm.ArmRecord`; its policies are those of the baseline."""
        return self._first.about

    @cached_property
    def described(self) -> dict[str, list[Mapping[str, str]]]:
        """Titles and summaries of the policies of each arm, by its label."""
        return {policy: list(about.get("policies", ())) for policy, about in self._facts.items()}

    @property
    def notes(self) -> list[str]:
        """What was decided on the way to the scenario of any arm, a sentence each."""
        return self._noted("notes")

    @property
    def dial_notes(self) -> list[str]:
        """Where the asylum dial moves what the policies of an arm set, a sentence each."""
        return self._noted("dial")

    def _noted(self, fact: str) -> list[str]:
        return list(dict.fromkeys(str(note) for about in self._facts.values() for note in about.get(fact, ())))

    @cached_property
    def _facts(self) -> dict[str, Mapping[str, Any]]:
        """Facts of each arm, by its label."""
        return {policy: self._kept(policy)[0][1].about for policy in self.policies}

    @cached_property
    def names(self) -> dict[str, str]:
        """What each arm is called in words, by its label: the titles of its policies; a label of the caller's own stays."""
        named = {label: self._in_words(label) for label in self.policies}
        words = list(named.values())
        return {label: name if words.count(name) == 1 else f"{name} ({label})" for label, name in named.items()}

    def _in_words(self, label: str) -> str:
        mix = self.header["spec"]["policies"][label]
        if label != label_of(mix):
            return label
        # An arm may have kept no titles: its names do as well.
        return titled([str(layer["title"]) for layer in self.described[label]] or [policy(name) for name in mix])

    @property
    def people(self) -> int:
        """Simulated persons of all forces."""
        return sum(len(codes) for codes in self._first.routes.values())

    @cached_property
    def pairs(self) -> int:
        """Replicates that finished under every policy."""
        return int((self.runs[self._done].groupby("replicate")["policies"].nunique() == len(self.policies)).sum())

    @property
    def failed(self) -> int:
        """Runs that did not finish, and are left out of every number."""
        return int((~self._done).sum())

    @property
    def lasts(self) -> bool:
        """Whether the file stays when the comparison goes."""
        return self._keep is None

    @cached_property
    def is_named(self) -> bool:
        """Whether names and shared settings say all that was compared, and stand for the same documents now."""
        spec, documents = self.header["spec"], self.header.get("documents")
        mixes = spec["policies"]
        if any(len(point) > 1 for point in self._points) or any(label != label_of(mixes[label]) for label in mixes):
            return False
        if not documents:  # as in files of earlier versions, whose names are all that there is
            return True
        names = {**spec, "policies": [name for mix in mixes.values() for name in mix]}
        with suppress(InputError):
            return gathered([names]).items() <= documents.items()
        return False

    def arm(self, policy: str) -> Scenario:
        """The scenario that was run under a policy, every input resolved.

        Args:
            policy: One of the policies.

        Raises:
            InputError: If there is no such policy, or its documents are not to be had any more.
        """
        refuse_unknown("policy", policy, self.policies)
        told = told_by(self.header["spec"], self._points[self.policies.index(policy)])
        return scenario_of(told | {"documents": self.header.get("documents", {})})

    def _replicates(self, policy: str) -> list[int]:
        return [
            int(replicate) for replicate in self.runs.loc[self._done & (self.runs["policies"] == policy), "replicate"]
        ]

    @cached_property
    def _curves(self) -> dict[str, NDArray[np.float32]]:
        """Daily columns by policy: (runs, days + 1, columns), see `bands.same_length` for runs that stopped early."""
        with StudyFile(self.path) as file:
            columns = file.header().get("columns", ())
            by_policy = {policy: [row.curve for row in self._rows(file, policy)] for policy in self.policies}
        longest = max(len(curve) for curves in by_policy.values() for curve in curves)
        return {policy: same_length(curves, columns, longest) for policy, curves in by_policy.items()}

    def _ways(self, policy: str, force: str) -> dict[int, NDArray[np.uint8]]:
        """Each person's first way to leave, by replicate."""
        return {replicate: record.routes[force] for replicate, record in self._kept(policy)}

    def _kept(self, policy: str) -> list[tuple[int, arm.ArmRecord]]:
        """What each run under a policy kept, with the replicate's number."""
        with StudyFile(self.path) as file:
            return [(row.replicate, arm.unpacked(row.extras)) for row in self._rows(file, policy)]

    def _rows(self, file: StudyFile, policy: str) -> Iterator[Row]:
        """Finished runs under a policy, those of `runs`: a driver may have written more since."""
        there = set(self._replicates(policy))
        rows = file.rows(design=self.policies.index(policy), curves=True)
        return (row for row in rows if row.replicate in there)


def label_of(mix: Sequence[str]) -> str:
    """What stands for a mix of policies on the command line: their names, without folder and ending of a file."""
    return JOIN.join(Path(name).stem if name.endswith(".toml") else name for name in mix) or AS_IT_IS


def _first_kept(file: StudyFile) -> arm.ArmRecord:
    for row in file.rows(curves=True):
        if row.status == DONE:
            return arm.unpacked(row.extras)
    failed = next((row.error for row in file.rows() if row.status != DONE), "")
    if failed:
        raise StudyFailedError(
            f"every run failed, the first with: {failed[:200]}; see all with `desertion show {file.path} --failures`"
        )
    raise InputError(f"{file.path} holds no run yet; start the same command again")
