"""Hand-made mutants of the batch engine's scheduler: what a slip of the pen would make of it."""

from __future__ import annotations

from mutants import Mutant

PLAY, SPACE, HEAP, AGENDA, ORDERS, EXPORTS = (
    f"engine/{name}.py" for name in ("play", "workspace", "heaps", "agenda", "orders", "exports")
)

_SLIPS = (
    # ties and ranks
    ("entities come before ranks", HEAP, "(rank << ENTITY_BITS) | entity", "(entity << 4) | rank"),
    ("a month is cut to quarters", HEAP, "int(t * MONTH_TICKS)", "int(int(t * 4.0) * MONTH_TICKS / 4.0)"),
    ("the list gives not its first event", HEAP, "if event <= heap[child]:", "if event <= heap[child] + (1 << TICK_BITS):"),
    (
        "who waits longest comes last",
        PLAY,
        "place(routes[p, ROUTE_PRIORITY], int(t * MONTH_TICKS))",
        "place(routes[p, ROUTE_PRIORITY], (1 << 27) - 1 - int(t * MONTH_TICKS))",
    ),
    ("priorities of programs are nothing", PLAY, "place(routes[p, ROUTE_PRIORITY],", "place(0,"),
    ("priorities of customers are nothing", PLAY, "place(resources[q, RESOURCE_PRIORITY],", "place(0,"),
    (
        "equals wait in the order of their asking alone",
        HEAP,
        "first[parent] < one or (first[parent] == one and second[parent] < two)",
        "first[parent] <= one",
    ),
    (
        "a place is given before all requests of the instant are in",
        PLAY,
        "month_of(heap[0]) > now):",
        "month_of(heap[0]) >= now):",
    ),
    (
        "woken jobs go on before begun ones",
        PLAY,
        "        if begun_first != NONE:\n",
        "        if begun_first != NONE and woken_first == NONE:\n",
    ),
    (
        "a job parked before its first work counts as completing",
        PLAY,
        "rank = REQUEST if phase == START else COMPLETION",
        "rank = COMPLETION",
    ),
    (
        "a job that has worked still counts as asking",
        PLAY,
        "                        rank = COMPLETION\n",
        "                        rank = REQUEST\n",
    ),
    # resources
    ("one more is in work than there is room", PLAY, "use[q, IN_USE] < room", "use[q, IN_USE] <= room"),
    (
        "only one is granted at a time",
        PLAY,
        "while use[q, QUEUED] > 0 and use[q, IN_USE] < room",
        "if use[q, QUEUED] > 0 and use[q, IN_USE] < room",
    ),
    (
        "nobody looks at the queue on the budget day",
        PLAY,
        "                    pending, soonest = look_everywhere(use, pending, soonest)\n                    t =",
        "                    t =",
    ),
    (
        "next year's room holds a year early",
        SPACE,
        "capacity[q, min(year, capacity.shape[1] - 1)]",
        "capacity[q, min(year + 1, capacity.shape[1] - 1)]",
    ),
    ("a line works at the first year's rate", SPACE, "if t > 0.0 else 0]", "if t < 0.0 else 0]"),
    (
        "disruptions are seen by nobody",
        SPACE,
        "    if count == 0:\n        return start + work",
        "    if count >= 0:\n        return start + work",
    ),
    (
        "a customer's release wakes nobody",
        PLAY,
        "                    if use[q, QUEUED] == 0:\n                        continue",
        "                    continue",
    ),
    (
        "customers' work is not done in the second half of the horizon",
        PLAY,
        "                    if t <= horizon:\n                        if count",
        "                    if t <= 0.5 * horizon:\n                        if count",
    ),
    # the horizon and the as-of date
    (
        "work that ends at the horizon does not",
        PLAY,
        "                    if t > horizon:\n",
        "                    if t >= horizon:\n",
    ),
    (
        "work on resources that ends at the horizon does not",
        PLAY,
        "                    if t <= horizon:\n                        park",
        "                    if t < horizon:\n                        park",
    ),
    ("rework is possible at the as-of date", PLAY, "                if t > as_of:\n", "                if t >= as_of:\n"),
    (
        "history waits for prerequisites",
        PLAY,
        "STEP_AFTER_COUNT] > 0 and t >= as_of:",
        "STEP_AFTER_COUNT] > 0:",
    ),
    ("history waits for places", PLAY, "queued = queues and t >= as_of", "queued = queues"),
    ("history feels pressure", PLAY, "if elasticity > 0.0 and own > 0.0 and t >= as_of:", "if elasticity > 0.0 and own > 0.0:"),
    # running ahead
    ("a job runs ahead past a resource", PLAY, "if t > now and (q >= 0 or (", "if t > now and (q >= 1 or ("),
    (
        "a job runs ahead past a change of pressure",
        PLAY,
        "(elastic or ",
        "(not elastic and ",
    ),
    ("a job runs ahead past a prerequisite", PLAY, "STEP_AFTER_COUNT] > 0))):", "STEP_AFTER_COUNT] > 9))):"),
    (
        "a job delivers ahead of the clock",
        PLAY,
        "if t > now and (phase == FAILED or effective):",
        "if t > now and phase == FAILED:",
    ),
    ("a job fails ahead of the clock", PLAY, "if t > now and (phase == FAILED or effective):", "if t > now and effective:"),
    # conditions
    (
        "a job runs ahead past a change of a condition",
        PLAY,
        "elastic = numbers[ELASTICITY] > 0.0 or step[STEP_SLOW_COUNT] > 0",
        "elastic = numbers[ELASTICITY] > 0.0",
    ),
    (
        "history feels conditions",
        PLAY,
        "if step[STEP_SLOW_COUNT] > 0 and own > 0.0 and t >= as_of:",
        "if step[STEP_SLOW_COUNT] > 0 and own > 0.0:",
    ),
    ("nobody looks at the queue when a condition moves", PLAY, "if reached_bits >= MOVED:", "if reached_bits > 99:"),
    ("conditions speed up no line", SPACE, "if t > 0.0 else 0] * scale[q]", "if t > 0.0 else 0]"),
    ("conditions open no slot", SPACE, "capacity.shape[1] - 1)], scale[q])", "capacity.shape[1] - 1)], 1.0)"),
    (
        "becoming operational has no effect",
        PLAY,
        "apply_reached(plan, w, s, p, 1 << FIRST_OPERATIONAL_EVENT, now)",
        "1 << FIRST_OPERATIONAL_EVENT",
    ),
    # jobs
    ("tranches forget their lot's history", SPACE, "    times[: len(TICKET)] = origin[: len(TICKET)]\n", ""),
    ("tranches do not stand behind one another", SPACE, "    times[OFFSET] = offset\n", ""),
    (
        "a repeated stage waits behind its own lot again",
        PLAY,
        "                    if not repeated:\n                        ahead =",
        "                    if True:\n                        ahead =",
    ),
    ("every visit draws the same noise", PLAY, "step[STEP_KEY], index + natural(seen[k]))", "step[STEP_KEY], index)"),
    (
        "a lot may be sent back once more",
        PLAY,
        "< step[STEP_REWORK_MOST]",
        "<= step[STEP_REWORK_MOST]",
    ),
    (
        "only the first of many that wait is woken",
        PLAY,
        "                    woken_last = awaited[p, milestone, 1]\n",
        "                    woken_last = first\n                    jobs[first, NEXT] = NONE\n",
    ),
    (
        "the first job under way is taken for the last",
        SPACE,
        "                last[p] = slot\n                if first[p] == NONE:\n",
        "                if first[p] == NONE:\n                    last[p] = slot\n",
    ),
    # what changes the plan
    ("the plan never changes", SPACE, "    change_plan(plan, w, s, out, seed, replication, y)\n", ""),
    ("initiatives begin with their fiscal year", SPACE, "t = now + lot_wait(plan, p, wait)", "t = now + wait"),
    (
        "initiatives of the past began with their fiscal year",
        SPACE,
        "12.0 * net.lot[lot, LOT_YEAR] + plan.program_begin_months[net.lot[lot, LOT_PROGRAM]]",
        "12.0 * net.lot[lot, LOT_YEAR]",
    ),
    ("bids are never decided", AGENDA, "known = open_bids(plan)", "known = open_bids(plan)[:0]"),
    ("a bid won on the day of a budget waits for the next", EXPORTS, "math.ceil(t / 12.0)", "t // 12.0 + 1.0"),
    # the calendar
    ("a tax put off is never asked again", AGENDA, "            return s.tax_months[entity - TAX]", "            return NEVER"),
    (
        "a clock's candidates share their draws",
        AGENDA,
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
        ORDERS,
        "replication, q, 0, plan.as_of_months)",
        "replication, q, 0, 0.0)",
    ),
    ("a line's customers wait in orders drawn anew", ORDERS, "        return w.resource[q, BACKLOG]\n", "        pass\n"),
)
SLIPS = tuple(Mutant("scheduler", what, file, old, new) for what, file, old, new in _SLIPS)
"""What is changed, in words; the file; its text and what stands there instead."""
EQUAL: dict[str, str] = {}
"""Slips that change no outcome, with the reason."""
