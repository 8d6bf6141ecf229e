from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from harness import TUTORIAL

from alliancesim.cli import status
from alliancesim.errors import RequestError
from alliancesim.plan.columns import CURRENCY_YEAR, TABLES
from alliancesim.study.differences.changes import input_differences
from alliancesim.study.differences.compare import compare, explain_differences
from alliancesim.study.differences.compared import BETTER, NAMES, Compared, Observed, find_compared, open_years
from alliancesim.study.differences.comparison import Comparison, Pair
from alliancesim.study.differences.difference import AT_LEAST, AT_MOST, Difference, bounded_cell, difference
from alliancesim.study.runs.run import Run, run
from alliancesim.study.statistics.estimate import Value

WEAK = {"currencies.USD.spot_rate": "180.0"}


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(TUTORIAL, n=40, seed=7, out=tmp_path_factory.mktemp("runs") / "weak", settings=WEAK)


def pair_of(a: Run, b: Run) -> Pair:
    (pair,) = compare(a, b).pairs
    return pair


def one(pair: Pair, name: str) -> Difference:
    return next(item for item in pair.differences if item.name == name)


def test_a_run_does_not_differ_from_itself(stored: Run) -> None:
    pair = pair_of(stored, stored)
    assert all(value.value == 0.0 for item in pair.differences for value in item.by_statistic.values())
    assert all(item.equal.value == 1.0 for item in pair.differences)
    assert pair.sentences() == ["No outcome differs clearly."]
    assert pair.inputs == []


def test_differences_are_paired_and_sorted_by_materiality(stored: Run, weak: Run) -> None:
    pair = pair_of(stored, weak)
    outlays = one(pair, "fiscal_years.open.outlays_bn")
    own, other = (run.values("fiscal_years", "outlays_bn").sum(axis=1) for run in (stored, weak))
    assert outlays.mean.value == pytest.approx(np.mean(other - own))
    assert outlays.by_statistic["P80"].value == np.sort(other)[31] - np.sort(own)[31]
    assert outlays.above.value == np.mean(other > own)
    assert outlays.better is None
    assert outlays.variance_saved is not None
    assert outlays.variance_saved.value == pytest.approx(1 - np.var(other - own) / (np.var(own) + np.var(other)))
    sizes = [item.materiality for item in pair.differences if item.clear()]
    assert sizes == sorted(sizes, reverse=True)
    assert [item.clear() for item in pair.differences] == sorted((item.clear() for item in pair.differences), reverse=True)
    json.dumps(compare(stored, weak).plain(), allow_nan=False)


def test_probability_of_better_follows_the_direction(stored: Run, weak: Run) -> None:
    pair = pair_of(stored, weak)
    loss, support = (one(pair, f"fiscal_years.{name}") for name in ("open.planning_loss_bn", "2034.support_share"))
    assert loss.outcome.better == "lower"
    assert loss.better is not None
    assert loss.better.value == pytest.approx(1.0 - loss.above.value - loss.equal.value)
    assert support.outcome.better == "higher"
    assert support.better == support.above


def test_directions_and_names_are_of_columns_there_are() -> None:
    known = {column.name for table in TABLES.values() for column in table} | {column.name for column in CURRENCY_YEAR}
    assert set(NAMES) <= known
    assert set(BETTER["lower"]) | set(BETTER["higher"]) <= known
    assert not set(BETTER["lower"]) & set(BETTER["higher"])


def test_swapping_sides_turns_the_sign(stored: Run, weak: Run) -> None:
    forth, back = pair_of(stored, weak), pair_of(weak, stored)
    for name in ("mean", "median", "P10", "P80"):
        there = {item.name: item.by_statistic[name].value for item in forth.differences}
        assert {item.name: -item.by_statistic[name].value for item in back.differences} == pytest.approx(there)


def test_inputs_stand_beside_outcomes(stored: Run, weak: Run) -> None:
    (changed,) = pair_of(stored, weak).inputs
    assert (changed.name, changed.a, changed.b) == ("currencies.USD.spot_rate", "147", "180")
    assert (changed.a_rests_on, changed.b_rests_on) == ("assumed: example", "assumed")


def test_a_number_without_a_source_rests_on_none_given(here: Path) -> None:
    (here / "bare.yaml").write_text(f"extends: {TUTORIAL}\nprograms: {{ship: {{unit_cost_bn: 90}}}}\n")
    (changed,) = input_differences(run(TUTORIAL, n=2, out="a"), run("bare.yaml", n=2, out="b"))
    assert (changed.a_rests_on, changed.b_rests_on) == ("assumed: example", "none given")


def test_several_are_compared_with_the_first(stored: Run, weak: Run) -> None:
    found = compare(stored, weak, stored, n=30)
    assert [(pair.a, pair.b, pair.n) for pair in found.pairs] == [(stored, weak, 30), (stored, stored, 30)]
    columns, rows = found.rows()
    listed = list(rows)
    assert {len(row) for row in listed} == {len(columns)}
    assert len(listed) == 2 * len(found.pairs[0].differences)
    with pytest.raises(RequestError, match="two or more"):
        compare(stored)


def test_words_say_what_moves_and_how_sure(stored: Run, weak: Run) -> None:
    pair = pair_of(stored, weak)
    for said, item in zip(pair.sentences(), pair.differences, strict=False):
        moved = ("later", "earlier") if item.outcome.column.unit == "months" else ("rises", "falls")
        assert moved[item.mean.value < 0.0] in said
        assert said.endswith("of futures ({}).".format(said.rpartition("(")[2][:-2]))
    assert "Planning loss over the open fiscal years rises by" in str(pair)


def sample(values: Iterable[float], name: str = "programs.ship.completion_months", censored: int = 0) -> Observed:
    """An outcome of which the last replications are censored."""
    table, *_, last = name.split(".")
    position = next(i for i, column in enumerate(TABLES[table]) if column.name == last)
    outcome = Compared(name, table, TABLES[table][position], (0,), position)
    found = np.array(list(values), np.float64)
    return Observed(outcome, found, np.arange(len(found)) >= len(found) - censored)


def test_a_quantile_beyond_the_horizon_gives_a_bound() -> None:
    a = [float(i) for i in range(100)]
    late = [*a[:70], *[100.0] * 30]
    assert difference(sample(a), sample(late, censored=30), "x").bounds == {"P80": "at least"}
    assert difference(sample(late, censored=30), sample(a), "x").bounds == {"P80": "at most"}
    assert difference(sample(late, censored=30), sample(late, censored=30), "x").bounds == {"P80": "unknown"}
    assert difference(sample(a), sample(late, censored=30), "x").cell("P80").startswith("at least ")
    assert difference(sample(a, censored=20), sample(a, censored=20), "x").bounds == {}


def test_a_bound_has_the_end_of_the_interval_that_holds_anyhow() -> None:
    a = [float(i) for i in range(100)]
    late = [*a[:70], *[100.0] * 30]
    there, back = (difference(*pair, "x").by_statistic["P80"] for pair in (
        (sample(a), sample(late, censored=30)), (sample(late, censored=30), sample(a)),
    ))  # fmt: skip
    assert (there.value, there.high) == (100.0 - 79.0, None)
    assert there.low is not None
    assert (back.value, back.low) == (79.0 - 100.0, None)
    assert back.high is not None
    neither = difference(sample(late, censored=30), sample(late, censored=30), "x")
    assert neither.plain()["difference"]["P80"] == {"value": None, "low": None, "high": None, "bound": "unknown"}
    assert neither.cell("P80") == "beyond horizon"


def test_a_bound_is_not_rounded_beyond_itself() -> None:
    value = Value(48.0, 37.0, None)
    assert bounded_cell(value, AT_LEAST, 1.0) == "at least 40 (30 to ?)"
    assert bounded_cell(value.turned(), AT_MOST, 1.0) == "at most -40 (? to -30)"
    assert bounded_cell(value, None, 1.0) == "50 (40 to ?)"


def test_a_quantile_just_below_the_horizon_may_lie_beyond() -> None:
    a = [float(i) for i in range(100)]
    found = difference(sample(a), sample([x + 0.5 for x in a], censored=19), "x")
    assert found.bounds == {}
    assert found.by_statistic["P80"].value == 0.5
    assert found.by_statistic["P80"].high is None


def test_csv_says_which_quantiles_are_bounds(stored: Run) -> None:
    a = [float(i) for i in range(100)]
    late = [*a[:70], *[100.0] * 30]
    pairs = [Pair(stored, stored, 100, [difference(sample(x, censored=c), sample(late, censored=30), "x")], [], [], [])
             for x, c in ((a, 0), (late, 30))]  # fmt: skip
    columns, rows = Comparison(pairs).rows()
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    assert [row["difference_p80_bound"] for row in told] == ["at least", "unknown"]
    assert [row["difference_median_bound"] for row in told] == [None, None]
    assert [row["difference_p80"] for row in told] == [21.0, None]


def test_sentences_by_hand() -> None:
    n = 100
    base = np.zeros(n)
    later = difference(sample(base), sample(base + 3.0), "Frigate: last planned unit")
    assert later.sentence() == "Frigate: last planned unit comes 3 months later; B is better in 0 % of futures (0 to 4)."
    name = "fiscal_years.2030.support_share"
    up = difference(sample(base, name), sample(base + 0.025, name), "Domestic support in FY2030")
    assert up.sentence() == "Domestic support in FY2030 rises by 2.5 points; B is better in 100 % of futures (96 to 100)."
    name = "fiscal_years.2030.outlays_bn"
    down = difference(sample(base + 0.5, name), sample(base, name), "Outlays")
    assert down.sentence() == "Outlays falls by 0.5 bn; B is above A in 0 % of futures (0 to 4)."
    assert later.materiality == pytest.approx(math.sqrt(2.0))


def test_a_fiscal_year_is_open_until_its_end(tmp_path: Path, stored: Run) -> None:
    later = run(TUTORIAL, n=2, out=tmp_path / "later", settings={"horizon.as_of": "2026-10"})
    assert open_years(stored, stored) == tuple(range(2025, 2035))
    assert open_years(later, stored) == tuple(range(2026, 2035))


def test_open_outcomes_are_sums_over_the_open_years(stored: Run) -> None:
    layout = stored.layout
    (found,) = find_compared(["fiscal_years.open.outlays_bn"], layout, (2026, 2027))
    assert found.keys == (1, 2)
    with pytest.raises(RequestError, match="did you mean 'outlays_bn'"):
        find_compared(["fiscal_years.open.outlay_bn"], layout, (2026,))


@pytest.mark.parametrize(
    "settings",
    [{"horizon.first_fy": "2024", "currencies.USD.budget_rate.2024": "150"}, {"horizon.last_fy": "2030"}],
)
def test_dates_of_other_horizons_are_on_one_calendar_and_end_together(
    stored: Run, tmp_path: Path, settings: dict[str, str]
) -> None:
    layout = stored.layout
    other = run(TUTORIAL, n=40, seed=7, out=tmp_path / "other", settings=settings)
    pair = pair_of(stored, other)
    end = 12.0 * (other.layout.fiscal_years()[-1] - layout.first_fy + 1)
    for name in layout.programs:
        own, moved = (
            item.values("programs", "completion_months")[:, item.layout.programs.index(name)] for item in (stored, other)
        )
        shift = 12.0 * (other.layout.first_fy - layout.first_fy)
        expected = np.mean(np.minimum(moved + shift, end)) - np.mean(np.minimum(own, end))
        assert np.ptp(own) > 0.0
        assert one(pair, f"programs.{name}.completion_months").mean.value == pytest.approx(expected, abs=1e-9)
    assert any("count up to the end of" in note for note in pair.notes())
    said = "Counted over the whole horizon of each run, so not like for like: programs.*.contracted_cost_bn."
    assert said in pair.notes()
    assert said in pair.sheets()[0].note
    assert said not in pair_of(stored, stored).notes()
    assert not any(name.endswith("_months") for name in pair.most_material())
    with pytest.raises(RequestError, match="give both one horizon"):
        explain_differences(Comparison([pair]), of=["programs.missile.slip_months.P80"])


def test_money_of_other_home_currencies_is_not_subtracted(stored: Run, tmp_path: Path) -> None:
    other = run(TUTORIAL, n=40, seed=7, out=tmp_path / "other", settings={"home_currency": "KRW"})
    pair = pair_of(stored, other)
    units = {item.outcome.column.unit for item in pair.differences}
    assert "months" in units
    assert "bn" not in units
    said = "The home currencies are JPY of A and KRW of B, so neither money nor exchange rates are compared."
    assert said in pair.notes()
    assert said in pair.sheets()[0].note
    assert not any("home currencies" in note for note in pair_of(stored, stored).notes())
    for name in ("fiscal_years.open.outlays_bn", "fiscal_years.2030.usd_market_rate"):
        with pytest.raises(RequestError, match=f"{name}: counted in home currency, JPY of A and KRW of B"):
            explain_differences(Comparison([pair]), of=[name])


def test_a_missing_run_is_simulated_on_the_draws_of_the_other(stored: Run, here: Path) -> None:
    (pair,) = compare(stored, TUTORIAL).pairs
    assert pair.b.seed == stored.seed
    assert pair.b.digest == stored.digest
    before = pair.b.folder.stat().st_ino
    assert compare(TUTORIAL, stored).pairs[0].a.folder.stat().st_ino == before  # found, not simulated again


def test_the_command_prints_words_tables_json_and_csv(
    stored: Run, weak: Run, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [str(stored.folder), str(weak.folder)]
    of = "fiscal_years.open.outlays_bn.P80"
    assert status(["compare", *runs, "--drivers", "--of", of]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for said in ("40 paired replications, seed 7", "Inputs that differ", "Why fiscal_years.open.outlays_bn differs (P80, bn)"):
        assert said in out
    assert status(["compare", *runs, "--drivers", "--of", of, "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["comparisons"]
    assert told["inputs"][0]["input"] == "currencies.USD.spot_rate"
    (drivers,) = told["drivers"]
    assert drivers["total"]["value"] == sum(share["value"] for share in drivers["shares"])
    assert status(["compare", *runs, runs[0], "--csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert {row["b"] for row in rows} == {runs[0], runs[1]}
    assert all(float(row["difference_p80_low"] or "-inf") <= float(row["difference_p80"]) for row in rows)
    assert status(["compare", *runs, "--drivers", "--of", of, "--csv"]) == 0
    (row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    assert float(row["share"]) == drivers["total"]["value"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "1 given; a comparison takes two or more"),
        (["nowhere.yaml"], "no such file"),
        (["RUN", "--of", "x"], "--of: would be ignored here"),
        (["RUN", "--drivers", "--of", "programs.boat.slip_months"], "no program 'boat'"),
        (["RUN", "--drivers", "--group", "currencie"], "did you mean 'currencies.USD'"),
        (["RUN", "-n", "41"], "has 40 replications, 41 are asked for"),
        (["RUN", "-n", "0"], "n = 0; a whole number from 1"),
        (["RUN", "-n", "-5"], "n = -5; a whole number from 1"),
        (["RUN", "--orders", "8"], "--orders: would be ignored here"),
        (["RUN", "--csv", "--json"], "--csv: would be ignored here"),
    ],
)
def test_wrong_requests_are_told(
    arguments: list[str], said: str, stored: Run, weak: Run, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(weak.folder) if text == "RUN" else text for text in arguments]
    assert status(["compare", str(stored.folder), *given]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--of", "programs.boat.slip_months", "--of", "programs.ship.slip"], ["no program 'boat'", "no column 'slip'"]),
        (["--orders", "7"], ["orders = 7; an even number"]),
    ],
)
def test_wrong_drivers_are_told_before_anything_is_simulated(
    arguments: list[str], said: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(["compare", str(TUTORIAL), str(TUTORIAL), "-n", "2", "--drivers", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert all(words in err for words in said)
    assert list(here.iterdir()) == []


def test_runs_of_other_seeds_are_not_paired(stored: Run, here: Path) -> None:
    other = run(TUTORIAL, n=2, seed=8)
    with pytest.raises(RequestError, match="seeds 7, 8 differ"):
        compare(stored, other)
    with pytest.raises(RequestError, match="seeds 7, 9 differ"):
        compare(stored, TUTORIAL, seed=9)
    with pytest.raises(RequestError, match="has 40 replications, 50 are asked for"):
        compare(stored, TUTORIAL, n=50)
