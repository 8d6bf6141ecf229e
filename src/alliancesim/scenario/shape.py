"""The types of the scenario language by path: which keys are allowed where, and what a value may be."""

from __future__ import annotations

import typing
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_type_hints

from pydantic.fields import FieldInfo

from alliancesim.scenario.model import Scenario
from alliancesim.scenario.values import Block, Dated, Distribution

Shape = Any
"""A type annotation of the models, or None where the language has no such place."""


def _origin(shape: Shape) -> Any:
    return typing.get_origin(shape)


@cache
def core(shape: Shape) -> Shape:
    """The annotation without ``Annotated`` and without ``| None``; a quantity is given as `Distribution | float`."""
    while True:
        if _origin(shape) is Annotated:
            shape = get_args(shape)[0]
        elif _origin(shape) in (Union, UnionType):
            members = [member for member in get_args(shape) if member is not NoneType]
            if len(members) > 1:
                return shape
            shape = members[0]
        else:
            return shape


def is_block(shape: Shape) -> bool:
    """Whether the shape is a mapping with fixed keys."""
    inner = core(shape)
    return isinstance(inner, type) and issubclass(inner, Block)


def has_fixed_keys(shape: Shape) -> bool:
    """Whether the shape is a block proper, not a value that can be written as one (dated, a distribution)."""
    return is_block(shape) and core(shape) not in (Dated, Distribution)


def is_quantity(shape: Shape) -> bool:
    """Whether the shape is a number that may be a distribution."""
    inner = core(shape)
    return _origin(inner) in (Union, UnionType) and any(core(member) is Distribution for member in get_args(inner))


@cache
def fields(block: type[Block]) -> dict[str, Shape]:
    """The keys of a block with their annotations, in the order of the model."""
    hints = get_type_hints(block, include_extras=True)
    return {
        name: Annotated[(hints[name], *info.metadata)] if info.metadata else hints[name]
        for name, info in block.model_fields.items()
    }


def step(shape: Shape, key: str | int) -> Shape:
    """The shape one key deeper, or None where there is none."""
    inner = core(shape)
    if is_quantity(inner):
        inner = Distribution
    if inner is Dated:
        if isinstance(key, int):
            return step(fields(Dated)["by_fy"], key)
        return fields(Dated)[key] if key == "then_growth_share" else fields(Distribution).get(key)
    if is_block(inner):
        return fields(inner).get(key) if isinstance(key, str) else None
    if _origin(inner) is dict:
        return get_args(inner)[1]
    if _origin(inner) is list:
        return get_args(inner)[0] if isinstance(key, int) else None
    return None


def shape_at(path: tuple[str | int, ...]) -> Shape:
    """The shape at a path of the scenario."""
    shape: Shape = Scenario
    for key in path:
        if shape is None:
            return None
        shape = step(shape, key)
    return shape


def key_shape(shape: Shape) -> Shape:
    """What the keys of a free mapping are, or None for anything else."""
    inner = core(shape)
    return get_args(inner)[0] if _origin(inner) is dict else None


def is_register(path: tuple[str | int, ...]) -> bool:
    """Whether a place holds entries by name: what is wrong within one says nothing of what stands beside it."""
    return key_shape(shape_at(path)) is not None


def allowed_keys(shape: Shape) -> list[str]:
    """The fixed keys of the place; empty for free mappings."""
    inner = core(shape)
    if inner is Dated:
        return ["then_growth_share"]
    if is_quantity(inner):
        inner = Distribution
    return list(fields(inner)) if is_block(inner) else []


@cache
def bounds(shape: Shape) -> dict[str, float]:
    """The numeric bounds of a shape by their pydantic names (gt, ge, lt, le); of a dated value, those of its numbers."""
    found: dict[str, float] = {}
    queue = [fields(Dated)["constant"] if core(shape) is Dated else shape]
    while queue:
        item = queue.pop()
        if _origin(item) is Annotated:
            inner, *metadata = get_args(item)
            queue.append(inner)
            for entry in metadata:
                for part in entry.metadata if isinstance(entry, FieldInfo) else [entry]:
                    limits = {name: getattr(part, name, None) for name in ("gt", "ge", "lt", "le")}
                    found |= {name: limit for name, limit in limits.items() if limit is not None}
        elif _origin(item) in (Union, UnionType):
            queue.extend(member for member in get_args(item) if core(member) is not Distribution)
    return found


def pattern(shape: Shape) -> str | None:
    """The regular expression of a text, if it has one."""
    if _origin(shape) in (Union, UnionType):
        return next((found for found in map(pattern, get_args(shape)) if found), None)
    if _origin(shape) is not Annotated:
        return None
    for entry in get_args(shape)[1:]:
        for part in entry.metadata if isinstance(entry, FieldInfo) else [entry]:
            if getattr(part, "pattern", None):
                return str(part.pattern)
    return None


def is_date(shape: Shape) -> bool:
    """Whether the shape is the text of a date."""
    return (pattern(shape) or "").startswith(r"^[0-9]{4}-")


def words(shape: Shape) -> list[str]:
    """The words of a literal; empty for anything else."""
    inner = core(shape)
    return [str(word) for word in get_args(inner)] if _origin(inner) is Literal else []


def describe(shape: Shape) -> str:
    """What may stand at a place, in words."""
    inner = core(shape)
    if words(inner):
        return "one of " + ", ".join(words(inner))
    if inner is Dated:
        return f"a number{span(bounds(shape))}, or numbers by fiscal year"
    if is_quantity(inner):
        return f"a number{span(bounds(shape))} or a distribution"
    if inner is float:
        return f"a number{span(bounds(shape))}"
    if inner is int:
        return f"a whole number{span(bounds(shape))}"
    if inner is bool:
        return "true or false"
    if inner is str:
        return "a date YYYY-MM or YYYY-MM-DD" if is_date(shape) else "text"
    if _origin(inner) is list:
        return f"a list, each item {describe(get_args(inner)[0])}"
    if _origin(inner) is dict:
        keys = get_args(inner)[0]
        named = {True: "fiscal years"}.get(core(keys) is int) or ("dates" if pattern(keys) else "names")
        if words(keys):
            named = ", ".join(words(keys))
        return f"a mapping of {named}"
    return f"a mapping with {', '.join(allowed_keys(inner))}" if is_block(inner) else "a value"


def percent(path: tuple[str | int, ...], limits: dict[str, float]) -> str:
    """How percent is written, to follow the bounds of a share."""
    return ", 0.02 is 2 percent" if limits.get("le") == 1.0 and "share" in ".".join(map(str, path[-2:])) else ""


def span(limits: dict[str, float]) -> str:
    """Bounds in words that follow what they hold for."""
    low = limits.get("ge", limits.get("gt"))
    high = limits.get("le", limits.get("lt"))
    if low is not None and high is not None:
        upper = f"at most {high:g}" if "le" in limits else f"below {high:g}"
        return f" from {low:g} to {high:g}" if "ge" in limits and "le" in limits else f" above {low:g} and {upper}"
    if low is not None:
        return f" of at least {low:g}" if "ge" in limits else f" above {low:g}"
    return f" of at most {high:g}" if high is not None else ""
