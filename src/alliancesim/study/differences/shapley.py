"""Shapley values: how a game's worth is shared out among its players (Shapley 1953).

A player's share is a weighted sum of the worths of coalitions. A scheme holds those weights: exact ones over all coalitions, or
those of sampled orders in which players join (Castro, Gomez & Tejada 2009), each taken forth and back (Mitchell et al. 2022).
A coalition is a number whose bit i says whether player i is in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alliancesim.rules.draws import address_key, uniform
from alliancesim.study.runs.layout import Floats
from alliancesim.study.statistics.estimate import student

MOST_EXACT = 10
"""Players for which all coalitions are worked out."""


@dataclass(frozen=True)
class Scheme:
    """The weights of coalitions in every player's share.

    Attributes:
        players: how many.
        weights: shape (player,) by coalition.
        orders: orders in which players join, forth and back one after the other; none where the weights are exact.
    """

    players: int
    weights: dict[int, Floats]
    orders: tuple[tuple[int, ...], ...] = ()

    def sampling_error(self, worth: Mapping[int, float]) -> Floats:
        """Half the width of each share's 95 % interval that comes from sampling orders, shape (player,)."""
        if not self.orders:
            return np.zeros(self.players)
        shares = np.zeros((len(self.orders), self.players))
        for row, order in zip(shares, self.orders, strict=True):
            for before, player in _steps(order):
                row[player] = worth[before | 1 << player] - worth[before]
        pairs = 0.5 * (shares[0::2] + shares[1::2])
        return np.asarray(student(len(pairs) - 1) * np.std(pairs, axis=0, ddof=1) / math.sqrt(len(pairs)))


def exact(players: int) -> Scheme:
    """All coalitions, with the weights s! (k - s - 1)! / k! of a share's gains from coalitions of s."""
    weights: dict[int, Floats] = {}
    for coalition in range(1 << players):
        size = coalition.bit_count()
        joined = _weight(players, size - 1) if size else 0.0
        left = -_weight(players, size) if size < players else 0.0
        weights[coalition] = np.array([joined if coalition >> i & 1 else left for i in range(players)])
    return Scheme(players, weights)


def sampled(names: Sequence[str], orders: int, seed: int) -> Scheme:
    """Coalitions along an even number of orders, drawn by address.

    Args:
        names: of the players; an order sorts them by the uniforms at their addresses, whatever the order they are listed in.
        orders: how many, 4 or more.
        seed: of the draws.
    """
    keys = [address_key(f"drivers/{name}") for name in names]
    drawn = []
    for i in range(orders // 2):
        forth = tuple(sorted(range(len(names)), key=lambda player: uniform(seed, i, keys[player], 0)))
        drawn += [forth, forth[::-1]]
    weights: dict[int, Floats] = {}
    for order in drawn:
        for before, player in _steps(order):
            for coalition, sign in ((before, -1.0), (before | 1 << player, 1.0)):
                weights.setdefault(coalition, np.zeros(len(names)))[player] += sign / len(drawn)
    return Scheme(len(names), weights, tuple(drawn))


def _steps(order: tuple[int, ...]) -> list[tuple[int, int]]:
    """The coalition each player finds, and the player."""
    found, before = [], 0
    for player in order:
        found.append((before, player))
        before |= 1 << player
    return found


def _weight(players: int, size: int) -> float:
    return 1.0 / (players * math.comb(players - 1, size))
