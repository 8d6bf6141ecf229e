"""Exponentials, logarithms and the error function from arithmetic alone: the same bits on every machine.

The C library's differ between systems, and within one system between processors. What is used here is settled by IEEE 754: sums,
products, quotients, square roots, and the bits of a number.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import numpy.typing as npt

from alliancesim.kernels import rule

TANG_EXP = "Tang 1989, Table-driven implementation of the exponential function in IEEE floating-point arithmetic"
TANG_LOG = "Tang 1990, Table-driven implementation of the logarithm function in IEEE floating-point arithmetic"
KAHAN = "Kahan 1982, as in the HP-15C Advanced Functions Handbook: from the rounded argument's function, corrected"
CODY = "Cody 1969, Rational Chebyshev approximations for the error function"

EXACT_BITS = 42
"""Leading parts of logarithms end with this binary place, so that their multiples by exponents of numbers are exact."""
ROOTS = 32
"""Entries of the table of roots of 2."""
ROOT_BITS = 5
CENTERS = 128
"""Parts of the interval from 1 to 2 in the table of logarithms."""
HALVED_FROM = 53
"""The center from which numbers are halved, so that what lies near 1 has a logarithm near 0: the first above the root of 2."""
LEAST_NORMAL = 2.0**-1022
SUBNORMAL_BITS = 54
FAR = 707.0
ROUNDER = 1.5 * 2.0**52
"""Added to a number and taken off again, it rounds it to the nearest whole one, which stands in the last bits meanwhile."""
ROUNDER_BITS = int(np.float64(ROUNDER).view(np.int64))
MANTISSA = (1 << 52) - 1
BIAS = 1023
"""What is added to the exponent of a number in its bits."""


def leading(value: Decimal) -> float:
    """A number rounded to EXACT_BITS binary places."""
    return float(round(value * 2**EXACT_BITS)) / 2.0**EXACT_BITS


def centers_and_logs() -> npt.NDArray[np.float64]:
    """The table of logarithms. Shape (center, 4): a number, its reciprocal, its logarithm's leading part, the rest of that."""
    rows = []
    for j in range(CENTERS + 1):
        center = Decimal(CENTERS + j) / (CENTERS if j < HALVED_FROM else 2 * CENTERS)
        log_part = leading(center.ln())
        rows.append((float(center), float(1 / center), log_part, float(center.ln() - Decimal(log_part))))
    return np.array(rows)


def roots_of_two() -> npt.NDArray[np.float64]:
    """The table of 2^(j / ROOTS). Shape (j, 2): the number, and what its rounding leaves over."""
    exact = [(Decimal(2).ln() * j / ROOTS).exp() for j in range(ROOTS)]
    return np.array([(float(root), float(root - Decimal(float(root)))) for root in exact])


with localcontext() as digits:
    digits.prec = 40
    LOG_2 = float(Decimal(2).ln())
    LOG_2_LEADING = leading(Decimal(2).ln())
    LOG_2_REST = float(Decimal(2).ln() - Decimal(LOG_2_LEADING))
    STEP_LEADING = leading(Decimal(2).ln() / ROOTS)
    STEP_REST = float(Decimal(2).ln() / ROOTS - Decimal(STEP_LEADING))
    STEPS = float(ROOTS / Decimal(2).ln())
    ROOT = roots_of_two()
    CENTER = centers_and_logs()


@rule(unit="1", source="definition: infinity above the range of float64, 0 below, the square of e^(x / 2) near its ends")
def exp(x: float) -> float:
    """e^x, within 0.6 units in the last place where x is at most 707 away from 0."""
    if abs(x) <= FAR:
        return near_exp(x)
    if x > 710.0:
        return math.inf
    if x < -746.0:
        return 0.0
    half = near_exp(0.5 * x)
    return half * half


@rule(unit="1", source=TANG_EXP)
def near_exp(x: float) -> float:
    """e^x of an x at most 707 away from 0, so that no number on the way leaves the range."""
    shifted = x * STEPS + ROUNDER
    steps = shifted - ROUNDER
    n = np.float64(shifted).view(np.int64) - ROUNDER_BITS
    lead, rest = x - steps * STEP_LEADING, steps * STEP_REST
    r = lead - rest
    r2 = r * r
    curve = r2 * ((0.5 + r * (1.0 / 6.0)) + r2 * ((1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0)))
    root = ROOT[n & (ROOTS - 1)]
    scale = np.int64(((n >> ROOT_BITS) + BIAS) << 52).view(np.float64)
    return float((root[0] + (root[1] + root[0] * (lead + (curve - rest)))) * scale)


@rule(unit="1", source="definition: -infinity at 0, log(2^54 x) - 54 log 2 where a number has not all its digits")
def log(x: float) -> float:
    """The natural logarithm, within 1.1 units in the last place: -infinity at 0, not a number below."""
    if LEAST_NORMAL <= x < math.inf:
        return near_log(x)
    if x == 0.0:
        return -math.inf
    if x < 0.0:
        return math.nan
    if x < LEAST_NORMAL:
        return near_log(x * 2.0**SUBNORMAL_BITS) - SUBNORMAL_BITS * LOG_2
    return x


@rule(unit="1", source=TANG_LOG)
def near_log(x: float) -> float:
    """The natural logarithm of a finite x of at least 2^-1022."""
    bits = np.float64(x).view(np.int64)
    mantissa = bits & MANTISSA
    j = (mantissa + (1 << 44)) >> 45
    halved = 1 if j >= HALVED_FROM else 0
    exponent = float((bits >> 52) - BIAS + halved)
    center = CENTER[j]
    r = (np.int64(mantissa | ((BIAS - halved) << 52)).view(np.float64) - center[0]) * center[1]
    r2 = r * r
    curve = r2 * (r * ((1.0 / 3.0 - r * 0.25) + r2 * ((0.2 - r * (1.0 / 6.0)) + r2 * (1.0 / 7.0))) - 0.5)
    rest = exponent * LOG_2_REST + center[3]
    return float((exponent * LOG_2_LEADING + center[2]) + (r + (curve + rest)))


@rule(unit="1", source=KAHAN)
def expm1(x: float) -> float:
    """e^x - 1, within 4 units in the last place also near 0."""
    grown = exp(x)
    if grown == 1.0:
        return x
    if grown - 1.0 == -1.0 or grown == math.inf:
        return grown - 1.0
    return (grown - 1.0) * x / log(grown)


@rule(unit="1", source=KAHAN)
def log1p(x: float) -> float:
    """log(1 + x), within 3 units in the last place also near 0: -infinity at -1, not a number below."""
    sum_rounded = 1.0 + x
    if sum_rounded <= 0.0 or sum_rounded == math.inf:
        return log(sum_rounded)
    return log(sum_rounded) + (x - (sum_rounded - 1.0)) / sum_rounded


@rule(unit="1", source="definition")
def power_of(base: float, exponent: float) -> float:
    """base^exponent of a base of at least 0, within 3 (1 + abs(log of the result)) units in the last place; exact at 0 and 1."""
    if exponent == 0.0:
        return 1.0
    return base if exponent == 1.0 else exp(exponent * log(base))


@rule(unit="share", source=CODY)
def erfc(x: float) -> float:
    """The complementary error function, within 10 units in the last place where it is above 1e-300."""
    y = abs(x)
    if math.isnan(x):
        return x
    if y > 30.0:
        return 0.0 if x > 0.0 else 2.0
    if y <= 0.46875:
        s = y * y
        return 1.0 - x * (
            ((((0.185777706184603153 * s + 3.16112374387056560) * s + 113.864154151050156) * s + 377.485237685302021) * s
             + 3209.37758913846947)
            / ((((s + 23.6012909523441209) * s + 244.024637934444173) * s + 1282.61652607737228) * s + 2844.23683343917062)
        )  # fmt: skip
    if y <= 4.0:
        scaled = (
            ((((((((2.15311535474403846e-8 * y + 0.564188496988670089) * y + 8.88314979438837594) * y + 66.1191906371416295) * y
                 + 298.635138197400131) * y + 881.952221241769090) * y + 1712.04761263407058) * y + 2051.07837782607147) * y
             + 1230.33935479799725)
            / ((((((((y + 15.7449261107098347) * y + 117.693950891312499) * y + 537.181101862009858) * y + 1621.38957456669019)
                  * y + 3290.79923573345963) * y + 4362.61909014324716) * y + 3439.36767414372164) * y + 1230.33935480374942)
        )  # fmt: skip
    else:
        s = 1.0 / (y * y)
        scaled = s * (
            (((((0.0163153871373020978 * s + 0.305326634961232344) * s + 0.360344899949804439) * s + 0.125781726111229246) * s
              + 0.0160837851487422766) * s + 6.58749161529837803e-4)
            / (((((s + 2.56852019228982242) * s + 1.87295284992346047) * s + 0.527905102951428412) * s + 0.0605183413124413191)
               * s + 0.00233520497626869185)
        )  # fmt: skip
        scaled = (1.0 / math.sqrt(math.pi) - scaled) / y
    cut = math.floor(y * 16.0) / 16.0
    tail = exp(-cut * cut) * exp(-(y - cut) * (y + cut)) * scaled
    return 2.0 - tail if x < 0.0 else tail
