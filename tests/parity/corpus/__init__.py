"""Adversarial scenarios by name: small ones, each made to bring out one way in which two schedulers could part."""

from __future__ import annotations

from corpus import (  # noqa: F401  (they register theirs)
    capability,
    changes,
    clock,
    conditions,
    linkage,
    lots,
    money,
    prerequisites,
    prices,
    resources,
    rework,
    stages,
    switches,
)
from corpus.register import CORPUS, SEED

__all__ = ["CORPUS", "SEED"]
