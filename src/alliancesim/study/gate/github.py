"""What a check found as workflow commands of GitHub Actions, which shows them beside the files of a change."""

from __future__ import annotations

from alliancesim.study.gate.check import CheckResult


def workflow_commands(results: list[CheckResult]) -> list[str]:
    """A line for everything that fails, and one for each expectation that is met."""
    lines = []
    for result in results:
        failing = [one for one in result.judged if not one.passes()]
        lines += [_line("error", one.sentence(), str(result.path), title=one.name) for one in failing]
        for range_verdict in result.ranges:
            if not range_verdict.passes():
                place = range_verdict.range.place
                name = f"expect.{range_verdict.range.name}"
                lines.append(_line("error", range_verdict.sentence(), place.file, place.line, name))
        if result.broken is not None:
            lines.append(_line("error", result.broken, str(result.path), title="expectation"))
        elif result.exact and not result.identical and not failing:
            lines.append(_line("error", result.verdict(), str(result.path), title="outcomes moved"))
        elif result.met:
            lines.append(_line("notice", result.verdict(), str(result.path), title="outcomes"))
    return lines


def _line(level: str, text: str, file: str, line: int = 1, title: str = "") -> str:
    """One workflow command, with what would end it early escaped."""
    properties = {"file": file, "line": str(line), "title": f"alliancesim check: {title}"}
    told = ",".join(f"{key}={_escaped(value, properties=True)}" for key, value in properties.items())
    return f"::{level} {told}::{_escaped(text)}"


def _escaped(text: str, *, properties: bool = False) -> str:
    escapes = {"%": "%25", "\r": "%0D", "\n": "%0A"} | ({":": "%3A", ",": "%2C"} if properties else {})
    return "".join(escapes.get(letter, letter) for letter in text)
