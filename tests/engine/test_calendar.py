"""The reference engine's clock: the order of simultaneous events, milestones planned anew, coroutines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alliancesim.engine.reference.calendar import Calendar, Milestone


def test_simultaneous_events_happen_by_key_not_by_insertion() -> None:
    env, seen = Calendar(), []
    for key in (9, 7, 8):
        env.plan(env.milestone(lambda _, key=key: seen.append(key)), 2.0, key)
    env.run(env.at(3.0, 0))

    assert seen == [7, 8, 9]


def test_a_milestone_may_be_planned_again_from_its_own_act() -> None:
    env, months = Calendar(), []

    def act(_: object) -> None:
        months.append(env.now)
        if env.now < 4.0:
            env.plan(milestone, env.now + 1.5, 5)

    milestone = env.milestone(act)
    env.plan(milestone, 1.0, 5)
    env.run(env.at(10.0, 0))

    assert months == [1.0, 2.5, 4.0]


def test_a_coroutine_goes_on_where_its_milestone_is_planned_or_let_happen() -> None:
    env, seen = Calendar(), []
    waiting: list[Milestone] = []

    def way(resumed: Milestone, name: str, months: float) -> Iterator[None]:
        env.plan(resumed, env.now + months, 5)
        yield
        seen.append((name, env.now))
        waiting.append(resumed)
        yield
        seen.append((name, env.now))

    env.walk(way, "long", 3.0)
    env.walk(way, "short", 1.0)
    env.plan(env.milestone(lambda _: [env.happen(each) for each in waiting]), 4.0, 5)
    env.run(env.at(10.0, 0))

    assert seen == [("short", 1.0), ("long", 3.0), ("short", 4.0), ("long", 4.0)]


def test_what_goes_wrong_in_a_coroutine_ends_the_simulation() -> None:
    env = Calendar()

    def way(resumed: Milestone) -> Iterator[None]:
        env.plan(resumed, 1.0, 5)
        yield
        raise ArithmeticError

    env.walk(way)
    with pytest.raises(ArithmeticError):
        env.run(env.at(10.0, 0))
