"""The value types every block is made of: quantities, distributions, dated values, noise, dates.

A scalar may also be written ``{value: 0.85, unit: share, source: wright-1936, fact: budget/x/2023, note: why}``;
the loader takes the wrapper off and keeps the provenance, so the models below see plain values only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

TAIL_YEARS = 10
"""Plans and payments go on for so many years beyond the horizon."""


class Block(BaseModel):
    """A frozen mapping of the scenario language in which an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


PARAMETERS = ("low", "mode", "high", "mean", "sd", "median", "p90")
"""Keys of a distribution's numbers."""


class Distribution(Block):
    """What is not known about one number; drawn once per replication (an epistemic uncertainty).

    Parameters by ``dist``: uniform ``low, high``; triangular ``low, mode, high``; normal ``mean, sd``;
    lognormal ``median, p90``; exponential ``mean``. Its ends, or its center where it has none, lie within the bounds of the
    key; draws outside are clipped to them.
    """

    dist: Literal["uniform", "triangular", "normal", "lognormal", "exponential"]
    low: float | None = None
    mode: float | None = None
    high: float | None = None
    mean: float | None = None
    sd: Annotated[float, Field(ge=0)] | None = None
    median: Annotated[float, Field(gt=0)] | None = None
    p90: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _has_its_parameters(self) -> Distribution:
        needed = NEEDED[self.dist]
        given = {name for name in PARAMETERS if getattr(self, name) is not None}
        if given != set(needed):
            found = ", ".join(sorted(given)) or "none"
            message = f"parameters {found}; a {self.dist} distribution takes exactly {', '.join(needed)}"
            raise ValueError(message)
        a, *rest = self.parameters()
        ordered = self.dist in ("uniform", "triangular", "lognormal")
        if ordered and any(x > y for x, y in zip([a, *rest], rest, strict=False)):
            message = f"{', '.join(needed)} = {self.parameters()}; they must not fall"
            raise ValueError(message)
        return self

    def parameters(self) -> tuple[float, ...]:
        """The parameters in the order `NEEDED` names them."""
        return tuple(float(getattr(self, name)) for name in NEEDED[self.dist])

    def center(self) -> float:
        """The value used where the distribution is not drawn: median, mode or mean, as the kind has it."""
        if self.dist == "uniform":
            return 0.5 * (self.parameters()[0] + self.parameters()[1])
        centers = {"triangular": self.mode, "normal": self.mean, "lognormal": self.median, "exponential": self.mean}
        return centers[self.dist] or 0.0


NEEDED = {
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "p90"),
    "exponential": ("mean",),
}


def _tag(value: Any) -> str:
    return "distribution" if isinstance(value, dict | Distribution) else "number"


def _quantity(**bounds: Any) -> Any:
    number = Annotated[float, Field(**bounds)]
    return Annotated[
        Annotated[number, Tag("number")] | Annotated[Distribution, Tag("distribution")],
        Discriminator(_tag),
    ]


if TYPE_CHECKING:
    Quantity: TypeAlias = float | Distribution
    Positive: TypeAlias = float | Distribution
    NonNegative: TypeAlias = float | Distribution
    Share: TypeAlias = float | Distribution
    Growth: TypeAlias = float | Distribution
    LogChange: TypeAlias = float | Distribution
    Elasticity: TypeAlias = float | Distribution
    Correlation: TypeAlias = float | Distribution
    Change: TypeAlias = float | Distribution
    PartShare: TypeAlias = float | Distribution
    JumpRate: TypeAlias = float | Distribution
    CandidateRate: TypeAlias = float | Distribution
else:
    Quantity = _quantity()  # any finite number
    Positive = _quantity(gt=0)
    NonNegative = _quantity(ge=0)
    Share = _quantity(ge=0, le=1)
    Growth = _quantity(ge=-0.9, le=1)  # a year's, as a share; beyond it percent was meant
    LogChange = _quantity(ge=-1, le=1)  # a month's
    Elasticity = _quantity(ge=-10, le=10)  # the power of a condition
    Correlation = _quantity(ge=-1, le=1)
    Change = _quantity(gt=-1)  # of a rate, as a share: something is left of it
    PartShare = _quantity(gt=0, lt=1)  # neither none nor all
    JumpRate = _quantity(ge=0, le=10)  # a month; more are volatility
    CandidateRate = _quantity(ge=0, le=100)  # a month, of a Poisson process that is thinned

Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?$")]
"""A date, ``YYYY-MM`` (its first instant) or ``YYYY-MM-DD`` (the start of that day)."""

FiscalYear = Annotated[int, Field(ge=1900, le=2200)]


class Dated(Block):
    """A value by fiscal year, written as one number or as ``{2023: 1.0, 2025: 2.0, then_growth_share: 0.02}``.

    A year not given holds the last given year's value; after the last given year it grows by ``then_growth_share``
    a year. Years before the first given one take its value.
    """

    constant: NonNegative | None = None
    by_fy: dict[FiscalYear, NonNegative] = {}
    then_growth_share: Growth = 0.0

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, raw: Any) -> Any:
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            return {"constant": raw}
        if isinstance(raw, dict) and "by_fy" not in raw and "constant" not in raw:
            if "dist" in raw:
                return {"constant": raw}
            years = {key: value for key, value in raw.items() if isinstance(key, int)}
            rest = {key: value for key, value in raw.items() if key not in years}
            return {"by_fy": years, **rest}
        return raw

    @model_validator(mode="after")
    def _has_a_value(self) -> Dated:
        if self.constant is None and not self.by_fy:
            message = "no value; give one number, or values by fiscal year"
            raise ValueError(message)
        return self


class Noise(Block):
    """A right-skewed (lognormal) factor on a planned amount, by its median and 90th percentile."""

    median: Positive = 1.0
    p90: Positive = 1.0
    system_loading_share: Share = 0.0
    """a: weight of the factor common to the stage's resource (else channel) in one fiscal year."""
    program_loading_share: Share = 0.0
    """b: weight of the factor common to all stages of the program; a^2 + b^2 + own^2 = 1."""
