"""Elementary functions: against numbers of 50 decimal digits, exact values and the standard library."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliancesim.rules import elementary


def exact(function: str, x: float) -> Decimal:
    """A function's value to 50 digits."""
    number = Decimal(x)
    return {
        "exp": lambda: number.exp(),
        "expm1": lambda: number.exp() - 1,
        "log": lambda: number.ln(),
        "log1p": lambda: (1 + number).ln(),
    }[function]()


def error_ulps(function: str, x: float) -> float:
    """How far a function's result is from the exact one, in units of its last place."""
    with localcontext() as digits:
        digits.prec = 50
        right = exact(function, x)
        found = Decimal(getattr(elementary, function)(x))
        return float(abs(found - right) / Decimal(math.ulp(float(right))))


@pytest.mark.parametrize(
    ("function", "low", "high", "bound_ulps"),
    [
        ("exp", -1e-3, 1e-3, 0.6), ("exp", -1.0, 1.0, 0.6), ("exp", -707.0, 707.0, 0.6), ("exp", 707.0, 709.7, 2.0),
        ("expm1", -1e-3, 1e-3, 4.0), ("expm1", -1.0, 1.0, 4.0), ("expm1", -40.0, 700.0, 4.0),
        ("log", 1e-6, 0.99, 1.1), ("log", 0.99, 1.01, 1.1), ("log", 0.7, 1.42, 1.1), ("log", 1.0, 1e9, 1.1),
        ("log1p", -0.999, -0.9, 3.0), ("log1p", -1e-3, 1e-3, 3.0), ("log1p", -0.9, 1.0, 3.0), ("log1p", 1.0, 1e9, 3.0),
    ],
)  # fmt: skip
def test_error_is_within_its_bound(function: str, low: float, high: float, bound_ulps: float) -> None:
    points = np.random.default_rng(20260101).uniform(low, high, 2000).tolist()

    assert max(error_ulps(function, x) for x in [*points, low, high]) <= bound_ulps


@given(st.floats(-707.0, 707.0))
def test_exp_is_within_its_bound(x: float) -> None:
    assert error_ulps("exp", x) <= 0.6


@given(st.floats(2.0**-1022, allow_infinity=False))
def test_log_is_within_its_bound(x: float) -> None:
    assert error_ulps("log", x) <= 1.1


@pytest.mark.parametrize("x", [-740.0, -720.5, -708.0, 709.0])
def test_exp_keeps_its_digits_near_the_ends_of_the_range(x: float) -> None:
    assert elementary.exp(x) == pytest.approx(math.exp(x), rel=1e-15, abs=5e-324)


@given(st.floats(1e-6, 1e6), st.floats(-20.0, 20.0))
def test_powers_are_within_their_bound(base: float, exponent: float) -> None:
    with localcontext() as digits:
        digits.prec = 50
        right = Decimal(base) ** Decimal(exponent)
        error = abs(right - Decimal(elementary.power_of(base, exponent)))

        assert error <= 3 * (1 + abs(right.ln())) * Decimal(math.ulp(float(right)))


def test_values_that_are_known() -> None:
    assert elementary.exp(0.0) == elementary.power_of(7.5, 0.0) == elementary.power_of(1.0, 0.3) == 1.0
    assert elementary.log(1.0) == elementary.log1p(0.0) == elementary.expm1(0.0) == 0.0
    assert elementary.log(2.0) == elementary.LOG_2 == math.log(2.0)
    assert [elementary.log(2.0**k) for k in (-1022, -1, 10, 1023)] == [k * math.log(2.0) for k in (-1022, -1, 10, 1023)]
    assert elementary.log(5e-324) == pytest.approx(-1074 * math.log(2.0), rel=1e-15)
    assert elementary.erfc(0.0) == 1.0
    assert elementary.power_of(0.0, 0.5) == 0.0
    assert elementary.power_of(0.1, 1.0) == 0.1
    assert elementary.power_of(4.0, 0.5) == pytest.approx(2.0, rel=1e-15)


def test_ends_of_the_range() -> None:
    assert elementary.exp(710.0) == elementary.expm1(800.0) == elementary.exp(math.inf) == math.inf
    assert elementary.exp(-746.5) == elementary.exp(-math.inf) == elementary.erfc(30.0) == elementary.erfc(math.inf) == 0.0
    assert elementary.expm1(-50.0) == elementary.expm1(-math.inf) == -1.0
    assert elementary.erfc(-30.0) == elementary.erfc(-math.inf) == 2.0
    assert elementary.log(0.0) == elementary.log1p(-1.0) == -math.inf
    assert elementary.log(math.inf) == elementary.log1p(math.inf) == math.inf
    assert elementary.log1p(1e-300) == elementary.expm1(1e-300) == 1e-300
    for undefined in (elementary.log(-1.0), elementary.log1p(-2.0)):
        assert math.isnan(undefined)
    for function in ("exp", "expm1", "log", "log1p", "erfc"):
        assert math.isnan(getattr(elementary, function)(math.nan))


@pytest.mark.parametrize(("low", "high"), [(-6.0, -0.5), (-0.46875, 0.46875), (0.46875, 4.0), (4.0, 26.0)])
def test_erfc_agrees_with_the_standard_library(low: float, high: float) -> None:
    for x in np.random.default_rng(20260102).uniform(low, high, 2000).tolist():
        assert abs(elementary.erfc(x) - math.erfc(x)) <= 10.0 * math.ulp(math.erfc(x))


@pytest.mark.parametrize("function", ["exp", "expm1", "log", "log1p", "erfc"])
def test_compiled_and_not_compiled_agree(function: str) -> None:
    dispatcher = getattr(elementary, function)

    for x in [*np.random.default_rng(20260103).uniform(0.001, 30.0, 200).tolist(), 0.0, 5e-324, 709.0, 745.0, math.inf]:
        assert getattr(dispatcher, "py_func", dispatcher)(x) == dispatcher(x)
