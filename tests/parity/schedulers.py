"""Hand-made mutants of the batch engine's scheduler: what a slip of the pen would make of it."""

from __future__ import annotations

from mutants import Mutant

PLAY, WALK, ARRIVALS, CUSTOMERS, DURATIONS, LOTS, WAITING, SPACE, EVENTS, AGENDA, DIPLOMACY = (
    f"engine/batch/{name}.py"
    for name in ("play", "walk", "arrivals", "customers", "durations", "lots", "waiting", "workspace", "eventlist", "agenda",
                 "diplomacy")
)  # fmt: skip
ALLIANCE, OCCUPANCY, EXPORTS = (f"engine/{name}.py" for name in ("alliance", "occupancy", "exports"))

_SLIPS = (
    # ties and ranks
    ("entities come before ranks", EVENTS, "(rank << ENTITY_BITS) | entity", "(entity << 4) | rank"),
    ("a month is cut to quarters", EVENTS, "int(t * MONTH_TICKS)", "int(int(t * 4.0) * MONTH_TICKS / 4.0)"),
    ("the list gives not its first event", EVENTS, "elif event < events[before]:", "elif event > events[before]:"),
    (
        "who waits longest comes last",
        WAITING,
        ", place(priority, tick), entity)",
        ", place(priority, (1 << 27) - 1 - tick), entity)",
    ),
    ("priorities of programs are nothing", WALK, "net.route[p, ROUTE_PRIORITY],", "0,"),
    ("priorities of customers are nothing", CUSTOMERS, "net.resource[q, RESOURCE_PRIORITY],", "0,"),
    (
        "equals wait in the order of their asking alone",
        WAITING,
        "first[parent] < one or (first[parent] == one and second[parent] < two)",
        "first[parent] <= one",
    ),
    (
        "a place is given before all requests of the instant are in",
        PLAY,
        "next_month(space) > now:\n            grant(",
        "next_month(space) >= now:\n            grant(",
    ),
    (
        "woken jobs go on before begun ones",
        SPACE,
        "JUST_BEGUN if space.ready[JUST_BEGUN, FIRST] != NONE else WOKEN",
        "WOKEN if space.ready[WOKEN, FIRST] != NONE else JUST_BEGUN",
    ),
    (
        "a job parked before its first work counts as completing",
        WALK,
        "rank = ON_REQUEST if phase == START else ON_COMPLETION",
        "rank = ON_COMPLETION",
    ),
    (
        "a job that has worked still counts as asking",
        WALK,
        "                    rank = ON_COMPLETION\n",
        "                    rank = ON_REQUEST\n",
    ),
    # resources
    ("one more is in work than there is room", PLAY, "use[IN_USE] < room", "use[IN_USE] <= room"),
    (
        "only one is granted at a time",
        PLAY,
        "            append(space, space.ready[WOKEN], slot_of(space, entity))\n            continue\n",
        "            append(space, space.ready[WOKEN], slot_of(space, entity))\n            break\n",
    ),
    (
        "nobody looks at the queue on the budget day",
        PLAY,
        "                look_everywhere(space)\n",
        "",
    ),
    (
        "next year's room holds a year early",
        OCCUPANCY,
        "min(year, plan.years - 1)",
        "min(year + 1, plan.years - 1)",
    ),
    ("a line works at the first year's rate", WAITING, "year_of(t, plan.years)]", "0]"),
    (
        "disruptions are seen by nobody",
        WAITING,
        "    if count == 0:\n        return start + work",
        "    if count >= 0:\n        return start + work",
    ),
    (
        "a release wakes nobody",
        WAITING,
        "    if space.use[q, QUEUED] > 0:\n        look(space, q)\n\n\n@part\ndef request",
        "\n\n@part\ndef request",
    ),
    (
        "customers' work is not done in the second half of the horizon",
        PLAY,
        "        if t <= plan.horizon_months:\n",
        "        if t <= 0.5 * plan.horizon_months:\n",
    ),
    # the horizon and the as-of date
    (
        "work that ends at the horizon does not",
        WALK,
        "                if t > horizon:\n",
        "                if t >= horizon:\n",
    ),
    (
        "work on resources that ends at the horizon does not",
        WALK,
        "                if t <= horizon:\n",
        "                if t < horizon:\n",
    ),
    ("rework is possible at the as-of date", WALK, "            if t > as_of:\n", "            if t >= as_of:\n"),
    (
        "history waits for prerequisites",
        WALK,
        "STEP_AFTER_COUNT] > 0 and t >= as_of:",
        "STEP_AFTER_COUNT] > 0:",
    ),
    ("history waits for places", WALK, "== 1 and asked + ahead >= as_of\n", "== 1\n"),
    ("a tranche takes its place before its turn", WALK, "else asked + ahead\n", "else asked\n"),
    ("a tranche of history asks when its lot came to the line", WALK, "max(asked, as_of) if in_line", "asked if in_line"),
    ("history feels pressure", WALK, "if elasticity > 0.0 and own > 0.0 and t >= as_of:", "if elasticity > 0.0 and own > 0.0:"),
    # running ahead
    ("a job runs ahead past a resource", WALK, "if t > now and (q >= 0 or (", "if t > now and (q >= 1 or ("),
    (
        "a job runs ahead past a change of pressure",
        WALK,
        "(elastic or ",
        "(not elastic and ",
    ),
    ("a walk passes what is shared", SPACE, "(shares or reads or", "(reads or"),
    ("a walk passes what reads the present", SPACE, "(shares or reads or", "(shares or"),
    ("a walk passes what may fail", SPACE, "reads or fails or", "reads or"),
    ("a walk passes what may be sent back", SPACE, "or returns or takes_effect", "or takes_effect"),
    ("a walk passes deliveries", SPACE, " or takes_effect)", ")"),
    ("a walk passes stages of other length", SPACE, "plain = space.stretch[i] == 1.0 and ", "plain = "),
    ("a walk repeats no work", WALK, " and gate == NONE:", ":"),
    ("a walk begins in the past", WALK, "space.walkable[i] == 1 and t >= as_of", "space.walkable[i] == 1"),
    ("a walk is for every tranche", WALK, " and job[TRANCHE] == 0:\n                passed", ":\n                passed"),
    ("a job runs ahead past a prerequisite", WALK, "STEP_AFTER_COUNT] > 0))):", "STEP_AFTER_COUNT] > 9))):"),
    (
        "a job delivers ahead of the clock",
        WALK,
        "if t > now and (phase == FAILED or effective):",
        "if t > now and phase == FAILED:",
    ),
    ("a job fails ahead of the clock", WALK, "if t > now and (phase == FAILED or effective):", "if t > now and effective:"),
    # conditions
    (
        "a job runs ahead past a change of a condition",
        WALK,
        "elastic = numbers[ELASTICITY] > 0.0 or step[STEP_SLOW_COUNT] > 0",
        "elastic = numbers[ELASTICITY] > 0.0",
    ),
    (
        "history feels conditions",
        WALK,
        "if step[STEP_SLOW_COUNT] > 0 and own > 0.0 and t >= as_of:",
        "if step[STEP_SLOW_COUNT] > 0 and own > 0.0:",
    ),
    ("nobody looks at the queue when a condition moves", ARRIVALS, "if reached_bits >= MOVED:", "if reached_bits > 99:"),
    ("conditions speed up no line", WAITING, "year_of(t, plan.years)] * s.scale[q]", "year_of(t, plan.years)]"),
    ("a completion is reached again", ARRIVALS, "if space.completed[p] == 0 and delivered", "if delivered"),
    ("what was complete is so for good", LOTS, "if not is_complete(s, p, latest):", "if space.completed[p] == 0:"),
    ("conditions open no slot", OCCUPANCY, "plan.years - 1)], s.scale[q])", "plan.years - 1)], 1.0)"),
    (
        "becoming operational has no effect",
        WALK,
        "apply_reached(plan, w, s, p, 1 << FIRST_OPERATIONAL_EVENT, now)",
        "1 << FIRST_OPERATIONAL_EVENT",
    ),
    ("what conditions and pressure add is an overrun too", WALK, "mine[ADDED] = work - own", "mine[ADDED] = 0.0"),
    # work sent back
    ("an inner gate ends what an outer one sent back", WALK, "job[GATE] = space.outer[slot, k]", "job[GATE] = NONE"),
    (
        "an inner gate's share holds beyond it",
        WALK,
        "if job[GATE] != NONE:\n        space.times",
        "if False:\n        space.times",
    ),
    ("a gate once passed is always passed", WALK, "draw = index + int(seen[k]) - 1", "draw = index + int(sent[k])"),
    # jobs
    ("tranches forget their lot's history", LOTS, "    copy_ticket(space.times[slot], times)\n", ""),
    ("tranches do not stand behind one another", LOTS, "    times[OFFSET] = offset\n", ""),
    (
        "a repeated stage waits behind its own lot again",
        WALK,
        "                if not repeated:\n                    ahead =",
        "                if True:\n                    ahead =",
    ),
    ("every visit draws the same noise", DURATIONS, " + int(space.visits[slot, k]))", ")"),
    (
        "a lot may be sent back once more",
        WALK,
        "< step[STEP_REWORK_MOST]",
        "<= step[STEP_REWORK_MOST]",
    ),
    (
        "only the first of many that wait is woken",
        ARRIVALS,
        "            woken[LAST] = waiting[LAST]\n",
        "            woken[LAST] = waiting[FIRST]\n            space.jobs[waiting[FIRST], NEXT] = NONE\n",
    ),
    (
        "the first job under way is taken for the last",
        LOTS,
        "                under_way[p, LAST] = slot\n                if under_way[p, FIRST] == NONE:\n",
        "                if under_way[p, FIRST] == NONE:\n                    under_way[p, LAST] = slot\n",
    ),
    # what changes the plan
    ("what is dropped completes no program", LOTS, "        complete_dropped(plan, w, s, space, now)\n", "        pass\n"),
    (
        "the plan never changes",
        LOTS,
        "    if change_plan(plan, w, s, out, seed, replication, y):\n        complete_dropped(plan, w, s, space, now)\n",
        "",
    ),
    ("initiatives begin with their fiscal year", LOTS, "t = now + lot_wait(plan, p, wait)", "t = now + wait"),
    (
        "initiatives of the past began with their fiscal year",
        LOTS,
        "12.0 * net.lot[lot, LOT_YEAR] + plan.program_begin_months[net.lot[lot, LOT_PROGRAM]]",
        "12.0 * net.lot[lot, LOT_YEAR]",
    ),
    ("bids are never decided", AGENDA, "known = open_bids(plan)", "known = open_bids(plan)[:0]"),
    ("a bid won on the day of a budget waits for the next", EXPORTS, "math.ceil(t / 12.0)", "t // 12.0 + 1.0"),
    # the calendar
    (
        "a tax put off is never asked again",
        DIPLOMACY,
        "            return s.tax_months[entity - FIRST_TAX]",
        "            return NEVER",
    ),
    (
        "a clock's candidates share their draws",
        ALLIANCE,
        "STATEMENT_DRAWS, REGIME_DRAWS = 3, 2",
        "STATEMENT_DRAWS, REGIME_DRAWS = 2, 1",
    ),
    ("clocks run from the start, not from the as-of date", AGENDA, "clock, 0, plan.as_of_months)", "clock, 0, 0.0)"),
    (
        "regimes on record before the start are forgotten",
        AGENDA,
        "        if net.regimes[i, 0] < horizon:",
        "        if 0.0 <= net.regimes[i, 0] < horizon:",
    ),
    (
        "customers come from the start, not from the as-of date",
        CUSTOMERS,
        "replication, q, 0, plan.as_of_months)",
        "replication, q, 0, 0.0)",
    ),
    ("a line's customers wait in orders drawn anew", CUSTOMERS, "        return w.resource[q, BACKLOG]\n", "        pass\n"),
)
SLIPS = tuple(Mutant("scheduler", what, file, old, new) for what, file, old, new in _SLIPS)
"""What is changed, in words; the file; its text and what stands there instead."""
EQUAL: dict[str, str] = {}
"""Slips that change no outcome, with the reason."""
