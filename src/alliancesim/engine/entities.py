"""The numbers that entities carry in the order of events (`plan.order.order_key`), beside those of jobs."""

from __future__ import annotations

STATEMENT, REGIME, TARIFF, STATEMENT_CLOCK, REGIME_CLOCK = range(5)
"""Entities of rank REGIME."""
FIRST_TAX, FIRST_BID = 1 << 24, 1 << 25
"""Entities of rank ROUND: meetings, then from these numbers on tax steps and bids."""
BACKGROUND_BITS = 24
BACKGROUND_ENTITY = 1 << BACKGROUND_BITS
"""Entities of background orders start here for the first resource, twice here for the second, and so on."""
BACKLOG_ENTITY = BACKGROUND_ENTITY // 2
"""Number, among a resource's orders, of the first one found waiting at the as-of date."""
