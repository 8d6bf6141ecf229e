"""The mutation check is current: its page lists every mutant there is now, and every slip's line stands in the scheduler once."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from harness import ROOT
from mutants import PACKAGE, Mutant, rule_mutants
from schedulers import SLIPS

ROW = re.compile(r"^\| `([^`]+)` \| (.+) \| [^|]+ \|$", re.MULTILINE)


def test_the_page_lists_the_mutants_there_are() -> None:
    listed = Counter(ROW.findall((ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")))
    made = Counter((mutant.rule, mutant.what.replace("|", "&#124;")) for mutant in (*rule_mutants(), *SLIPS))

    assert listed - made == made - listed == Counter(), "run python tests/parity/mutate.py"


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.what)
def test_what_a_slip_changes_stands_in_the_scheduler_once(slip: Mutant) -> None:
    assert (PACKAGE / slip.file).read_text(encoding="utf-8").count(slip.old) == 1
