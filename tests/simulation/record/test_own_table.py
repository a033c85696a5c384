"""Tables of a result are the caller's own."""

import pandas as pd

from desertion.simulation.record.own_table import own_table
from desertion.study.analysis.contents import Contents
from desertion.study.comparison.tables import Tables


class _Result:
    worked = 0

    @own_table
    def table(self) -> pd.DataFrame:
        """A table."""
        self.worked += 1
        return pd.DataFrame({"left": [1, 2]})


def test_what_is_done_to_a_table_changes_no_later_answer() -> None:
    """A column put in, one taken out and numbers written over stay with the caller; the table is worked out once."""
    result = _Result()
    taken = result.table
    taken["share"] = 0.5
    taken.loc[:, "left"] = -1
    del result.table["left"]
    pd.testing.assert_frame_equal(result.table, pd.DataFrame({"left": [1, 2]}))
    assert result.worked == 1


def test_the_tables_of_studies_and_comparisons_are_such() -> None:
    """Figures, reports and other tables are made of these."""
    for name in ("runs", "points", "curves", "failures"):
        assert isinstance(vars(Contents)[name], own_table)
    for name in ("outcomes", "summary", "paired", "curves", "histories", "hosts", "attribution"):
        assert isinstance(vars(Tables)[name], own_table)
