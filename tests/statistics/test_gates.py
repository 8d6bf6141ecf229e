"""The check's rates on laws that are known: false alarms, and planted changes that are caught.

Alarms: at most 1 % of gates by design; more than 8 of 200, or 5 of 75, has a chance below 1e-3 then. Caught: at least 90 % by
design; fewer than 165 of 200, or 58 of 75, has a chance below 1e-3 then.
"""

from __future__ import annotations

import pytest
from gates import invented, play, tutorial, verdicts
from intervals import CROSSED, GAP, RECURRING, Kind


def test_null_gates_seldom_alarm_and_planted_shifts_are_caught() -> None:
    law, statistics = invented(120)
    chosen = [statistics[i] for i in (0, 1, 2, -2)]
    tally = play(law, chosen, 200, 100)
    assert tally.alarms <= 8
    assert tally.verdicts["changed"] == 0
    assert tally.planted == 200
    assert tally.caught >= 165


@pytest.mark.parametrize("kind", [GAP, CROSSED, *RECURRING], ids=lambda kind: kind.name)
def test_without_a_density_verdicts_hold_as_often_as_promised(kind: Kind) -> None:
    """Wrong at most 0.5 % and 2.5 % of 200 by design, caught 90 %: chance 1e-3 of more than 5 and 13, of fewer than 165."""
    found = verdicts(kind, 200, 200)
    assert found.changed <= 5
    assert found.equivalent <= 13
    assert found.planted == 200
    assert found.caught >= 165


@pytest.mark.slow
def test_gates_on_the_simulated_tutorial() -> None:
    law, statistics = tutorial(300)
    tally = play(law, statistics, 75, 200)
    assert tally.alarms <= 5
    assert tally.caught >= 58
