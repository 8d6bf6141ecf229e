from __future__ import annotations

import numpy as np
import pytest

from alliancesim.errors import RequestError
from alliancesim.study.runs.run import Run
from alliancesim.study.statistics.outcome import find_outcomes


@pytest.mark.parametrize(("name", "table", "key", "column"), [
    ("fiscal_years.2027.outlays_bn", "fiscal_years", (2,), "outlays_bn"),
    ("fiscal_years.2025.usd_market_rate", "fiscal_years", (0,), "usd_market_rate"),
    ("programs.ship.slip_months", "programs", (1,), "slip_months"),
    ("program_years.missile.2026.delivered_units", "program_years", (0, 1), "delivered_units"),
    ("resource_years.yard.2034.grants", "resource_years", (1, 9), "grants"),
])  # fmt: skip
def test_a_name_finds_the_values_the_run_stores(name: str, table: str, key: tuple[int, ...], column: str, stored: Run) -> None:
    (found,) = find_outcomes([name], stored.layout)
    every = {t: np.stack([stored.values(t, c.name) for c in stored.tables[t].columns], axis=-1) for t in (table,)}

    assert np.array_equal(found.of(every), stored.values(table, column)[(slice(None), *key)])
    assert (found.name, found.column.name, found.statistic) == (name, column, None)


def test_every_value_of_a_replication_has_a_name(stored: Run) -> None:
    places = {
        ".".join([table.name, *(str(entries[i]) for (_, entries), i in zip(table.keys, at, strict=True)), column.name]): (*at, k)
        for table in stored.tables.values() for at in np.ndindex(*table.shape) for k, column in enumerate(table.columns)
    }  # fmt: skip

    assert {one.name: one.at for one in find_outcomes(places, stored.layout)} == places


@pytest.mark.parametrize("statistic", ["mean", "median", "P80", "P5"])
def test_a_statistic_stands_behind_the_name(statistic: str, stored: Run) -> None:
    (found,) = find_outcomes([f"programs.ship.slip_months.{statistic}"], stored.layout)

    assert (found.name, found.statistic) == ("programs.ship.slip_months", statistic)


@pytest.mark.parametrize("statistic", ["P05", "P0", "P00", "P100", "p80", "mode"])
def test_what_is_no_statistic_is_said(statistic: str, stored: Run) -> None:
    with pytest.raises(RequestError, match=f"outcome 'programs.ship.slip_months.{statistic}'"):
        find_outcomes([f"programs.ship.slip_months.{statistic}"], stored.layout)


def test_every_unknown_name_is_told_with_what_was_meant(stored: Run) -> None:
    names = ["programms.ship.slip_months", "programs.shipp.slip_months", "programs.ship.slip", "programs.slip_months", "P80",
             "fiscal_years.2099.outlays_bn"]  # fmt: skip
    with pytest.raises(RequestError) as refused:
        find_outcomes(names, stored.layout)

    assert str(refused.value).splitlines() == [
        "outcome 'programms.ship.slip_months': no table 'programms'; did you mean 'programs'?",
        "outcome 'programs.shipp.slip_months': no program 'shipp'; did you mean 'ship'?",
        "outcome 'programs.ship.slip': no column 'slip'; did you mean 'slip_months'?",
        "outcome 'programs.slip_months': write programs.PROGRAM.COLUMN, and behind it .mean, .median or .P1 to .P99",
        "outcome 'P80': no table 'P80'; there are fiscal_years, programs, program_years, resource_years",
        "outcome 'fiscal_years.2099.outlays_bn': no fiscal year '2099'; did you mean '2029'?",
    ]
