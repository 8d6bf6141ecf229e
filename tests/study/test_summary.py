from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from harness import TUTORIAL

from alliancesim.errors import RequestError
from alliancesim.scenario.load import LoadedScenario
from alliancesim.study.differences.compared import Compared, Observed, find_compared
from alliancesim.study.differences.difference import difference
from alliancesim.study.runs.run import Run, run
from alliancesim.study.statistics.estimate import share_with_interval
from alliancesim.study.summary import short_years, summarize, table_plain, table_sheets


def test_the_summary_says_what_the_tables_hold(stored: Run) -> None:
    plain = summarize(stored).plain()
    topline = stored.values("fiscal_years", "topline_bn")[:, 5]
    said = plain["fiscal_years"]["topline_bn"]["by_fiscal_year"]["2030"]
    assert said["mean"]["value"] == pytest.approx(topline.mean())
    assert said["median"]["value"] == np.sort(topline)[19]
    assert said["p10"]["low"] <= said["p10"]["value"] <= said["p90"]["value"]
    slip = stored.values("programs", "slip_months")[:, stored.layout.programs.index("ship")]
    assert plain["programs"]["ship"]["slip_months"]["median"]["value"] == np.sort(slip)[19]
    assert plain["outcomes_digest"] == stored.digest
    assert list(plain["pillars"]) == ["operational_strike_bn", "operational_fleet_bn"]
    json.dumps(plain, allow_nan=False)


def test_every_sheet_is_rectangular(stored: Run, tutorial: LoadedScenario, tmp_path: Path) -> None:
    for one in (stored, run(tutorial, n=1, out=tmp_path / "one")):
        summary = summarize(one)
        sheets = [*summary.sheets(), *summary.sheets(short=True), *(s for name in one.tables for s in table_sheets(one, name))]
        for sheet in sheets:
            assert {len(row) for row in sheet.rows} <= {len(sheet.columns)}
            assert "nan" not in str(sheet)


def test_what_is_never_delivered_is_written_as_at_least(here: Path) -> None:
    late = run(TUTORIAL, n=10, settings={"horizon.last_fy": "2026", "programs.ship.lots": "[{fy: 2025, units: 2}]",
                                         "programs.missile.lots": "[{fy: 2025, units: 100}]"})  # fmt: skip
    summary = summarize(late)
    ship = next(one for one in summary.programs if one.name == "ship")
    assert ship.undelivered.value == 1.0
    assert summary.date(ship.first_delivery.median.value) == ">= 2027-04"
    assert summary.slip_text(ship) == ">= -18"
    said = summary.plain()["programs"]["ship"]
    assert said["first_delivery_months"]["median"] == {"value": None, "low": None, "high": None, "at_least": 24.0}
    assert said["slip_months"]["median"]["at_least"] == 24.0 - 42.0
    columns = table_plain(late, "programs")["columns"]
    json.dumps(columns, allow_nan=False)
    for name in ("first_delivery_months", "slip_months", "completion_months", "completion_slip_months"):
        assert columns[name]["values"]["ship"]["median"]["at_least"] == said[name]["median"]["at_least"]
    assert columns["first_operational_months"]["values"]["ship"]["median"]["at_least"] == 24.0
    assert summary.slip_text(replace(ship, described=ship.described | {"baseline_months": 0.37})) == ">= 23"


def test_what_never_happened_has_the_interval_of_a_share(stored: Run) -> None:
    high = share_with_interval(0, stored.n).high
    held = table_plain(stored, "programs")["columns"]["held_by_review"]["values"]["ship"]
    assert held["mean"] == {"value": 0.0, "low": 0.0, "high": high}
    (sheet,) = (sheet for sheet in table_sheets(stored, "programs") if sheet.title.startswith("held_by_review"))
    assert [row[1] for row in sheet.rows] == ["0.00 (0.00 to 0.09)"] * 2
    same = difference(*[Observed(held_by_review(stored), np.zeros(stored.n), np.zeros(stored.n, np.bool_))] * 2, "")
    assert same.mean_a.high == high


def held_by_review(stored: Run) -> Compared:
    (found,) = find_compared(["programs.ship.held_by_review"], stored.layout, ())
    return found


def test_a_program_can_be_shown_alone(stored: Run) -> None:
    summary = summarize(stored, "ship")
    assert [one.name for one in summary.programs] == ["ship"]
    assert summary.outcomes == []
    assert all(sheet.title.startswith("missile:") for sheet in table_sheets(stored, "program_years", "missile"))


def test_no_sheet_is_without_rows(stored: Run, here: Path) -> None:
    assert [sheet.title.split(":")[0] for sheet in summarize(stored, "ship", short=True).sheets(short=True)] == ["Programs"]
    rest = "{title: Rest, bucket: fleet, channel: domestic, residual: true, quantity: value}"
    (here / "rest.yaml").write_text(f"extends: {TUTORIAL}\nname: rest\nprograms: {{rest: {rest}}}\n")
    summary = summarize(run("rest.yaml", n=2), "rest")
    sheets = [*summary.sheets(), *summary.sheets(short=True)]
    assert all(sheet.rows for sheet in sheets)
    assert not any(sheet.title.startswith("Programs:") for sheet in sheets)


def test_names_that_are_not_there_are_said(stored: Run) -> None:
    with pytest.raises(RequestError, match="no program 'tank'"):
        summarize(stored, "tank")
    with pytest.raises(RequestError, match=r"no program 'shp' in tutorial; did you mean 'ship'\?"):
        summarize(stored, "shp")
    with pytest.raises(RequestError, match="no table 'tanks'"):
        table_sheets(stored, "tanks")
    with pytest.raises(RequestError, match=r"table resource_years: no resource 'yrad'; did you mean 'yard'\?"):
        table_plain(stored, "resource_years", "yrad")
    for read in (table_sheets, table_plain):
        for name in ("2030", "ship"):
            with pytest.raises(
                RequestError, match=rf"years and of no program; --program {name} goes with programs, program_years, "
            ):
                read(stored, "fiscal_years", name)


def test_a_run_without_programs_says_that_there_is_none(bare: Run) -> None:
    with pytest.raises(RequestError, match=r"^no program 'x' in bare; there is none$"):
        summarize(bare, "x")
    assert summarize(bare).programs == []


def test_short_years_reach_from_the_forecast_to_the_end(stored: Run) -> None:
    assert short_years(stored) == [2025, 2028, 2031, 2034]


def test_the_full_summary_gives_intervals(stored: Run, tmp_path: Path) -> None:
    delivery, delay = summarize(stored).sheets()[-4:-2]
    assert delivery.columns[3:] == ["P(none), %", "first delivery", "slip months", "last unit"]
    for row in delivery.rows:
        assert all(re.fullmatch(r"\S+ \(\S+ to (>= )?\S+\)", cell) for cell in row[3:]), row
    assert [row[1] for row in delay.rows] == ["portfolio", "strike", "fleet", "missile", "ship"]
    assert all("±" in cell for row in delay.rows for cell in row[2:] if cell != ".")
    alone = summarize(run(TUTORIAL, n=1, out=tmp_path / "one"), "ship").sheets()[0]
    assert re.fullmatch(r"\d{4}-\d{2} \(\? to \?\)", alone.rows[0][4])
