"""The check's rates on laws that are known: false alarms, and planted changes that are caught.

Alarms: at most 1 % of gates by design; more than 8 of 200, or 5 of 75, has a chance below 1e-3 then. Caught: at least 90 % by
design; fewer than 165 of 200, or 58 of 75, has a chance below 1e-3 then.
"""

from __future__ import annotations

import pytest
from gates import invented, play, tutorial


def test_null_gates_seldom_alarm_and_planted_shifts_are_caught() -> None:
    law, statistics = invented(120)
    chosen = [statistics[i] for i in (0, 1, 2, -2)]
    tally = play(law, chosen, 200, 100)
    assert tally.alarms <= 8
    assert tally.verdicts["changed"] == 0
    assert tally.planted == 200
    assert tally.caught >= 165


@pytest.mark.slow
def test_gates_on_the_simulated_tutorial() -> None:
    law, statistics = tutorial(300)
    tally = play(law, statistics, 75, 200)
    assert tally.alarms <= 5
    assert tally.caught >= 58
