"""The batch engine, written to be fast: one compiled loop over arrays, for many replications."""

from alliancesim.engine.batch.engine import Engine

__all__ = ["Engine"]
