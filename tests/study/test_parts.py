from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alliancesim.study.runs.parts import Part, fitting, missing

PARTS = st.lists(st.builds(Part, st.integers(0, 60), st.integers(1, 20)), max_size=12)


@given(PARTS, PARTS, st.integers(1, 70), st.integers(1, 80))
def test_held_and_missing_are_every_replication_once(some: list[Part], more: list[Part], n: int, size: int) -> None:
    held = fitting(some, [], n)
    held += fitting(more, held, n)
    spans = missing(held, n, size)
    covered = [r for at, count in [*spans, *((part.first, part.count) for part in held)] for r in range(at, at + count)]
    assert sorted(covered) == list(range(n))
    assert all(at // size == (at + count - 1) // size for at, count in spans)


@given(st.integers(0, 10**8 - 1), st.integers(1, 10**6))
def test_the_name_of_a_part_says_which_it_is(first: int, count: int) -> None:
    assert Part.named(Part(first, count).name) == Part(first, count)


def test_other_names_are_no_parts() -> None:
    assert [Part.named(name) for name in ("programs", "0-n1", "00000000-n", ".00000000-n1", "00000000-n1.tmp")] == [None] * 5
