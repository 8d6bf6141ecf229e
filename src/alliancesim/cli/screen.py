"""What the commands print: data on standard output, talk and progress on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from alliancesim.errors import StoreError

if TYPE_CHECKING:
    from alliancesim.study.run import Progress
    from alliancesim.study.sheet import Sheet


def say(text: str) -> None:
    """A line of talk."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def put(text: str) -> None:
    """A line of data. Raises StoreError when standard output cannot take it."""
    with _output():
        print(text)  # noqa: T201


def finish() -> None:
    """Hand on what is still buffered. Raises StoreError when standard output cannot take it."""
    with _output():
        sys.stdout.flush()


def forget() -> None:
    """Nobody takes the data any more: let the rest go nowhere, so that closing does not fail again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _output() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        forget()
        message = f"standard output: cannot write: {error.strerror}"
        raise StoreError(message) from error


def put_json(value: Any) -> None:
    """Data as JSON."""
    put(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def put_json_rows(rows: Iterable[dict[str, Any]]) -> None:
    """Data as one JSON list, row by row, so that its length does not matter."""
    before = "["
    for row in rows:
        put(before + json.dumps(row, ensure_ascii=False, allow_nan=False))
        before = ", "
    put("[]" if before == "[" else "]")


def put_csv(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Data as CSV."""
    import csv

    with _output():
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def put_sheets(sheets: Iterable[Sheet]) -> None:
    """Tables for people: plain text where nobody watches, drawn on a terminal."""
    if not sys.stdout.isatty():
        for sheet in sheets:
            put(f"{sheet}\n")
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    window = console.width
    for sheet in sheets:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        console.width = max(window, sheet.width() + len(sheet.columns))  # a narrow window wraps lines, it does not cut cells
        for i, name in enumerate(sheet.columns):
            table.add_column(Text(name), justify="left" if i < sheet.text_columns else "right")
        for row in sheet.rows:
            table.add_row(*map(Text, row))
        console.print(Text(sheet.title, style="bold"))
        console.print(table)
        if sheet.note:
            console.print(Text(sheet.note, style="dim"))


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar on standard error where that is a terminal; silence elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
