"""Random numbers by address: a counter-based uniform and the inverse distributions made from it."""

from __future__ import annotations

import hashlib
import math

import numpy as np

from alliancesim.kernels import inlined, kernel, rule
from alliancesim.rules.elementary import erfc, exp, log, log1p

PHILOX = "Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3 (Philox4x32-10)"
WICHURA = "Wichura 1988, Algorithm AS 241 (PPND16)"
Z90 = 1.2815515655446004
"""The standard normal's 90th percentile."""

UNIFORM, TRIANGULAR, NORMAL, LOGNORMAL, EXPONENTIAL = range(5)
DISTRIBUTIONS = ("uniform", "triangular", "normal", "lognormal", "exponential")
"""Kinds of `scenario.values.Distribution` in the order of their codes."""


def address_key(address: str) -> int:
    """The 63-bit key of a readable address: BLAKE2b-64 of its UTF-8 bytes, read big-endian, without its last bit."""
    return int.from_bytes(hashlib.blake2b(address.encode(), digest_size=8).digest(), "big") >> 1


_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)


@inlined
def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Philox4x32-10: four 32-bit words from a counter of four and a key of two, all as uint64 below 2^32."""
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0 = (p1 >> _32) ^ c1 ^ k0
        c1 = p1 & _LOW
        c2 = (p0 >> _32) ^ c3 ^ k1
        c3 = p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@rule(unit="share", source=PHILOX, inline="always")
def uniform(seed: int, replication: int, key: int, index: int) -> float:
    """The uniform in (0, 1) at an address: key names the quantity, index its occurrence (below 2^32)."""
    s = np.uint64(seed)
    k = np.uint64(key)
    a, b, _, _ = philox(np.uint64(index), np.uint64(replication), k & _LOW, k >> _32, s & _LOW, s >> _32)
    return (float(a >> np.uint64(5)) * 67108864.0 + float(b >> np.uint64(6)) + 0.5) / 9007199254740992.0


@rule(unit="1", source=WICHURA, inline="always")
def central_quantile(q: float) -> float:
    """The standard normal quantile of 0.5 + q, for abs(q) up to 0.425."""
    r = 0.180625 - q * q
    return (
        q
        * (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
               + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
            + 133.14166789178437745) * r + 3.387132872796366608)
        / (((((((5226.495278852854561 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
               + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
            + 42.313330701600911252) * r + 1.0)
    )  # fmt: skip


@rule(unit="1", source=WICHURA)
def normal_quantile(u: float) -> float:
    """The standard normal quantile of u in (0, 1)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        return central_quantile(q)
    r = u if q < 0.0 else 1.0 - u
    r = math.sqrt(-log(r))
    if r <= 5.0:
        r -= 1.6
        x = (
            (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                 + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
              + 4.6303378461565452959) * r + 1.42343711074968357734)
            / (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                   + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
                + 2.05319162663775882187) * r + 1.0)
        )  # fmt: skip
    else:
        r -= 5.0
        x = (
            (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                 + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
              + 5.4637849111641143699) * r + 6.6579046435011037772)
            / (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                   + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
                + 0.59983220655588793769) * r + 1.0)
        )  # fmt: skip
    return -x if q < 0.0 else x


@kernel
def normals(seed: int, replication: int, keys, indices, uniforms, out) -> None:  # type: ignore[no-untyped-def]
    """Standard normals at addresses. keys, indices, uniforms (scratch), out: shape (address,)."""
    for i in range(len(out)):
        uniforms[i] = uniform(seed, replication, keys[i], indices[i])
    for i in range(len(out)):
        out[i] = central_quantile(uniforms[i] - 0.5)
    for i in range(len(out)):
        if abs(uniforms[i] - 0.5) > 0.425:
            out[i] = normal_quantile(uniforms[i])


@rule(unit="share", source="definition by the error function")
def normal_share(z: float) -> float:
    """The standard normal distribution function: the inverse of `normal_quantile`."""
    return 0.5 * erfc(-z * math.sqrt(0.5))


@rule(unit="1", source="Abramowitz & Stegun 1964, 26.2.12 (asymptotic tail)")
def log_survival(z: float) -> float:
    """Log of the standard normal's upper tail at z, without underflow far out."""
    if z < 30.0:
        return log(0.5 * erfc(z * math.sqrt(0.5)))
    return -0.5 * z * z - log(z * math.sqrt(2.0 * math.pi)) + log1p(-1.0 / (z * z))


@rule(unit="1", source="Newton's method on log_survival")
def survival_quantile(log_tail: float) -> float:
    """The z whose log upper tail is log_tail (below 0); the inverse of `log_survival`."""
    if log_tail > -600.0:
        return -normal_quantile(exp(log_tail))
    z = math.sqrt(-2.0 * log_tail)
    for _ in range(8):
        z += (log_survival(z) - log_tail) / (z + 1.0 / z)
    return z


@rule(unit="1", source="definition of conditional distribution, in log survival")
def normal_above(u: float, floor: float) -> float:
    """The u-quantile of a standard normal conditional on exceeding `floor`."""
    return survival_quantile(log1p(-u) + log_survival(floor))


@rule(unit="1", source="inversion of the distribution function")
def exponential(u: float) -> float:
    """The u-quantile of an exponential of mean 1: times a mean, or over a rate, the wait for an event of a Poisson process."""
    return -log1p(-u)


@rule(unit="as its parameters", source="inversion of each distribution function")
def quantile(kind: int, a: float, b: float, c: float, u: float) -> float:
    """The u-quantile of a scenario distribution; a, b, c are its parameters in the order of the language."""
    if kind == UNIFORM:
        return a + (b - a) * u
    if kind == TRIANGULAR:
        if c <= a:
            return a
        cut = (b - a) / (c - a)
        if u < cut:
            return a + math.sqrt(u * (c - a) * (b - a))
        return c - math.sqrt((1.0 - u) * (c - a) * (c - b))
    if kind == NORMAL:
        return a + b * normal_quantile(u)
    if kind == LOGNORMAL:
        return a * exp(log(b / a) / Z90 * normal_quantile(u))
    return a * exponential(u)
