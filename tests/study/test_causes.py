from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import TUTORIAL, plain
from scipy import stats

from alliancesim.cli import status
from alliancesim.errors import RequestError
from alliancesim.study.causes import Causes, breakdown, causes, tail_breakdown
from alliancesim.study.ledgers import EQUAL, KINDS, ledgers
from alliancesim.study.runs.run import Run, run

SHORT = {"horizon.last_fy": "2026", "programs.ship.lots": "[{fy: 2025, units: 2}]",
         "programs.missile.lots": "[{fy: 2025, units: 100}]"}  # fmt: skip
CELL = re.compile(r"^(?:\* )?(-?[\d,.]+)(?: ±([\d,.]+|\?))?$")


@pytest.fixture(scope="module", params=["stored", "one replication", "cut off by the horizon"])
def told(request: pytest.FixtureRequest, stored: Run, tmp_path_factory: pytest.TempPathFactory) -> Causes:
    place = tmp_path_factory.mktemp("causes") / "run"
    if request.param == "stored":
        return causes(stored)
    if request.param == "one replication":
        return causes(run(TUTORIAL, n=1, out=place))
    return causes(run(TUTORIAL, n=10, out=place, settings=SHORT), weighting=EQUAL)


def figure(cell: str) -> Decimal:
    """A printed number; a dot is zero."""
    match = CELL.match(cell)
    assert match is not None, cell
    return Decimal(0) if cell == "." else Decimal(match[1].replace(",", ""))


def test_causes_add_up_in_every_printed_table(told: Causes) -> None:
    for sheet in told.sheets():
        first = sheet.columns.index("total")
        for row in sheet.rows:
            total, *parts = map(figure, row[first:])
            assert sum(parts) == total, (sheet.title, row)


def test_causes_add_up_in_json(told: Causes) -> None:
    said = json.loads(json.dumps(told.plain(), allow_nan=False))
    found = 0
    for ledger in said["ledgers"].values():
        for accounts in (ledger.get(level, {}) for level in ("portfolio", "pillar", "bucket", "program")):
            for one in accounts.values():
                for part in filter(None, (one["mean"], one["tail"])):
                    values = [value["value"] for value in part["causes"].values()]
                    assert sum(values) == sum(reversed(values)) == part["total"]["value"]
                    found += 1
    assert found >= 15


def test_causes_add_up_in_csv_as_decimals_and_as_floats(told: Causes) -> None:
    groups: dict[tuple[Any, ...], list[tuple[str, Any]]] = {}
    for row in told.rows():
        groups.setdefault(row[:4], []).append((row[5], row[6]))
    for (*_, statistic), rows in groups.items():
        (name, total), *parts = rows
        assert name == "total"
        if statistic != "p80":
            assert sum(Decimal(str(value)) for _, value in parts) == Decimal(str(total))
            assert sum(float(str(value)) for _, value in parts) == float(str(total))


def test_the_printed_interval_holds_the_estimate_and_no_digit_below_its_error(told: Causes) -> None:
    for kind, (mean_sheet, tail_sheet) in zip(KINDS, zip(told.sheets()[::2], told.sheets()[1::2], strict=True), strict=True):
        accounts = [one for one in told.accounts if one.kind is kind]
        for sheet, wanted in ((mean_sheet, [one.mean for one in accounts]), (tail_sheet, [one.tail for one in accounts])):
            for row, found in zip(sheet.rows, filter(None, wanted), strict=True):
                for name, cell in zip(sheet.columns, row, strict=True):
                    if name in ("level", "name", "planned", "P80 of the total"):
                        continue
                    value = found.total if name == "total" else found.parts[kind.causes.index(name.replace(" ", "_"))]
                    match = CELL.match(cell)
                    assert match is not None
                    if match[2] in (None, "?"):
                        assert value.error() in (None, 0.0)
                        continue
                    shown, half = figure(cell), float(match[2].replace(",", ""))
                    assert abs(float(shown) - value.value) <= half
                    largest = max(one.error() or 0.0 for one in (found.total, *found.parts))
                    assert 10.0 ** -max(0, -int(shown.as_tuple().exponent)) * 10 > largest or largest >= 1.0


def test_the_mean_and_the_tail_are_those_of_the_outcomes(stored: Run) -> None:
    found = {(one.kind.name, one.name): one for one in causes(stored).accounts}
    ship = stored.layout.programs.index("ship")
    for name, column in (("first_delivery", "slip_months"), ("completion", "completion_slip_months")):
        slip = stored.values("programs", column)[:, ship]
        one, beyond = found[name, "ship"], np.sort(slip)[31]
        assert one.mean.total.value == pytest.approx(slip.mean(), abs=1 / 1024)
        assert one.beyond.value == beyond
        assert one.tail is not None
        assert one.tail.count == (slip > beyond).sum() == 8
        assert one.tail.total.value == pytest.approx(slip[slip > beyond].mean(), abs=1 / 1024)
        funding = stored.values("programs", f"{column.removesuffix('slip_months')}delay_funding_months")[:, ship]
        assert one.tail.parts[0].value == pytest.approx(funding[slip > beyond].mean(), abs=1 / 1024)


def test_pillars_and_the_portfolio_are_made_of_their_programs(stored: Run) -> None:
    costs = stored.values("programs", "contracted_cost_bn") - stored.values("programs", "planned_cost_bn")
    planned = stored.values("programs", "planned_cost_bn").mean(axis=0)
    slips = stored.values("programs", "slip_months")
    portfolio = [one for one in ledgers(stored, KINDS[2]) if one.level == "portfolio"][0]
    assert np.array_equal(portfolio.total(), costs.sum(axis=1))
    by_value = [one for one in ledgers(stored, KINDS[0]) if one.level == "portfolio"][0]
    assert by_value.total() == pytest.approx(slips @ (planned / planned.sum()), abs=0.01)
    equal = [one for one in ledgers(stored, KINDS[0], weighting=EQUAL) if one.level == "portfolio"][0]
    assert np.array_equal(equal.total(), slips.mean(axis=1))


def test_a_delay_that_is_still_running_is_marked(stored: Run, here: Path) -> None:
    sheet = causes(run(TUTORIAL, n=10, settings=SHORT), "ship").sheets()[0]
    assert sheet.rows[0][:2] == ["program", "ship"]
    assert sheet.rows[0][2].startswith("* ")
    assert not causes(stored, "ship").sheets()[0].rows[0][2].startswith("*")


def test_tail_intervals_hold_what_they_promise() -> None:
    """Two normal parts, A of variance 1 and B of 4: E(A | tail) = a fifth of E(A + B | tail) = sqrt(5) phi(z) / 0.2.

    Of 1,000 nominal 95 % intervals 926 to 971 hold the truth but for a chance of 0.3 %, exact intervals given; seed fixed.
    """
    n, rng = 500, np.random.default_rng(5)
    tail_mean = 5**0.5 * stats.norm.pdf(stats.norm.ppf(0.8)) / 0.2
    truth = np.array([tail_mean, tail_mean / 5, tail_mean * 4 / 5])
    hits = np.zeros(3, int)
    for _ in range(1000):
        parts = np.rint(rng.normal(size=(2, n)) * [[1.0], [2.0]] * 1024) / 1024
        total = parts.sum(axis=0)
        found = tail_breakdown(parts, total > np.sort(total)[399], 1024, 1024)
        for i, value in enumerate((found.total, *found.parts)):
            assert value.low is not None
            assert value.high is not None
            hits[i] += value.low <= truth[i] <= value.high
    assert ((hits >= 926) & (hits <= 971)).all(), hits


def test_means_are_exact_sums_divided_once() -> None:
    parts = np.array([[0.5, 0.25, 0.0], [1.0, 0.0, 0.0]])
    found = breakdown(parts, 4, 1024)
    assert [value.value for value in found.parts] == [0.25, 341 / 1024]
    assert found.total.value == 0.25 + 341 / 1024


def test_show_prints_causes_as_tables_json_and_csv(stored: Run, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(stored.folder)
    assert status(["show", folder, "--causes", "--program", "ship"]) == 0
    assert "Delay of the first delivery by cause, months: mean beyond P80 of the total" in capsys.readouterr().out
    assert status(["show", folder, "--causes", "--json", "--weights", "equal"]) == 0
    assert json.loads(capsys.readouterr().out)["weights"] == "equal"
    assert status(["show", folder, "--causes", "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["level"] for row in rows} == {"portfolio", "pillar", "program"}
    assert status(["show", folder, "--csv"]) == 2
    assert status(["show", folder, "--causes", "--short"]) == 2
    assert status(["show", folder, "--causes", "--weights", "units"]) == 2
    assert "no weights 'units'; there are value, equal" in capsys.readouterr().err
    with pytest.raises(RequestError, match="no program 'tank'"):
        causes(stored, "tank")


def test_programs_without_a_bucket_count_among_delays(here: Path) -> None:
    """By hand: a ship 4 months late and a law 8 months late."""
    late = {"baseline_delivery": "2026-01", "current_estimate": "2026-09"}
    tree = plain(4, channels__law={"initiative": True, "stages": {"vote": {"duration_months": 5.0, "milestone": "delivered"}}},
                 programs__law={"title": "A law", "channel": "law", "start": "2025-06"} | late,
                 programs__ship__baseline_delivery="2026-04", programs__ship__current_estimate="2026-08")  # fmt: skip
    (here / "law.yaml").write_text(json.dumps(tree))
    stored = run(here / "law.yaml", n=2, out=here / "law")

    equal = {one.name: one.total().tolist() for one in ledgers(stored, KINDS[0], weighting=EQUAL)}
    assert equal == {"ship": [4.0, 4.0], "arms": [4.0, 4.0], "law": [8.0, 8.0], "portfolio": [6.0, 6.0]}
    by_value = {one.name: one.total().tolist() for one in ledgers(stored, KINDS[0])}
    assert by_value["portfolio"] == [4.0, 4.0]
    assert "law" not in {one.name for one in ledgers(stored, KINDS[2])}
