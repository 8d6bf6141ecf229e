"""What happens at one instant, and what meets the horizon or the as-of date."""

from __future__ import annotations

from harness import Tree, overlay, plain

from corpus.register import adversary, build, first_month, fleet, lasting, line, slots

LOUD: Tree = {"pressure": {"statements_per_month": {"firewalled": 0.5}, "statement_size": 1.0}}


@adversary
def everything_at_once() -> Tree:
    """Many lots of equal duration and priority before one slot: only the entity decides."""
    stages = build(work={"duration_months": 12.0, "resource": "yard"})
    return fleet(5, "abcdef", stages, resources__yard=slots(1))


@adversary
def everything_at_once_in_two_stages() -> Tree:
    """A slot is given back and asked for by the same lot at the same instant, beside all others."""
    stages = build(hull={"duration_months": 6.0, "resource": "yard"}, fit={"duration_months": 6.0, "resource": "yard"})
    return fleet(4, "abcde", stages, resources__yard=slots(2))


@adversary
def equal_entities_of_equal_years() -> Tree:
    """Opening lots and slots of the same years under names in reverse order of priority."""
    stages = build(work={"duration_months": 9.0, "resource": "yard"})
    tree = fleet(4, "abcd", stages, resources__yard=slots(1))
    for n, name in enumerate("abcd"):
        tree["programs"][name] |= {
            "priority": 4 - n, "lots": [{"fy": fy, "units": 1} for fy in range(2023, 2029)],
        }  # fmt: skip
    return tree


@adversary
def releases_and_requests_on_the_budget_day() -> Tree:
    """Work ends, lots are contracted and the slots change, all on the first day of a year."""
    stages = build(plan={"duration_months": 12.0}, work={"duration_months": 12.0, "resource": "yard"})
    return fleet(6, "abc", stages, resources__yard=slots({2025: 1, 2027: 3, 2028: 1, 2029: 2}))


@adversary
def horizon_of_one_year() -> Tree:
    """The shortest horizon, and a lot that is delivered at its end."""
    return plain(1, channels__domestic__stages__build__duration_months=12.0)


@adversary
def nothing_ends_in_one_year() -> Tree:
    """The shortest horizon, with queue, line and prerequisites under way at its end."""
    stages = build(plan={"duration_months": 4.0, "resource": "team"}, work={"duration_months": 3.0, "resource": "plant"})
    tree = fleet(1, "abc", stages, resources={"team": slots(1), "plant": line(0.2)})
    tree["programs"]["b"] |= {"stages": {"work": {"after": ["a.first_delivery"]}}}
    return tree


@adversary
def work_ends_at_the_horizon() -> Tree:
    """A completion at the horizon counts; the stage after it, without duration, too."""
    stages = {
        "work": {"duration_months": 36.0, "milestone": "delivered"},
        "fit": {"duration_months": 0.0, "milestone": "operational"},
    }
    return plain(3, channels__domestic__stages=stages)


@adversary
def work_ends_a_tick_late() -> Tree:
    """One tick beyond the horizon is censored."""
    return plain(3, channels__domestic__stages__build__duration_months=36.0 + 1.0 / 1024.0)


@adversary
def rework_at_the_horizon() -> Tree:
    """Sent back at the horizon itself: the repeated stage would begin there."""
    stages = build(
        work={"duration_months": 12.0},
        test={"duration_months": 12.0, "rework": {"probability": 1.0, "to": "work", "most": 2}},
    )
    return plain(2, channels__domestic__stages=stages)


@adversary
def rework_beyond_the_horizon() -> Tree:
    """Rework begins within the horizon and ends beyond it, on a resource others wait for."""
    stages = build(
        work={"duration_months": 10.0, "resource": "yard"},
        test={"duration_months": 3.0, "rework": {"probability": 1.0, "to": "work"}},
    )
    return fleet(2, "ab", stages, resources__yard=slots(1))


@adversary
def grant_at_the_horizon() -> Tree:
    """A slot comes free at the horizon while others wait for it."""
    return fleet(2, "abc", build(work={"duration_months": 24.0, "resource": "yard"}), resources__yard=slots(1))


@adversary
def request_at_the_horizon() -> Tree:
    """The stage before the resource ends at the horizon."""
    stages = build(plan={"duration_months": 24.0}, work={"duration_months": 1.0, "resource": "yard"})
    return fleet(2, "ab", stages, resources__yard=slots(1))


@adversary
def year_borders() -> Tree:
    """Statement, regime, tariff, round, tax, budget, completion and request on the first day of a year."""
    day = "2026-04"
    tree = fleet(
        4, "ab", build(work={"duration_months": 12.0, "resource": "yard", "pressure_elasticity": 0.5}),
        resources__yard=slots(1),
        linkage={
            "initial_regime": "contested",
            "statements": [{"date": day, "size": 1.0}, {"date": day, "size": 1.0}],
            "rounds": {"a": {"dates": [day], "hns": True}, "b": {"dates": [day, "2027-04"]}},
            "outcomes": {r: {"pressure_add": 0.3, "pressure_mult": 0.5, "hns_mult": 1.2, "regime": "linked", "tariff_share": 0.2,
                             "commitment_bn_per_year": 1.0, "commitment_years": 2} for r in ("failure", "muddle", "favorable")},
            "support": {"pressure_drag_per_month": 0.02},
        },
        money__hns_bn=10.0, money__hns_bucket="arms",
        money__taxes={name: {"date": day, "yield_bn": 5.0, "support_hit_share": 0.1} for name in ("x", "y")},
    )  # fmt: skip
    return tree


@adversary
def statement_as_a_stage_begins() -> Tree:
    """A drawn statement falls on the instant at which one stage ends and the next reads the pressure."""
    stages = build(plan={"duration_months": 5.0}, work={"duration_months": 9.0, "pressure_elasticity": 1.0})
    tree = plain(4, channels__domestic__stages=stages, linkage=LOUD)
    return lasting(tree, "plan", first_month(tree, "statement"))


@adversary
def statement_as_a_place_is_given() -> Tree:
    """The same with a resource asked for at that instant, by two lots of which one waits."""
    stages = build(plan={"duration_months": 5.0}, work={"duration_months": 9.0, "pressure_elasticity": 1.0, "resource": "yard"})
    tree = fleet(4, "ab", stages, resources__yard=slots(1), linkage=LOUD)
    return lasting(tree, "plan", first_month(tree, "statement"))


@adversary
def dated_statement_as_a_stage_begins() -> Tree:
    """Dated statements and rounds on the days on which stages begin."""
    stages = build(plan={"duration_months": 6.0}, work={"duration_months": 9.0, "pressure_elasticity": 1.0})
    linkage = {
        "statements": [{"date": d, "size": 0.7} for d in ("2025-04", "2025-10", "2025-10", "2026-04", "2026-10")],
        "rounds": {"talks": {"dates": ["2025-10", "2026-04"]}},
        "outcomes": {result: {"pressure_mult": 3.0} for result in ("failure", "muddle", "favorable")},
    }
    return fleet(3, "ab", stages, linkage=linkage)


@adversary
def supplementary_meets_rounds() -> Tree:
    """The supplementary budget reads support on the day of a round and of a tax."""
    return plain(
        4,
        money__supplementary={"month": 6, "total_bn": 50.0, "prepay_share": 0.5, "authority_bn": 2.0},
        money__cascade={"supplementary_intercept_share": 0.1, "supplementary_slope": 0.9},
        money__taxes={"x": {"date": "2025-10", "yield_bn": 9.0, "support_hit_share": 0.5}},
        linkage={"rounds": {"talks": {"dates": ["2025-10"]}}, "support": {"initial_share": 0.5}},
    )


def crowded(events: int) -> Tree:
    """So many events known at the start: dated statements, and no clock beside them."""
    statements = [{"date": f"{2025 + n % 3}-{4 + n % 9:02d}", "size": 0.01} for n in range(events)]
    pressure = {"statements_ceiling_per_month": 0.0}
    return plain(4, linkage={"statements": statements, "pressure": pressure, "ceiling_per_month": 0.0})


@adversary
def calendar_filled_to_the_brim() -> Tree:
    """As many events at the start as a power of two: where room grows twofold, none is left for the next."""
    return crowded(1024)


@adversary
def calendar_that_grows() -> Tree:
    """More events at the start, and orders waiting, than any first guess has room for."""
    tree = crowded(1500)
    block = {"arrivals_per_month": 1.0, "size": {"dist": "exponential", "mean": 0.1}, "backlog": 1500}
    return tree | {"resources": {"yard": slots(3, background=block)}}


AS_OF: Tree = {
    "plan": {"duration_months": 4.0, "noise": {"p90": 1.5}},
    "work": {"duration_months": 8.0, "noise": {"p90": 1.5, "system_loading_share": 0.5}, "resource": "yard"},
    "fly": {"duration_months": 2.0, "noise": {"p90": 1.5}, "milestone": "delivered", "pressure_elasticity": 0.5},
    "fit": {"duration_months": 7.0, "noise": {"p90": 1.5}, "milestone": "operational",
            "rework": {"probability": 0.7, "to": "work"}},
}  # fmt: skip


def known(month: str) -> Tree:
    """Lots of all years with an as-of month."""
    tree = fleet(4, "abc", AS_OF, resources__yard=slots({2025: 2, 2027: 1}), horizon__as_of=month, linkage=LOUD)
    for name in "ab":
        tree["programs"][name] |= {"lots": [{"fy": fy, "units": 2} for fy in range(2022, 2029)]}
    return tree


@adversary
def as_of_the_first_month() -> Tree:
    """Only the first month is fact."""
    return known("2025-04")


@adversary
def as_of_mid_year() -> Tree:
    """An as-of month within a year, with work on slots under way."""
    return known("2026-09")


@adversary
def as_of_a_completion() -> Tree:
    """The as-of date is the planned end of a stage and the start of the next: ties between fact and draw."""
    return known("2026-03")


@adversary
def as_of_the_end() -> Tree:
    """All is fact up to the last month."""
    return known("2029-03")


@adversary
def as_of_and_states() -> Tree:
    """States in every stage: on the resource, after delivery, nothing done, all done."""
    tree = known("2026-09")
    for name, stage, done in (("a", "work", 0.5), ("b", "fit", 1.0), ("c", "plan", 0.0)):
        tree = overlay(tree, {f"programs.{name}.state": [{"fy": 2025, "stage": stage, "done_share": done}]})
    tree["programs"]["b"]["state"] = [
        {"fy": 2023, "stage": "fit", "done_share": 0.0}, {"fy": 2024, "stage": "work", "done_share": 1.0},
        {"fy": 2025, "stage": "fly", "done_share": 0.3}, {"fy": 2026, "stage": "plan", "done_share": 1.0},
    ]  # fmt: skip
    return tree


@adversary
def fiscal_years_from_january() -> Tree:
    """Fiscal years of calendar years, with an as-of month and a prerequisite on the budget day."""
    tree = overlay(known("2026-06"), {"horizon.fy_first_month": 1})
    return overlay(tree, {"programs.c.stages.work.after": ["a.first_operational"]})


@adversary
def ticks() -> Tree:
    """Stages of one tick and less, in long rows before one slot."""
    stages = {f"s{i}": {"duration_months": 1e-5 * 10**i, "resource": "yard"} for i in range(5)}
    return fleet(2, "abcd", build(**stages), resources__yard=slots(1))
