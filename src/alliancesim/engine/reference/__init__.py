"""The reference engine, written to be read: SimPy's clock, an object for each job and resource, a trace."""

from alliancesim.engine.reference.engine import Engine

__all__ = ["Engine"]
