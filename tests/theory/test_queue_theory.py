"""Mean waits of M/M/1, M/M/3 and M/G/1 queues, from a scenario file through the engine: background orders are the arrivals."""

from __future__ import annotations

import math

import pytest
from estimates import agree_mean
from harness import Simulation, Tree, plain

from alliancesim.rules.draws import Z90

YEARS = 60
WARM_UP_YEARS = 12
"""Dropped at the start, when the queue is still emptier than in the long run."""


def erlang_wait(arrivals: float, service: float, servers: int) -> float:
    """Mean wait of M/M/c by Erlang's C formula."""
    load = arrivals / service
    rho = load / servers
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) / (1.0 - rho)
    return last / (sum(terms) + last) / (servers * service - arrivals)


def mean_waits(slots: int, arrivals: float, size: Tree, replications: int) -> list[float]:
    """Mean wait of the orders granted after the warm-up, by replication: independent batch means."""
    tree = plain(
        YEARS, resources__yard={"kind": "slots", "capacity": slots, "background": {"arrivals_per_month": arrivals, "size": size}}
    )
    simulation = Simulation(tree)
    means = []
    for run in simulation.runs(replications, seed=13):
        granted = run.resource_year("yard", "grants")[WARM_UP_YEARS:].sum()
        means.append(float(run.resource_year("yard", "wait_months")[WARM_UP_YEARS:].sum() / granted))
    return means


def test_the_mean_wait_of_m_m_3_is_known() -> None:
    assert erlang_wait(0.2, 0.1, 3) == pytest.approx(4.4444, abs=1e-4)


def test_three_slots_wait_as_m_m_3() -> None:
    agree_mean(mean_waits(3, 0.2, {"dist": "exponential", "mean": 10.0}, 400), erlang_wait(0.2, 0.1, 3))


def test_one_slot_waits_as_m_m_1() -> None:
    agree_mean(mean_waits(1, 0.5, {"dist": "exponential", "mean": 1.0}, 200), erlang_wait(0.5, 1.0, 1))


@pytest.mark.parametrize("law", ["uniform", "lognormal"])
def test_one_slot_waits_as_pollaczek_and_khinchine_say(law: str) -> None:
    if law == "uniform":
        size: Tree = {"dist": "uniform", "low": 0.5, "high": 1.5}
        mean, second = 1.0, 1.0 + 1.0 / 12.0
    else:
        size = {"dist": "lognormal", "median": 0.8, "p90": 2.0}
        sigma = math.log(2.5) / Z90
        mean, second = 0.8 * math.exp(sigma**2 / 2), 0.64 * math.exp(2.0 * sigma**2)
    arrivals = 0.6

    agree_mean(mean_waits(1, arrivals, size, 150), arrivals * second / (2.0 * (1.0 - arrivals * mean)))


def test_utilization_is_the_offered_load() -> None:
    tree = plain(
        YEARS,
        resources__yard={
            "kind": "slots",
            "capacity": 2,
            "background": {"arrivals_per_month": 0.5, "size": {"dist": "exponential", "mean": 2.0}},
        },
    )
    simulation = Simulation(tree)
    shares = [
        float(run.resource_year("yard", "utilization_share")[WARM_UP_YEARS:].mean()) for run in simulation.runs(100, seed=3)
    ]

    agree_mean(shares, 0.5)


def test_a_line_is_a_single_server_whose_work_is_units_over_rate() -> None:
    tree = plain(
        YEARS,
        resources__plant={
            "kind": "line",
            "capacity": 20.0,
            "background": {"arrivals_per_month": 0.5, "size": {"dist": "exponential", "mean": 20.0}},
        },
    )
    simulation = Simulation(tree)
    means = []
    for run in simulation.runs(200, seed=13):
        granted = run.resource_year("plant", "grants")[WARM_UP_YEARS:].sum()
        means.append(float(run.resource_year("plant", "wait_months")[WARM_UP_YEARS:].sum() / granted))

    agree_mean(means, erlang_wait(0.5, 1.0, 1))


def test_disruptions_take_their_share_of_the_rate() -> None:
    between, median, p90 = 20.0, 2.0, 5.0
    block = {"mean_months_between": between, "duration_median_months": median, "duration_p90_months": p90, "severity_share": 0.4}
    simulation = Simulation(plain(40, resources__yard={"kind": "slots", "capacity": 1, "disruptions": block}))
    lasting = median * math.exp((math.log(p90 / median) / Z90) ** 2 / 2.0)
    rates = [float(run.resource_year("yard", "effective_rate_share")[10:].mean()) for run in simulation.runs(400, seed=3)]

    agree_mean(rates, 1.0 - 0.4 * lasting / (between + lasting))
