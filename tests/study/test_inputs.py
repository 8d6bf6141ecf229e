from __future__ import annotations

import numpy as np
import pytest
from harness import DOLLAR, load, plain
from scipy import stats

from alliancesim.errors import RequestError
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.params import numbers
from alliancesim.scenario.load import LoadedScenario
from alliancesim.study.sensitivity.inputs import Input, Selection, select
from alliancesim.study.sensitivity.ties import Ties

NOISE = {"median": 1.0, "p90": 1.5}
DURATION = "channels.domestic.stages.build.duration_months"


def chosen(loaded: LoadedScenario, *patterns: str, spread: float = 0.2, **ranges: str) -> Selection:
    return select(loaded, compile_plan(loaded), patterns, {key.replace("__", "."): text for key, text in ranges.items()}, spread)


def test_a_number_is_varied_about_itself_within_its_bounds() -> None:
    selection = chosen(load(plain(money__lapse_share=0.9, money__reserve={"ceiling_bn": 10.0})), "money.lapse_share", DURATION)

    assert {one.name: one.parameters for one in selection.inputs} == {DURATION: (16.0, 24.0), "money.lapse_share": (0.72, 1.0)}
    assert {one.origin for one in selection.inputs} == {"+-20 %"}


def test_every_number_knows_the_bounds_of_its_key() -> None:
    tree = plain(
        currencies={"USD": DOLLAR},
        programs__ship__currency_shares={"USD": 0.9},
        programs__ship__stages={"build": {"duration_months": 10.0}},
        linkage__rates_per_month={"linked": {"ruptured": 0.1}},
        money__topline_bn={2025: 1000.0, "then_growth_share": 0.01},
    )
    known = dict(numbers(load(tree).scenario))
    share, at_least_0 = (0.0, 1.0), (0.0, np.inf)
    bounds = {
        "channels.domestic.payment.shares.1": share,
        "currencies.USD.budget_rate.2025": at_least_0,
        "currencies.USD.plan_rate": at_least_0,
        "currencies.USD.process.drift_per_month": (-1.0, 1.0),
        "currencies.USD.spot_rate": at_least_0,
        "linkage.rates_per_month.linked.ruptured": at_least_0,
        "money.topline_bn.2025": at_least_0,
        "money.topline_bn.then_growth_share": (-0.9, 1.0),
        "programs.ship.currency_shares.USD": share,
        "programs.ship.lots.0.units": (0.0, 1e6),
        "programs.ship.stages.build.duration_months": at_least_0,
        "programs.ship.unit_cost_bn": at_least_0,
    }

    assert {name: (known[name].low, known[name].high) for name in bounds} == bounds


def test_draws_are_clipped_to_the_bounds_of_an_optional_key() -> None:
    plan = compile_plan(load(plain(programs__ship__unit_cost_bn={"dist": "normal", "mean": 8.0, "sd": 8.0}))).plan

    assert plan.distribution_bounds.tolist() == [[0.0, np.inf]]


def test_a_percentile_is_varied_by_its_excess_over_the_median() -> None:
    (one,) = chosen(load(plain(channels__domestic__stages__build__noise=NOISE)), "*.noise.p90").inputs

    assert one.parameters == (1.4, 1.6)


def test_own_distributions_come_first_and_ranges_before_them() -> None:
    normal = {"dist": "normal", "mean": 20.0, "sd": 2.0}
    loaded = load(plain(channels__domestic__stages__build__duration_months=normal))
    (default,) = chosen(loaded).inputs
    (given,) = chosen(loaded, channels__domestic__stages__build__duration_months="10..40").inputs

    assert (default.name, default.dist, default.parameters) == (DURATION, "normal", (20.0, 2.0))
    assert default.origin == "own distribution"
    assert (given.dist, given.parameters, given.origin) == ("uniform", (10.0, 40.0), "given range")


def test_without_distributions_every_number_of_the_files_is_varied() -> None:
    names = {one.name for one in chosen(load(plain())).inputs}

    assert {DURATION, "money.topline_bn", "programs.ship.unit_cost_bn"} <= names
    assert "programs.ship.learning_slope_share" not in names, "a default that no file gives"


def test_what_is_zero_needs_a_range() -> None:
    loaded = load(plain(money__lapse_share=0.0))
    selection = chosen(loaded, "money.lapse_share", DURATION)

    assert selection.without_range == ("money.lapse_share",)
    assert selection.note() == "Not varied, being 0 or without room: money.lapse_share; --range gives one a range."
    assert chosen(loaded, money__lapse_share="0..0.1").inputs[0].parameters == (0.0, 0.1)
    with pytest.raises(RequestError, match="nothing to vary; Not varied, being 0"):
        chosen(loaded, "money.lapse_share")


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(RequestError) as refused:
        chosen(load(plain()), "channels.domestik.*", "money.toplin_bn", "programs.ship.lots.0.units", "zzz",
               money__lapse_share="0.5..1.5", money__topline_bn="3")  # fmt: skip

    assert str(refused.value).splitlines() == [
        "parameter 'channels.domestik.*' matches no number of the scenario; did you mean 'channels.domestic'?",
        "parameter 'money.toplin_bn' matches no number of the scenario; did you mean 'money.topline_bn'?",
        "parameter 'programs.ship.lots.0.units': programs.ship.lots.0.units is part of the plan itself (lots, opening state, "
        "dates), which is compiled once; compare two scenarios instead",
        "parameter 'zzz' matches no number of the scenario; a dotted path such as channels.fms.stages.offer.duration_months; "
        "* matches any",
        "--range money.topline_bn=3: '3'; write LOW..HIGH with LOW below HIGH, for example 0.8..1.2",
        "--range money.lapse_share: 1.5; a number from 0 to 1, 0.02 is 2 percent",
    ]
    with pytest.raises(RequestError, match="spread = 1; a share above 0 and below 1"):
        chosen(load(plain()), spread=1.0)


def test_values_are_quantiles_clipped_to_the_bounds() -> None:
    shares = np.array([[0.5, 0.01], [0.9, 0.5]])
    normal = Input("x", "normal", (1.0, 2.0), low=0.0)

    assert normal.values(shares) == pytest.approx(np.maximum(stats.norm.ppf(shares, 1.0, 2.0), 0.0), rel=1e-12)
    assert Input("x", "triangular", (0.0, 1.0, 4.0)).values(shares) == pytest.approx(stats.triang.ppf(shares, 0.25, 0.0, 4.0))


def test_what_numbers_owe_each_other_is_mended() -> None:
    tree = plain(
        currencies={"USD": DOLLAR},
        programs__ship__currency_shares={"USD": 0.9},
        channels__domestic__stages__build__noise=NOISE,
        channels__domestic__stages__build__resource="dock",
        resources={"dock": {"kind": "slots", "capacity": 3}},
    )
    compiled = compile_plan(load(tree))
    at = {name: i for i, name in enumerate(compiled.labels.parameters)}
    noise, share = "channels.domestic.stages.build.noise", "channels.domestic.payment.shares"
    changed = {f"{noise}.p90": 0.8, f"{share}.1": 1.0, "programs.ship.currency_shares.USD": 1.2, "resources.dock.capacity": 2.6}
    rows = np.tile(compiled.params, (2, 1))
    rows[1, [at[name] for name in changed]] = list(changed.values())
    Ties(compiled, set(changed)).mend(rows)

    assert np.array_equal(rows[0], compiled.params)
    mended = dict(zip(at, rows[1], strict=True))
    assert mended[f"{noise}.p90"] == mended[f"{noise}.median"] == 1.0
    assert [mended[f"{share}.{i}"] for i in range(3)] == pytest.approx([0.25 / 1.5, 1.0 / 1.5, 0.25 / 1.5])
    assert mended["programs.ship.currency_shares.USD"] == 1.0
    assert mended["resources.dock.capacity"] == 3.0
    others = np.ones(len(at), np.bool_)
    others[[at[name] for name in (*changed, f"{share}.0", f"{share}.2")]] = False
    assert np.array_equal(rows[1, others], compiled.params[others])


@pytest.mark.parametrize(
    ("ranges", "said"),
    [
        ({"resources__yard__capacity__2025": "0..4"}, "resources.yard.capacity: a line without a rate in FY2025"),
        ({"linkage__rates_per_month__linked__ruptured": "0..5"}, "rates out of linked sum to 5; at most ceiling_per_month 0.5"),
    ],
)
def test_a_range_that_no_scenario_takes_is_told_wherever_its_mistake_stands(ranges: dict[str, str], said: str) -> None:
    tree = plain(
        resources={"yard": {"kind": "line", "capacity": {2025: 2.0}}},
        linkage__rates_per_month={"linked": {"ruptured": 0.1}},
    )
    with pytest.raises(RequestError) as caught:
        chosen(load(tree), **ranges)
    assert said in str(caught.value)


def test_what_is_mended_is_no_mistake_of_a_range() -> None:
    tree = plain(currencies={"USD": DOLLAR, "EUR": DOLLAR}, programs__ship__currency_shares={"USD": 0.5, "EUR": 0.4})
    ranges = {f"programs__ship__currency_shares__{name}": "0.3..0.8" for name in ("USD", "EUR")}

    assert len(chosen(load(tree), **ranges).inputs) == 2
