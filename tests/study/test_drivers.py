from __future__ import annotations

import copy
import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from harness import BASELINE, TUTORIAL

from alliancesim.cli import status
from alliancesim.errors import RequestError
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario
from alliancesim.study.differences.changes import Change, changes, inputs, mixed
from alliancesim.study.differences.drivers import Decomposition, decompose
from alliancesim.study.differences.grouping import grouped
from alliancesim.study.runs.batch import Fanout, chunks
from alliancesim.study.runs.run import Run, open_run, run

N, SEED = 40, 7
OUTLAYS, BURDEN = "fiscal_years.open.outlays_bn", "fiscal_years.2027.burden_bn"
LAST = "programs.ship.completion_months"
OTHER: dict[str, Any] = {
    "currencies": {"USD": {"spot_rate": 170.0}},
    "money": {"topline_bn": {2025: 900.0}, "buckets": {"fleet": {"authority_bn": 180.0}}},
    "programs": {"missile": {"unit_cost_bn": 1.3}, "boat": {
        "title": "Boat", "bucket": "fleet", "channel": "domestic", "priority": 1, "unit_cost_bn": 10.0,
        "lots": [{"fy": 2025, "units": 3}],
    }},
    "shocks": {"slide": {"currency": "USD", "size_share": 0.2, "onset": "2026-10", "ramp_months": 6.0}},
}  # fmt: skip
"""Values, a whole new program and a new shock."""


def write(folder: Path, content: dict[str, Any], name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump({"extends": str(TUTORIAL), "name": name, **content}, sort_keys=False))
    return file


def turned(value: Any) -> Any:
    """The same mapping written in the opposite order."""
    return {key: turned(value[key]) for key in reversed(value)} if isinstance(value, dict) else value


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("other")
    return run(write(folder, OTHER, "other"), N, SEED, out=folder / "run")


@pytest.fixture(scope="module")
def shared_out(stored: Run, other: Run) -> list[Decomposition]:
    return decompose(stored, other, N, [OUTLAYS, f"{BURDEN}.P80", LAST])


def test_shares_add_up_to_the_difference(stored: Run, other: Run, shared_out: list[Decomposition]) -> None:
    for one in shared_out:
        assert [share.group.name for share in sorted(one.shares, key=lambda s: s.group.name)] == [
            "currencies", "money", "programs", "shocks",
        ]  # fmt: skip
        assert abs(math.fsum(share.value.value for share in one.shares) - one.total.value) <= 1e-9
        assert one.mixtures == 16
        assert one.total.value != 0.0
    outlays = [run.values("fiscal_years", "outlays_bn").sum(axis=1).mean() for run in (stored, other)]
    assert shared_out[0].total.value == pytest.approx(outlays[1] - outlays[0])
    burden = [np.sort(run.values("fiscal_years", "burden_bn")[:, 2])[31] for run in (stored, other)]
    assert shared_out[1].total.value == pytest.approx(burden[1] - burden[0])


def test_shares_do_not_depend_on_the_order_of_the_file(stored: Run, shared_out: list[Decomposition], tmp_path: Path) -> None:
    again = run(write(tmp_path, turned(OTHER), "other"), N, SEED, out=tmp_path / "run")
    found = decompose(stored, again, N, [OUTLAYS, f"{BURDEN}.P80", LAST], workers=2)
    assert [one.plain() for one in found] == [one.plain() for one in shared_out]


def test_one_changed_group_is_all_of_it(stored: Run, other: Run) -> None:
    (one,) = decompose(stored, other, N, [OUTLAYS], ["*"])
    (share,) = one.shares
    assert share.value == one.total
    assert one.mixtures == 2


def test_a_quantile_beyond_the_horizon_bounds_total_and_shares(
    stored: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    poor, poorer = (
        run(TUTORIAL, N, SEED, out=tmp_path / name, settings={"money.topline_bn.2025": "500", "currencies.USD.spot_rate": rate})
        for name, rate in (("poor", "150"), ("poorer", "170"))
    )
    (one,) = decompose(stored, poor, N, [f"{LAST}.P80"])
    assert one.bound == one.plain()["total"]["bound"] == "at least"
    assert math.fsum(share.value.value for share in one.shares) == pytest.approx(one.total.value)
    assert "at least " in str(one)
    (one,) = decompose(poor, poorer, N, [f"{LAST}.P80"])
    assert one.bound == "unknown"
    assert one.plain()["total"] == {"value": None, "low": None, "high": None, "bound": "unknown"}
    assert all(math.isnan(share.value.value) for share in one.shares)
    assert str(one).count("beyond horizon") == 1 + len(one.shares)
    assert status(["compare", str(stored.folder), str(poor.folder), "--drivers", "--of", f"{LAST}.P80", "--csv"]) == 0
    assert {row["bound"] for row in csv.DictReader(capsys.readouterr().out.splitlines())} == {"at least"}


def test_one_group_has_the_interval_of_the_difference_also_of_a_quantile(stored: Run, other: Run) -> None:
    (one,) = decompose(stored, other, N, [f"{OUTLAYS}.P80"], ["*"])
    assert one.shares[0].value == one.total
    assert one.total.low is not None


def test_both_engines_give_the_same_shares(stored: Run, other: Run) -> None:
    one, two = (decompose(stored, other, 3, [OUTLAYS], ["money"], engine=engine)[0] for engine in ("batch", "reference"))
    assert one.plain() == two.plain()


def test_swapping_runs_turns_the_sign(stored: Run, other: Run, shared_out: list[Decomposition]) -> None:
    back = decompose(other, stored, N, [OUTLAYS])[0]
    there = {share.group.name: -share.value.value for share in shared_out[0].shares}
    assert {share.group.name: share.value.value for share in back.shares} == pytest.approx(there)


def test_a_change_that_does_nothing_has_no_share(stored: Run, tmp_path: Path) -> None:
    never = {"currency": "USD", "size_share": 0.0, "onset": "2027-01"}
    idle = {"money": {"topline_bn": {2025: 900.0}}, "shocks": {"never": never}}
    again = run(write(tmp_path, idle, "idle"), N, SEED, out=tmp_path / "run")
    (one,) = decompose(stored, again, N, [OUTLAYS])
    values = {share.group.name: share.value for share in one.shares}
    assert values["money"] == one.total
    assert (values["shocks"].value, values["shocks"].low, values["shocks"].high) == (0.0, 0.0, 0.0)


def test_sampled_orders_add_up_too(stored: Run, tmp_path: Path) -> None:
    many = {
        "currencies.USD.spot_rate": "160", "currencies.USD.plan_rate": "130", "currencies.USD.budget_rate.2025": "151",
        "economy.gdp.mean_share": "0.01", "economy.escalation.mean_share": "0.03", "linkage.support.mean_share": "0.5",
        "linkage.pressure.half_life_months": "8", "money.topline_bn.2025": "950", "money.personnel_bn.2025": "310",
        "money.reserve.initial_bn": "5", "programs.missile.unit_cost_bn": "1.2",
    }  # fmt: skip
    again = run(TUTORIAL, N, SEED, out=tmp_path / "run", settings=many)
    (one,) = decompose(stored, again, N, [OUTLAYS], list(many), orders=4)
    assert len(one.shares) == 11
    assert one.orders == 4
    assert abs(math.fsum(share.value.value for share in one.shares) - one.total.value) <= 1e-9
    assert decompose(stored, again, N, [OUTLAYS], list(many)[::-1], orders=4)[0].plain() == one.plain()
    for orders in (2, 7, 5000):
        with pytest.raises(RequestError, match="an even number from 4"):
            decompose(stored, again, N, [OUTLAYS], list(many), orders=orders)


def test_a_mixture_of_everything_is_the_other_scenario(stored: Run, other: Run) -> None:
    a, b = inputs(stored), inputs(other)
    whole = mixed(a, changes(a, b), "all")
    told = whole.resolved()
    assert {**told, "name": "other", "expect": {}} == load_scenario(other.folder.parent / "other.yaml").resolved()
    assert mixed(a, [], "none").resolved() == load_scenario(TUTORIAL).resolved()


def test_a_shipped_scenario_is_rebuilt_from_its_run(tmp_path: Path) -> None:
    small = run(BASELINE, 1, SEED, out=tmp_path / "run")
    (again,) = chunks(compile_plan(mixed(inputs(small), [], "again")), [(0, 1)], SEED, Fanout())
    assert again.digests == small.replication_digests()
    assert changes(inputs(small), inputs(open_run(small.folder))) == []
    old = copy.deepcopy(small)
    del old.manifest["histories"]
    with pytest.raises(RequestError, match="stored without its record of USD; run it again"):
        mixed(inputs(old), [], "again")


def test_changes_are_the_smallest_parts_that_differ() -> None:
    a = {"name": "a", "money": {"lots": [{"x": 1}, {"x": 2}]}, "p": {"dist": "normal", "mean": 1, "sd": 2}, "gone": {"k": 1}}
    b = {"name": "b", "money": {"lots": [{"x": 1}, {"x": 3}]}, "p": {"dist": "normal", "mean": 1, "sd": 3}, "new": {"k": 1}}
    found = {change.name: (change.a, change.b) for change in changes(a, b)}
    assert found == {
        "gone": ({"k": 1}, None),
        "money.lots.1.x": (2, 3),
        "new": (None, {"k": 1}),
        "p": (a["p"], b["p"]),
    }


def test_groups_are_blocks_at_the_highest_level_that_has_two() -> None:
    one, two, deep = (Change(tuple(name.split(".")), 0, 1) for name in ("a.x.p", "a.y", "a.x.q"))
    top = Change(("b", "z"), 0, 1)
    assert [group.name for group in grouped([one, two, top])] == ["a", "b"]
    assert [group.name for group in grouped([one, two])] == ["a.x", "a.y"]
    assert [group.name for group in grouped([one, deep])] == ["a.x.p", "a.x.q"]
    assert [group.name for group in grouped([one])] == ["a.x.p"]
    assert [group.name for group in grouped([one, two, top], ["*.y,b", "a.x"])] == ["*.y,b", "a.x"]
    assert grouped([]) == []
    with pytest.raises(RequestError, match="matches no changed input that is left; did you mean 'a.x'"):
        grouped([one, two], ["a.xx"])


def test_mixtures_that_are_no_scenario_say_what_to_do(stored: Run, tmp_path: Path) -> None:
    euro = {"spot_rate": 160.0, "process": {"kind": "fixed"}, "plan_rate": 150.0, "budget_rate": {2025: 160.0}}
    slide = {"currency": "EUR", "size_share": 0.2, "onset": "2026-10"}
    content = {"currencies": {"EUR": euro}, "shocks": {"slide": slide}}
    again = run(write(tmp_path, content, "euro"), N, SEED, out=tmp_path / "run")
    with pytest.raises(RequestError, match="tutorial with no more than shocks of euro is no scenario; put into one group"):
        decompose(stored, again, N, [OUTLAYS])
    (one,) = decompose(stored, again, N, [OUTLAYS], ["currencies,shocks"])
    assert one.shares[0].value == one.total


def test_every_wrong_name_is_told(stored: Run, other: Run) -> None:
    with pytest.raises(RequestError) as refused:
        decompose(stored, other, N, ["programs.tank.slip_months.P80", f"{BURDEN}.P05", "programs.ship.slip.mean"])
    told = str(refused.value)
    assert len(told.splitlines()) == 3
    assert all(words in told for words in ("no program 'tank'", ".P05': write", "no column 'slip'"))


def test_a_run_of_another_model_is_refused(stored: Run, other: Run) -> None:
    foreign = copy.deepcopy(other)
    foreign.manifest["resolved"]["currencies"]["USD"]["spot_rate"] = 171.0
    with pytest.raises(RequestError, match="its inputs give other outcomes today"):
        decompose(stored, foreign, N, [OUTLAYS])


def test_entries_called_title_history_and_dist_are_inputs() -> None:
    entry, other = {"unit_cost_bn": 1.0, "title": "One"}, {"unit_cost_bn": 2.0, "title": "Two"}
    names = ("dist", "history", "title")
    a, b = ({"programs": dict.fromkeys(names, values)} for values in (entry, other))

    assert [change.name for change in changes(a, b)] == [f"programs.{name}.unit_cost_bn" for name in names]
    assert [change.name for change in changes({"programs": {}}, a)] == [f"programs.{name}" for name in names]
