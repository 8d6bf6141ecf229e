"""JSON Schema of the scenario language, for completion and hints in editors; `load_scenario` remains the judge.

It allows what the loader takes off before validation: the wrapper of a value, ``source``, ``fact`` and ``note`` of a block,
``extends`` and ``set``. It requires no key, because a file that extends another gives only what it changes.
"""

from __future__ import annotations

from typing import Any

from alliancesim.scenario.model import Scenario

_TEXT = {"type": "string"}
_CARRIED = {
    "source": {"type": "string", "description": "Id in `sources`, or seed, recalled, assumed; inherited by the values below."},
    "fact": {"type": "string", "description": "Cited row: table/row/column-or-year."},
    "note": {"type": "string", "description": "Why, in one line."},
}
_NULL = {"type": "null"}
_SCALARS = ("number", "integer", "string", "boolean", "null")


def json_schema() -> dict[str, Any]:
    """The schema of a scenario file."""
    schema = Scenario.model_json_schema()
    definitions = {name: _editor(part) for name, part in schema.pop("$defs").items()}
    definitions["Dated"] = _dated(definitions["Dated"]["properties"])
    root = _editor(schema)
    root["properties"]["extends"] = _TEXT | {"description": "A file this one is laid over, relative to it."}
    root["properties"]["set"] = {"type": "object", "description": "Values by dotted path, set last."}
    root["properties"]["sources"] = schema["properties"]["sources"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **root, "$defs": definitions}


def _dated(model: dict[str, Any]) -> dict[str, Any]:
    """A dated value as it is written, from the keys of its model."""
    quantity = model["by_fy"]["additionalProperties"]
    by_year = {
        "type": "object",
        "patternProperties": {r"^[0-9]{4}$": quantity},
        "properties": {"then_growth_share": model["then_growth_share"], "unit": _TEXT, **_CARRIED},
        "additionalProperties": False,
    }
    return {"description": "One number, or numbers by fiscal year.", "anyOf": [quantity, by_year]}


def _editor(schema: Any) -> dict[str, Any]:
    """A schema widened by what the loader takes off."""
    if "$ref" in schema:
        return dict(schema)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            rest = {name: value for name, value in schema.items() if name not in (key, "discriminator")}
            plain = [part for part in schema[key] if part.get("type") in _SCALARS]
            others = [_editor(part) for part in schema[key] if part.get("type") not in _SCALARS]
            return rest | {"anyOf": [*plain, *others, *([_wrapper([*plain, *others])] if plain else [])]}
    if schema.get("type") == "object":
        widened = {key: value for key, value in schema.items() if key != "required"}
        widened["properties"] = {name: _deletable(part) for name, part in schema.get("properties", {}).items()} | _CARRIED
        if "propertyNames" in schema:
            widened["propertyNames"] = {"enum": [*schema["propertyNames"]["enum"], *_CARRIED]}
        if "dist" in schema.get("properties", {}):
            widened["properties"]["unit"] = _TEXT
        if isinstance(schema.get("additionalProperties"), dict):
            widened["additionalProperties"] = _deletable(schema["additionalProperties"])
        if "patternProperties" in schema:
            widened["patternProperties"] = {name: _deletable(part) for name, part in schema["patternProperties"].items()}
        return widened
    if schema.get("type") == "array":
        return {**schema, "items": _editor(schema["items"])}
    hints = {key: schema[key] for key in ("title", "description", "default") if key in schema}
    plain = [{key: value for key, value in schema.items() if key not in hints}]
    return hints | {"anyOf": [*plain, _NULL, _wrapper(plain)]}


def _deletable(schema: dict[str, Any]) -> dict[str, Any]:
    """The widened schema of what a mapping holds, or null, which deletes it from the file below."""
    widened = _editor(schema)
    if "anyOf" in widened:
        return widened if _NULL in widened["anyOf"] else widened | {"anyOf": [*widened["anyOf"], _NULL]}
    if "type" in widened:
        return widened | {"type": [widened["type"], "null"]}
    hints = {key: widened.pop(key) for key in ("title", "description", "default") if key in widened}
    return hints | {"anyOf": [widened, _NULL]}


def _wrapper(value: list[dict[str, Any]]) -> dict[str, Any]:
    inner = value[0] if len(value) == 1 else {"anyOf": value}
    properties = {"value": inner, "unit": _TEXT, **_CARRIED}
    return {"type": "object", "properties": properties, "required": ["value"], "additionalProperties": False}
