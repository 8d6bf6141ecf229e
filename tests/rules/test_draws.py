"""Draws: the generator against published vectors, inverse distributions against SciPy, addresses against a golden list."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from alliancesim.rules import draws

KNOWN_ANSWERS = [  # Random123, kat_vectors: philox4x32-10
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
ADDRESSES = {  # golden: a change here changes every published result
    "program/tomahawk/stage/production": 1450146502567400856,
    "program/tomahawk/growth": 4186629271210296013,
    "currency/USD/innovation": 6464881018614927217,
    "linkage/regime": 1642762708636732079,
    "system/missile_line": 5795754679628441069,
    "": 8238016292129134938,
}
uniforms = st.floats(2.0**-53, 1.0 - 2.0**-53)
keys = st.integers(0, 2**63 - 1)


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_philox_gives_the_published_words(counter: tuple[int, ...], key: tuple[int, ...], expected: tuple[int, ...]) -> None:
    words = draws.philox(*(np.uint64(x) for x in (*counter, *key)))

    assert tuple(int(word) for word in words) == expected


@pytest.mark.parametrize(("address", "expected"), ADDRESSES.items())
def test_keys_of_addresses_never_change(address: str, expected: int) -> None:
    assert draws.address_key(address) == expected


@given(st.text())
def test_keys_have_63_bits(address: str) -> None:
    assert 0 <= draws.address_key(address) < 2**63


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**31), keys, st.integers(0, 2**32 - 1))
def test_uniforms_lie_inside_the_unit_interval_and_repeat(seed: int, replication: int, key: int, index: int) -> None:
    u = draws.uniform(seed, replication, key, index)

    assert 0.0 < u < 1.0
    assert u == draws.uniform(seed, replication, key, index)
    assert (u * 2.0**54).is_integer()


@given(st.integers(0, 2**62), st.integers(0, 1000), keys, st.integers(0, 10**6))
def test_every_part_of_an_address_matters(seed: int, replication: int, key: int, index: int) -> None:
    u = draws.uniform(seed, replication, key, index)

    assert u != draws.uniform(seed + 1, replication, key, index)
    assert u != draws.uniform(seed, replication + 1, key, index)
    assert u != draws.uniform(seed, replication, key ^ 1, index)
    assert u != draws.uniform(seed, replication, key, index + 1)
    assert u != draws.uniform(seed ^ 1 << 40, replication, key, index)
    assert u != draws.uniform(seed, replication, key ^ 1 << 40, index)


@pytest.mark.parametrize("axis", ["seed", "replication", "key", "index"])
def test_uniforms_are_uniform_along_every_axis(axis: str) -> None:
    base = {"seed": 7, "replication": 3, "key": draws.address_key("linkage/regime"), "index": 5}
    sample = np.array([draws.uniform(**(base | {axis: base[axis] + i})) for i in range(20000)])

    assert stats.kstest(sample, "uniform").pvalue > 1e-5
    assert abs(np.corrcoef(sample[1:], sample[:-1])[0, 1]) < 4.4 / math.sqrt(20000)


@given(uniforms)
def test_normal_quantile_is_that_of_scipy(u: float) -> None:
    assert draws.normal_quantile(u) == pytest.approx(float(special.ndtri(u)), rel=4e-15, abs=1e-15)


def test_normal_quantile_is_odd_and_rises() -> None:
    u = np.linspace(1e-6, 0.5, 5001)
    z = np.array([draws.normal_quantile(x) for x in u])

    assert np.all(np.diff(z) > 0.0)
    assert draws.normal_quantile(0.5) == 0.0
    assert draws.normal_quantile(0.25) == -draws.normal_quantile(0.75)
    assert draws.normal_quantile(0.9) == pytest.approx(draws.Z90, rel=1e-14)


@given(st.floats(-8.0, 300.0))
def test_log_survival_is_that_of_scipy(z: float) -> None:
    assert draws.log_survival(z) == pytest.approx(float(stats.norm.logsf(z)), rel=2e-6, abs=1e-15)


@given(st.floats(-3.0, 1000.0))
def test_survival_quantile_undoes_log_survival(z: float) -> None:
    # at 30, where the asymptotic tail takes over, its error is 4e-9 of z
    assert draws.survival_quantile(draws.log_survival(z)) == pytest.approx(z, rel=1e-8, abs=1e-9)


@given(uniforms, st.floats(-10.0, 200.0))
def test_a_conditional_normal_exceeds_its_floor(u: float, floor: float) -> None:
    assert draws.normal_above(u, floor) >= floor - 1e-9 * max(1.0, abs(floor))


@given(uniforms, uniforms, st.floats(-8.0, 40.0))
def test_a_larger_uniform_is_a_larger_value_also_beyond_a_floor(one: float, other: float, floor: float) -> None:
    low, high = sorted((one, other))

    assert draws.normal_above(low, floor) <= draws.normal_above(high, floor) + 1e-9
    assert draws.exponential(low) <= draws.exponential(high)


def test_far_below_a_draw_a_floor_changes_nothing() -> None:
    for u in (0.01, 0.3, 0.5, 0.97):
        assert draws.normal_above(u, -8.0) == pytest.approx(draws.normal_quantile(u), abs=1e-9)


@pytest.mark.parametrize("floor", [-1.0, 0.5, 3.0, 9.0])
def test_a_conditional_normal_is_the_truncated_one(floor: float) -> None:
    sample = [draws.normal_above(draws.uniform(1, r, 11, 0), floor) for r in range(5000)]

    assert stats.kstest(sample, stats.truncnorm(floor, np.inf).cdf).pvalue > 1e-5


DISTRIBUTIONS = [
    ("uniform", (2.0, 5.0, 0.0), stats.uniform(2.0, 3.0)),
    ("triangular", (1.0, 2.0, 6.0), stats.triang(0.2, 1.0, 5.0)),
    ("normal", (3.0, 0.5, 0.0), stats.norm(3.0, 0.5)),
    ("lognormal", (2.0, 3.0, 0.0), stats.lognorm(math.log(1.5) / draws.Z90, scale=2.0)),
    ("exponential", (4.0, 0.0, 0.0), stats.expon(scale=4.0)),
]


@pytest.mark.parametrize(("name", "parameters", "law"), DISTRIBUTIONS, ids=[row[0] for row in DISTRIBUTIONS])
@given(u=st.floats(1e-9, 1.0 - 1e-9))
def test_quantiles_are_those_of_scipy(
    name: str, parameters: tuple[float, float, float], law: stats.rv_continuous, u: float
) -> None:
    kind = draws.DISTRIBUTIONS.index(name)
    expected = law.ppf(u)

    assert draws.quantile(kind, *parameters, u) == pytest.approx(float(expected), rel=1e-6, abs=1e-9)


def test_a_point_triangle_is_its_point() -> None:
    assert draws.quantile(draws.TRIANGULAR, 2.0, 2.0, 2.0, 0.3) == 2.0


@given(st.floats(-8.0, 8.0))
def test_the_normal_share_is_scipys(z: float) -> None:
    assert draws.normal_share(z) == pytest.approx(stats.norm.cdf(z), rel=1e-12)
