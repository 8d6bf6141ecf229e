"""The check's rates on laws that are known: false alarms, and planted changes that are caught.

Alarms: at most 1 % of gates by design; more than 9 of 300 has a chance below 1e-3 then. Caught: at least 90 % by design; fewer
than 60 of 75 has a chance below 1e-2 at exactly 90 %, and less than 1e-4 at the 95 % that the method aims at.
"""

from __future__ import annotations

import pytest
from gates import invented, play, tutorial


def test_null_gates_seldom_alarm_and_planted_shifts_are_caught() -> None:
    law, statistics = invented(120)
    chosen = [statistics[i] for i in (0, 1, 2, -2)]
    tally = play(law, chosen, 300, 100)
    assert tally.alarms <= 9
    assert tally.verdicts["changed"] == 0
    assert tally.planted == 300
    assert tally.caught >= 240


@pytest.mark.slow
def test_gates_on_the_simulated_tutorial() -> None:
    law, statistics = tutorial(300)
    tally = play(law, statistics, 75, 200)
    assert tally.alarms <= 4
    assert tally.caught >= 60
