"""Sensitivity of scenarios, through the command line where it can be."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness import DOLLAR, TUTORIAL, load, plain, unshared

from alliancesim.cli import status
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.yamlfile import dump
from alliancesim.study.runs.layout import Layout
from alliancesim.study.runs.simulator import Simulator
from alliancesim.study.sensitivity.evaluator import ScenarioEvaluator
from alliancesim.study.sensitivity.inputs import select
from alliancesim.study.sensitivity.sensitivity import sensitivity
from alliancesim.study.statistics.outcome import find_outcomes

BASE, MEAN, SD = (560000.0, 640000.0), (0.0, 0.1), 0.03
GDP = plain(2, economy={"gdp": {"base_fy": 2024, "base_bn": 600000.0, "mean_share": 0.05, "sd_share": SD}})
"""GDP of FY2025 is base (1 + mean + sd z): a product, so that every index is known."""


def gdp_indices() -> dict[str, tuple[float, float]]:
    """First-order and total index of base, mean and chance in base x growth."""
    base, base_variance = 600000.0, (BASE[1] - BASE[0]) ** 2 / 12.0
    growth, mean_variance, chance_variance = 1.05, (MEAN[1] - MEAN[0]) ** 2 / 12.0, SD**2
    growth_variance = mean_variance + chance_variance
    variance = base_variance * growth_variance + base_variance * growth**2 + growth_variance * base**2
    first = [base_variance * growth**2, mean_variance * base**2, chance_variance * base**2]
    both = [base_variance * growth_variance, base_variance * mean_variance, base_variance * chance_variance]
    names = ("economy.gdp.base_bn", "economy.gdp.mean_share", "chance")
    return {name: (one / variance, (one + more) / variance) for name, one, more in zip(names, first, both, strict=True)}


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert status([*arguments]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    path = tmp_path / "gdp.yaml"
    path.write_text(dump(unshared(GDP)), encoding="utf-8")
    return str(path)


def test_exact_indices_of_a_scenario_are_recovered(scenario: str, capsys: pytest.CaptureFixture[str]) -> None:
    ranges = [f"--range=economy.gdp.{key}={low}..{high}" for key, (low, high) in (("base_bn", BASE), ("mean_share", MEAN))]
    of = "fiscal_years.2025.gdp_bn"
    request = ["sensitivity", scenario, "--method", "sobol", "-n", "4096", "--of", of, *ranges]
    out = asked(capsys, *request, "--json", "--workers", "2")
    (said,) = json.loads(out)["outcomes"]
    found = {one["group"]: (one["first"]["value"], one["total"]["value"]) for one in said["indices"]}

    assert said["n"] == 2 * 4096
    for name, exact in gdp_indices().items():
        assert found[name] == pytest.approx(exact, abs=0.03), name  # seeds 0 to 9: at most 0.019; fixed seed, no false alarms


def test_tables_and_csv_tell_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    request = ["sensitivity", str(TUTORIAL), "--of", "programs.missile.slip_months", "-n", "4", "--seed", "3",
               "--parameter", "channels.*.duration_months", "--parameter", "economy.gdp.base_bn"]  # fmt: skip
    table, every, rows, data = (asked(capsys, *request, *more) for more in ([], ["--all"], ["--csv"], ["--json"]))
    (said,) = json.loads(data)["outcomes"]
    listed = list(csv.DictReader(rows.splitlines()))

    assert table.startswith("tutorial: 8 parameters and chance, 4 trajectories of Morris, 40 evaluations, seed 3\n")
    assert [one["parameter"] for one in listed] == [one["group"] for one in said["indices"]]
    assert [float(one["change"]) for one in listed] == [one["change"]["value"] for one in said["indices"]]
    without = [one["group"] for one in said["indices"] if one["verdict"] == "no effect"]
    assert "economy.gdp.base_bn" in without
    assert f"{len(without)} more have no effect in any of the 40 evaluations (--all)." in table
    assert "no effect: in any of the 40 evaluations." in every
    assert table.splitlines()[1] == "programs.missile.slip_months (months)"
    assert not {"mean", "sd", "median", "n"} & set(said)
    assert all(name not in table and name in every for name in without)
    assert "4.8 to 7.2 (+-20 %)" in table


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_censored_evaluations_are_told(method: str, capsys: pytest.CaptureFixture[str]) -> None:
    slip, flag = "programs.ship.slip_months", "programs.ship.first_delivery_censored"
    request = ["sensitivity", str(TUTORIAL), "--method", method, "-n", "16", "--set", "horizon.last_fy=2028",
               "--parameter", "channels.domestic.stages.*.duration_months", "--of", slip, "--of", flag]  # fmt: skip
    late, flags = json.loads(asked(capsys, *request, "--json"))["outcomes"]
    count, table = late["censored_evaluations"], asked(capsys, *request)
    evaluations = json.loads(asked(capsys, *request, "--json"))["evaluations"]

    assert 0 < count < evaluations
    assert flags["censored_evaluations"] == 0
    assert f"{count} of {evaluations} evaluations are censored and count by their bounds." in table
    if method == "sobol":
        assert late["median"]["value"] is not None
        assert (late["n"], late["mean"], late["censored"]) == (32, None, round(32 * flags["mean"]["value"]))
        (title,) = (line for line in table.splitlines() if line.startswith(f"{slip} (months): median "))
        assert title.endswith(f"), no mean, {late['censored']} of 32 independent evaluations are censored")


@pytest.mark.parametrize(("arguments", "said"), [
    (["--of", "programs.misile.slip_months"], "no program 'misile'; did you mean 'missile'?"),
    (["--of", "programs.missile.slip_months.P80"],
     "programs.missile.slip_months.P80: the variance of single replications is shared out; ask for programs.missile.slip_months"),
    (["--parameter", "chanels.*"], "did you mean 'channels'?"),
    (["--range", "money.lapse_share"], "write PATH=LOW..HIGH"),
    (["--range", "resources.missile_line.capacity.2025=-10..10"],
     "--range resources.missile_line.capacity.2025: -10.0; a number of at least 0\n"),
    (["--spread", "2"], "spread = 2; a share above 0 and below 1"),
    (["--workers", "0"], "workers = 0"),
    (["--method", "sobol", "-n", "100"], "64 or 128"),
])  # fmt: skip
def test_a_wrong_request_is_answered(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["sensitivity", str(TUTORIAL), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_workers_and_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(workers: int) -> Any:
        return sensitivity(TUTORIAL, ["programs.missile.slip_months"], n=8, seed=5, workers=workers).analysis.attributions

    alone = made(1)
    monkeypatch.setattr("alliancesim.study.sensitivity.evaluator.MOST_AT_ONCE", 7)
    assert made(3) == alone


def test_progress_reaches_the_number_of_evaluations() -> None:
    told: list[tuple[int, int]] = []
    found = sensitivity(TUTORIAL, n=4, parameters=["linkage.*"], progress=lambda done, total: told.append((done, total)))

    assert told[-1] == (found.analysis.evaluations, found.analysis.evaluations)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize("engine", ["batch", "reference"])
def test_an_evaluation_is_a_run_of_the_changed_scenario(engine: str) -> None:
    """For a number that the plan itself does not depend on."""
    tree = plain(currencies={"USD": DOLLAR}, programs__ship__currency_shares={"USD": 0.5})
    compiled = compile_plan(load(tree))
    selection = select(load(tree), compiled, ["currencies.USD.cover_share"], {"currencies.USD.cover_share": "0..1"})
    wanted = find_outcomes(["fiscal_years.2027.outlays_bn", "fiscal_years.2027.execution_loss_bn"], Layout.of(compiled))
    evaluator = ScenarioEvaluator(compiled, selection.inputs, wanted, 7, engine=engine)
    found = evaluator.evaluate(np.array([[0.25], [0.75]]), np.array([3, 3]), lambda done: None)
    for value, row in zip((0.25, 0.75), found, strict=True):
        changed = compile_plan(load(plain(currencies={"USD": DOLLAR | {"cover_share": value}},
                                          programs__ship__currency_shares={"USD": 0.5})))  # fmt: skip
        tables = Layout.of(changed).rows(Simulator(changed, 7, "batch").chunk((3, 1)).outcomes)

        assert row.tolist() == [one.of(tables)[0] for one in wanted]
