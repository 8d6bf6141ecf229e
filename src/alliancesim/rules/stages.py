"""Durations of stages: common causes, conditioning on work done, work under disruption."""

from __future__ import annotations

import math

from alliancesim.kernels import rule
from alliancesim.rules.draws import normal_above
from alliancesim.rules.grid import snap_bn


@rule(unit="1 (normal score)", source="one-factor Gaussian copula, Vasicek 1987")
def own_loading(system_loading: float, program_loading: float) -> float:
    """Weight c of a stage's own score, so that a^2 + b^2 + c^2 = 1."""
    return math.sqrt(max(0.0, 1.0 - system_loading * system_loading - program_loading * program_loading))


@rule(unit="1 (normal score)", source="one-factor Gaussian copula, Vasicek 1987")
def common_score(system_loading: float, system_z: float, program_loading: float, program_z: float) -> float:
    """What the common causes, those of the system and those of the program, make of a score."""
    return system_loading * system_z + program_loading * program_z


@rule(unit="1 (normal score)", source="conditional normal; common factors are not updated")
def score_after(u: float, common: float, own: float, floor: float) -> float:
    """A score common + own z conditional on exceeding `floor`: the stage has already lasted that long."""
    if own <= 0.0:
        return max(common, floor)
    return common + own * normal_above(u, (floor - common) / own)


@rule(unit="months", source="definition: what is on record is not drawn")
def drawn_months(planned: float, drawn_share: float, elapsed: float) -> float:
    """Duration of a stage that is drawn as drawn_share of its planned one, `elapsed` months after it began (below 0: before).

    What has ended by plan lasts as planned, and so does what would have ended by the draw and has not.
    """
    drawn = planned * drawn_share
    return planned if elapsed > 0.0 and (elapsed >= planned or drawn <= elapsed) else drawn


@rule(unit="months", source="piecewise-constant rate integrated until the work is done")
def finish_time(start_months: float, work_months: float, begins, ends, count: int, rate_share: float) -> float:  # type: ignore[no-untyped-def]
    """When work of `work_months` at full rate ends, if begun at `start_months`.

    begins, ends: shape (interval,), sorted and disjoint disruptions of which `count` are set; inside them the rate is rate_share.
    """
    now = start_months
    left = work_months
    for i in range(count):
        if ends[i] <= now:
            continue
        if begins[i] > now:
            if now + left <= begins[i]:
                return now + left
            left -= begins[i] - now
            now = begins[i]
        if rate_share > 0.0 and left <= (ends[i] - now) * rate_share:
            return now + left / rate_share
        left -= (ends[i] - now) * rate_share
        now = ends[i]
    return now + left


@rule(unit="units", source="definition; above `most` tranches, larger ones")
def tranche_size(units: float, tranche_units: float, most: int) -> float:
    """Units of each tranche of a lot but the last, which takes the rest. tranche_units 0: the whole lot."""
    if tranche_units <= 0.0 or units <= tranche_units:
        return units
    if math.ceil(units / tranche_units) <= most:
        return tranche_units
    return float(math.ceil(units / most)) if units == math.floor(units) else snap_bn(units / most)


@rule(unit="count", source="definition")
def tranche_count(units: float, size_units: float, most: int) -> int:
    """Tranches of a lot when each but the last has size_units."""
    return min(most, int(math.ceil(units / size_units))) if units > size_units else 1
