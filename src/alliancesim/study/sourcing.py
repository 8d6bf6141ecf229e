"""Where a scenario's numbers come from: counts by confidence, checked citations, and the share of money that is sourced."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from alliancesim.errors import CheckFailed, Finding
from alliancesim.scenario.facts import check_facts
from alliancesim.scenario.load import LoadedScenario, as_loaded
from alliancesim.scenario.pipelines import Program
from alliancesim.scenario.planned import center, dated_value, dated_year, is_free, lots_of, planned_lot_bn
from alliancesim.scenario.provenance import Leaf
from alliancesim.scenario.values import Dated
from alliancesim.scenario.yamlfile import KeyPath
from alliancesim.study.sheet import Sheet

CONFIDENCES = ("sourced", "seed", "recalled", "assumed", None)
"""From the strongest to none at all."""


@dataclass(frozen=True)
class Amount:
    """Planned money of one fiscal year or lot, with the confidence of the number it rests on."""

    kind: str
    bn: float
    confidence: str | None


@dataclass
class SourceReport:
    """The origin of every number of a scenario."""

    scenario: str
    leaves: list[Leaf]
    citations: dict[str, str]
    """Citation by source id."""
    amounts: list[Amount]
    mistakes: list[Finding]
    """Values that differ from the fact they cite, or cite none that exists."""

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def counts(self) -> dict[str | None, int]:
        """Numbers by confidence."""
        found = Counter(leaf.confidence for leaf in self.leaves)
        return {confidence: found[confidence] for confidence in CONFIDENCES}

    def cited(self) -> int:
        """Numbers that cite a fact."""
        return sum(leaf.fact is not None for leaf in self.leaves)

    def money(self) -> dict[str, dict[str | None, float]]:
        """Planned money in bn by kind, then confidence."""
        found: dict[str, dict[str | None, float]] = {}
        for amount in self.amounts:
            row = found.setdefault(amount.kind, dict.fromkeys(CONFIDENCES, 0.0))
            row[amount.confidence] += abs(amount.bn)
        return found

    def sourced_share(self, kind: str | None = None) -> float | None:
        """Share of planned money that rests on a sourced number; None where there is no money."""
        rows = [row for name, row in self.money().items() if kind in (None, name)]
        total = sum(sum(row.values()) for row in rows)
        return sum(row["sourced"] for row in rows) / total if total > 0.0 else None

    def demand(self) -> None:
        """Raise CheckFailed with every citation that does not hold."""
        if self.mistakes:
            raise CheckFailed("\n".join(map(str, [*self.mistakes, f"{len(self.mistakes)} citations do not hold"])))

    def sheets(self, *, listed: bool = False) -> list[Sheet]:
        """The tables for people; every number where `listed`."""
        sheets = [self._list()] if listed else []
        counts = self.counts()
        sheet = Sheet(f"{self.scenario}: {len(self.leaves):,} numbers by confidence", ["confidence", "numbers", "share"])
        sheet.rows = [[c or "none given", f"{k:,}", f"{100 * k / max(1, len(self.leaves)):.1f} %"] for c, k in counts.items()]
        sheet.note = f"{self.cited():,} numbers cite a fact; {len(self.mistakes)} citations do not hold."
        return [*sheets, sheet, self._money_sheet(), self._register()]

    def plain(self, *, listed: bool = False) -> dict[str, Any]:
        """Everything, as plain data fit for JSON."""
        said: dict[str, Any] = {
            "scenario": self.scenario,
            "numbers": len(self.leaves),
            "by_confidence": {confidence or "none": count for confidence, count in self.counts().items()},
            "citing_a_fact": self.cited(),
            "mistakes": [str(mistake) for mistake in self.mistakes],
            "money_bn": {kind: {c or "none": bn for c, bn in row.items()} for kind, row in self.money().items()},
            "sourced_share_of_money": self.sourced_share(),
        }
        if listed:
            said["list"] = [
                {"path": leaf.name, "value": leaf.value, "confidence": leaf.confidence, "source": leaf.source, "fact": leaf.fact,
                 "note": leaf.note, "place": _place(leaf)}
                for leaf in self.leaves
            ]  # fmt: skip
        return said

    def _list(self) -> Sheet:
        sheet = Sheet("Every number", ["number", "confidence", "source", "fact", "place", "value"], text_columns=5)
        sheet.rows = [
            [leaf.name, leaf.confidence or "none given", leaf.source or "-", leaf.fact or "-", _place(leaf), f"{leaf.value:.10g}"]
            for leaf in self.leaves
        ]
        return sheet

    def _money_sheet(self) -> Sheet:
        columns = ["planned money, bn", *(confidence or "none given" for confidence in CONFIDENCES), "sourced"]
        sheet = Sheet("Planned money over the horizon by the confidence of the number it rests on", columns)
        money = self.money()
        for kind, row in money.items():
            sheet.rows.append([kind, *(f"{row[c]:,.0f}" for c in CONFIDENCES), _percent(self.sourced_share(kind))])
        total = [sum(row[c] for row in money.values()) for c in CONFIDENCES]
        sheet.rows.append(["all", *(f"{bn:,.0f}" for bn in total), _percent(self.sourced_share())])
        sheet.note = (
            "Kinds overlap: a lot is paid from the topline and takes authority. Years grown beyond the last given one rest on "
            "the growth. A lot without a cost on record is at the planned prices of its year and rests on the weaker of its "
            "units and unit cost. A topline given as a share of GDP is of the GDP of its base year."
        )
        return sheet

    def _register(self) -> Sheet:
        sheet = Sheet("Numbers by source", ["source", "citation", "numbers"], text_columns=2)
        for source, count in Counter(map(_source, self.leaves)).most_common():
            sheet.rows.append([source, self.citations.get(source, "-")[:90], f"{count:,}"])
        return sheet


def sources(scenario: str | os.PathLike[str] | LoadedScenario, settings: Mapping[str, str] | None = None) -> SourceReport:
    """Where the numbers of a scenario come from. Raises ScenarioError for one that cannot be used."""
    loaded = as_loaded(scenario, settings)
    register = {name: source.citation for name, source in loaded.scenario.sources.items()}
    leaves = list(loaded.provenance.values())
    return SourceReport(loaded.scenario.name, leaves, register, list(_amounts(loaded)), check_facts(loaded))


def _amounts(loaded: LoadedScenario) -> Iterator[Amount]:
    money = loaded.scenario.money
    opening, supplementary = money.opening_burden, money.supplementary
    dated: list[tuple[str, KeyPath, Dated | None]] = [
        ("topline", ("money", "topline_bn"), money.topline_bn),
        ("personnel", ("money", "personnel_bn"), money.personnel_bn),
        ("host-nation support", ("money", "hns_bn"), money.hns_bn),
        *(("authority", ("money", "buckets", name, "authority_bn"), b.authority_bn) for name, b in money.buckets.items()),
        ("opening burden", ("money", "opening_burden", "runoff_bn"), opening.runoff_bn if opening else None),
        ("opening burden", ("money", "opening_burden", "apart_bn"), opening.apart_bn if opening else None),
        ("supplementary", ("money", "supplementary", "total_bn"), supplementary.total_bn),
        ("deobligation", ("money", "deobligation_bn"), money.deobligation_bn),
    ]
    for kind, path, value in dated:
        if value is not None:
            yield from _years(loaded, kind, path, value)
    if money.topline_share_of_gdp is not None:
        gdp = center(loaded.scenario.economy.gdp.base_bn)
        for one in _years(loaded, "topline", ("money", "topline_share_of_gdp"), money.topline_share_of_gdp):
            yield Amount(one.kind, one.bn * gdp, _weaker(one.confidence, _confidence(loaded, ("economy", "gdp", "base_bn"))))
    for name, program in loaded.scenario.programs.items():
        if is_free(loaded.scenario, program):
            continue
        yield from _lots(loaded, name, program)


def _years(loaded: LoadedScenario, kind: str, path: KeyPath, dated: Dated) -> Iterator[Amount]:
    """One amount per fiscal year of the horizon."""
    horizon = loaded.scenario.horizon
    for fy in range(horizon.first_fy, horizon.last_fy + 1):
        taken, grown = dated_year(dated, fy)
        rests_on = _confidence(loaded, path if taken is None else (*path, taken))
        if grown:
            rests_on = _weaker(rests_on, _confidence(loaded, (*path, "then_growth_share"), unsaid="assumed"))
        yield Amount(kind, dated_value(dated, fy), rests_on)


def _lots(loaded: LoadedScenario, name: str, program: Program) -> Iterator[Amount]:
    """One amount per lot of the horizon."""
    scenario, horizon = loaded.scenario, loaded.scenario.horizon
    for i, lot in enumerate(lots_of(scenario, program)):
        if not horizon.first_fy <= lot.fy <= horizon.last_fy:
            continue
        path: KeyPath = ("programs", name, "lots", i)
        rests_on = _confidence(loaded, (*path, "units" if lot.cost_bn is None else "cost_bn"))
        if lot.cost_bn is None and program.quantity == "units":
            rests_on = _weaker(rests_on, _confidence(loaded, ("programs", name, "unit_cost_bn")))
        yield Amount("lots", planned_lot_bn(scenario, program, lot.fy, lot.units, lot.cost_bn), rests_on)


def _confidence(loaded: LoadedScenario, path: KeyPath, unsaid: str | None = None) -> str | None:
    """Confidence of a number; of a distribution, of its weakest parameter; `unsaid` where the file does not give it."""
    leaf = loaded.provenance.get(path)
    if leaf is not None:
        return leaf.confidence
    parts = [part.confidence for key, part in loaded.provenance.items() if key[:-1] == path]
    return _weaker(*parts) if parts else unsaid


def _weaker(*confidences: str | None) -> str | None:
    return max(confidences, key=CONFIDENCES.index)


def _source(leaf: Leaf) -> str:
    if leaf.source is None and leaf.fact is not None:
        return f"facts: {leaf.fact.split('/')[0]}"
    return leaf.source or "none given"


def _place(leaf: Leaf) -> str:
    return f"{os.path.basename(leaf.at.file)}:{leaf.at.line}"  # noqa: PTH119 -- a shown name, not always a path


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
