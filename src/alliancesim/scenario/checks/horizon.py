"""Time: the horizon, the as-of month, and every date and name of the calendar."""

from __future__ import annotations

from collections.abc import Iterator

from alliancesim.scenario.checks.checker import Checker, exists
from alliancesim.scenario.shape import Shape, core, fields, is_date, key_shape
from alliancesim.scenario.values import Block
from alliancesim.scenario.yamlfile import KeyPath

MOST_YEARS = 60


def check_dates(check: Checker) -> None:
    """Every date exists."""
    for path, date, is_key in _dates(check.scenario, ()):
        if not exists(date):
            note = check.add_key if is_key else check.add
            note(path, f"'{date}' is not in the calendar", "a date that exists")


def check_horizon(check: Checker) -> bool:
    """First year, last year and as-of month fit; whether the checks that need them can go on."""
    horizon = check.scenario.horizon
    if horizon.last_fy < horizon.first_fy:
        check.add(("horizon", "last_fy"), f"{horizon.last_fy} is before first_fy", f"at least first_fy {horizon.first_fy}")
        return False
    if horizon.last_fy - horizon.first_fy >= MOST_YEARS:
        years = horizon.last_fy - horizon.first_fy + 1
        check.add(("horizon", "last_fy"), f"a horizon of {years} years", f"at most {MOST_YEARS} years")
        return False
    if horizon.as_of is None or not exists(horizon.as_of):
        return True
    path = ("horizon", "as_of")
    if len(horizon.as_of) > 7:
        check.add(path, f"'{horizon.as_of}' is a day", "a month YYYY-MM, everything before its end is fact", horizon.as_of[:7])
    if not horizon.first_fy <= check.fy(horizon.as_of) <= horizon.last_fy:
        said = f"a month of FY{horizon.first_fy} to FY{horizon.last_fy}"
        check.add(path, f"{horizon.as_of} is outside the horizon", said)
        return False
    return True


def _dates(block: Block, path: KeyPath) -> Iterator[tuple[KeyPath, str, bool]]:
    """Every date below a block with its path, and whether it is a key."""
    shapes = fields(type(block))
    for name, value in block:
        if value is not None:
            yield from _dates_of(value, shapes[name], (*path, name))


def _dates_of(value: object, shape: Shape, path: KeyPath) -> Iterator[tuple[KeyPath, str, bool]]:
    if isinstance(value, str):
        if is_date(shape):
            yield path, value, False
    elif isinstance(value, Block):
        yield from _dates(value, path)
    elif isinstance(value, dict):
        keys = key_shape(shape)
        dated = is_date(keys)
        inner = core(shape).__args__[1]
        for key, part in value.items():
            if dated:
                yield (*path, key), key, True
            yield from _dates_of(part, inner, (*path, key))
    elif isinstance(value, list):
        inner = core(shape).__args__[0]
        for index, part in enumerate(value):
            yield from _dates_of(part, inner, (*path, index))
