"""The command itself: what all its commands share."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

import typer

from tfpredict._version import __version__
from tfpredict.cli import doctor, inspect, verify
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    name="tfpredict",
    help="A TensorFlow SavedModel becomes a Spark function.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def explained(command: Callable[..., None]) -> Callable[..., None]:
    """Make what the package explains one line on stderr and exit status 1, without a stack trace.

    Examples
    --------
    >>> def fails():
    ...     raise TfpredictException("no such thing")
    >>> explained(fails)()
    Traceback (most recent call last):
    ...
    SystemExit: 1
    """

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except TfpredictException as failed:
            print(f"tfpredict: {failed}", file=sys.stderr)
            sys.exit(1)

    return run


app.command("doctor")(explained(doctor.command))
app.command("inspect")(explained(inspect.command))
app.command("verify")(explained(verify.command))


def _print_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False,
        "--version",
        help="Print the version and end.",
        callback=_print_version,
        is_eager=True,
    ),
) -> None:
    pass
