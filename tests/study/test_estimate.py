from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from alliancesim.study.sheet import DOWN, UP, Sheet, decimals_for, number, rounded, spread, with_interval
from alliancesim.study.statistics.estimate import (
    INDICATOR,
    Value,
    estimate,
    interval_ranks,
    mean_with_interval,
    share_with_interval,
)


def test_quantiles_are_order_statistics() -> None:
    found = estimate(np.arange(10.0, 0.0, -1.0))
    assert [found.quantile[p].value for p in (0.1, 0.5, 0.9)] == [1.0, 5.0, 9.0]


def test_one_replication_has_values_and_no_intervals() -> None:
    found = estimate(np.array([3.0]))
    assert found.mean == Value(3.0, None, None)
    assert found.median == Value(3.0, None, None)
    assert found.sd is None


@pytest.mark.parametrize(("n", "ranks"), [(5, (None, None)), (6, (1, 6)), (100, (40, 61))])
def test_ranks_of_the_median_are_those_of_the_tables(n: int, ranks: tuple[int | None, int | None]) -> None:
    assert interval_ranks(n, 0.5) == ranks


@pytest.mark.parametrize("n", [40, 200, 1000])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_intervals_of_quantiles_cover_as_they_say(n: int, p: float) -> None:
    low, high = interval_ranks(n, p)
    below = stats.binom(n, p)
    missed_low = 0.0 if low is None else below.cdf(low - 1)
    missed_high = 0.0 if high is None else below.sf(high - 1)
    assert missed_low <= 0.025
    assert missed_high <= 0.025
    assert low is None or below.cdf(low) > 0.025
    assert high is None or below.sf(high - 2) > 0.025


def test_intervals_of_means_are_students() -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0])
    found = mean_with_interval(values)
    expected = stats.t.interval(0.95, 3, loc=values.mean(), scale=stats.sem(values))
    assert (found.low, found.high) == pytest.approx(expected)


def test_intervals_of_shares_are_wilsons() -> None:
    found = share_with_interval(3, 50)
    expected = stats.binomtest(3, 50).proportion_ci(0.95, "wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert share_with_interval(0, 50).low == 0.0


@pytest.mark.parametrize("share", [0.0, 0.06, 1.0])
def test_the_mean_of_an_indicator_is_a_share(share: float) -> None:
    values = np.repeat([1.0, 0.0], [round(50 * share), 50 - round(50 * share)])
    assert mean_with_interval(values, unit=INDICATOR) == share_with_interval(round(50 * share), 50)
    assert estimate(values, unit=INDICATOR).mean == share_with_interval(round(50 * share), 50)


def test_money_that_is_the_same_everywhere_has_an_interval_without_width() -> None:
    assert estimate(np.zeros(50), unit="bn").mean == Value(0.0, 0.0, 0.0)
    third = 220.0 / 9.0  # of which NumPy's mean of 60 is another number
    assert (estimate(np.full(60, third)).mean, estimate(np.full(60, third)).sd) == (Value(third, third, third), 0.0)


def test_censored_values_count_as_later_than_all_others() -> None:
    values = np.array([10.0, 120.0, 20.0, 30.0, 120.0])
    found = estimate(values, np.array([0.0, 1.0, 0.0, 0.0, 1.0]))
    assert found.censored == 2
    assert found.mean is None
    assert found.median.value == 30.0
    assert math.isinf(found.quantile[0.9].value)
    assert found.plain(120.0)["p90"] == {"value": None, "low": 30.0, "high": None, "at_least": 120.0}


def test_an_infinite_value_has_no_error() -> None:
    assert Value(math.inf, 31.0, None).error() is None
    assert Value(5.0, None, 7.0).error() == 2.0


def test_no_digit_below_the_error_is_shown() -> None:
    assert rounded(Value(8871.4, 8836.0, 8906.0)) == "8,870"
    assert rounded(Value(0.12345, 0.1215, 0.1255)) == "0.123"
    assert with_interval(Value(8871.4, 8836.0, 8906.0)) == "8,870 (8,840 to 8,910)"
    assert with_interval(Value(5.0, None, 7.0)) == "5 (? to 7)"
    assert with_interval(Value(5.0, 5.0, 5.0)) == "5"
    exact = [rounded(Value(x, x, x)) for x in (30.0, 2.5, 0.125, 1.0625, 8474.8)]
    assert exact == ["30", "2.5", "0.125", "1.06", "8,475"]
    assert with_interval(Value(98.95, 98.95 - 1e-12, 98.95 + 1e-12)) == "99.0"
    assert with_interval(Value(0.0, 0.0, 0.0)) == "0"
    assert rounded(Value(-0.001, -0.5, 0.5)) == "0.0"
    assert number(math.inf, 1) == "-"
    assert decimals_for(None, 0.0) == 0


def test_a_number_is_not_rounded_out_of_its_interval() -> None:
    """Of units in lots of 26 the median is 26, its interval from 0 to 26: 30 is no outcome there is."""
    assert rounded(Value(26.0, 0.0, 26.0)) == "26"
    assert rounded(Value(99.7, 69.7, 99.7)) == "99.7"
    assert rounded(Value(0.04, 0.03, 0.08), 100.0) == "4"
    assert rounded(Value(0.36, 0.36, 0.52), 100.0) == "36"
    assert with_interval(Value(26.0, 0.0, 26.0)) == "26 (0 to 26)"
    assert with_interval(Value(26.0, 0.0, None), way=DOWN) == "20 (0 to ?)"
    assert with_interval(Value(26.0, 26.0, None), way=DOWN) == "26 (26 to ?)"
    assert rounded(Value(1.0 / 3.0, 1.0 / 3.0, 1.0)) == "0.33"
    assert rounded(Value(99.7 - 2e-7, 70.0, 99.7 - 2e-7)) == "99.7"  # on the money grid


def test_a_bound_is_rounded_to_where_it_still_is_one() -> None:
    assert [number(48.0, -1, way) for way in (None, DOWN, UP)] == ["50", "40", "50"]
    assert [number(-47.63, 0, way) for way in (None, DOWN, UP)] == ["-48", "-48", "-47"]
    assert [number(0.29, 2, way) for way in (None, DOWN, UP)] == ["0.29"] * 3
    assert number(-0.2, 0, UP) == "0"
    assert with_interval(Value(48.0, 37.0, None), way=DOWN) == "40 (30 to ?)"


def test_a_sheet_prints_aligned() -> None:
    sheet = Sheet("Title", ["name", "value"], [["a", "1"], ["long", "1,000"]], note="Note.")
    assert str(sheet).splitlines() == ["Title", "name  value", "----  -----", "a         1", "long  1,000", "Note."]


def test_each_number_of_a_spread_has_the_digits_its_own_error_allows() -> None:
    values = np.concatenate([np.linspace(0.0, 40.0, 400), np.linspace(40.7, 40.71, 600)])
    assert spread(estimate(values)) == "40.7017 [10, 40.7083]"
