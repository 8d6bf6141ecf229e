"""The commands on exchange rates: processes fitted to a currency's record, and their forecasts held against it."""

from __future__ import annotations

from typing import Annotated

import typer

from alliancesim.cli import screen
from alliancesim.cli.commands import Json, Scenario, Seed, Settings, app, examples, parsed_settings, refuse_ignored, whole
from alliancesim.errors import RequestError

Currency = Annotated[str, typer.Argument(metavar="CURRENCY", help="A currency of the scenario that has a history.")]
Last = Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="Last month of the record; default: the as-of month.")]


@app.command(
    epilog=examples(
        "fit scenarios/japan-2025-08.yaml USD",
        "fit scenarios/japan-2025-08.yaml USD --process regime_switching --yaml > usd.yaml",
        "fit scenarios/japan-2025-08.yaml EUR --process ou --from 2012-01 --to 2021-12 --json",
    )
)
def fit(
    scenario: Scenario,
    currency: Currency,
    process: Annotated[
        str | None, typer.Option("--process", metavar="P", help="gbm, ou, jump_diffusion or regime_switching; default: each.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM", help="First month end of the record; default: as far as it goes.")
    ] = None,
    last: Last = None,
    settings: Settings = None,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Print only the blocks to paste into a scenario.")] = False,
    as_json: Json = False,
) -> None:
    """Fit exchange processes to a currency's record: estimates with 95 % intervals, AIC and BIC, and the block to paste."""
    from alliancesim.study.exchange.fit import NO_LIMIT
    from alliancesim.study.exchange.fit import fit as fit_all

    refuse_ignored(("--yaml", as_yaml, not as_json))
    fits = fit_all(scenario, currency, process, first, last, parsed_settings(settings))
    if as_json:
        return screen.put_json(fits.plain())
    blocks = fits.yaml()
    if as_yaml:
        without = [f"{one.process}: no block to paste. {NO_LIMIT}" for one in fits.fits if one.block() is None]
        if not blocks:
            raise RequestError("\n".join(without))
        for line in without:
            screen.say(line)
    else:
        screen.put(f"{fits.heading()}\n")
        screen.put_sheets(fits.sheets())
    if blocks:
        screen.put(blocks)


@app.command(
    epilog=examples(
        "backtest scenarios/japan-2025-08.yaml USD",
        "backtest scenarios/japan-2025-08.yaml USD --every 12 --members 500 --json",
    )
)
def backtest(
    scenario: Scenario,
    currency: Currency,
    first: Annotated[str, typer.Option("--from", metavar="YYYY-MM", help="First month to forecast from.")] = "2005-01",
    last: Last = None,
    every: Annotated[int, typer.Option("--every", metavar="N", parser=whole, help="Months from one forecast to the next.")] = 1,
    members: Annotated[
        int, typer.Option("--members", metavar="M", parser=whole, help="Futures drawn for each forecast, 100 or more.")
    ] = 2000,
    seed: Seed = 0,
    settings: Settings = None,
    as_json: Json = False,
) -> None:
    """Refit every process month by month to what was known, and score its forecasts 3, 12 and 36 months ahead."""
    from alliancesim.study.exchange.backtest import backtest as score_all

    with screen.progress_bar("backtest") as progress:
        scores = score_all(scenario, currency, first, last, every, members, seed, parsed_settings(settings), progress)
    if as_json:
        return screen.put_json(scores.plain())
    screen.put(f"{scores.heading()}\n")
    screen.put_sheets(scores.sheets())
