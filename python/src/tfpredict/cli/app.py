"""The command ``tfpredict``: the list of its commands."""

from __future__ import annotations

from inspect import getdoc

import typer

from tfpredict._version import __version__
from tfpredict.cli import (
    adapt,
    bench,
    completion,
    doctor,
    export,
    inspect,
    jar,
    predict,
    train,
    verify,
)
from tfpredict.cli._explained import explained
from tfpredict.cli._usage import OneLine

app = typer.Typer(
    name="tfpredict",
    cls=OneLine,
    help="A TensorFlow SavedModel becomes a Spark function.",
    epilog="Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

# In the order of a model's life, which --help keeps.
_MODULES = (train, export, inspect, verify, adapt, predict, bench, doctor, jar, completion)
for _module in _MODULES:
    _name = _module.__name__.rsplit(".", 1)[1]
    # The examples that follow are for readers of Python.
    _help = getdoc(_module.command).partition("\nExamples\n")[0]  # type: ignore[union-attr]
    app.command(_name, help=_help)(explained(_module.command))


def _print_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False,
        "--version",
        help="Print the version and exit.",
        callback=_print_version,
        is_eager=True,
    ),
) -> None:
    pass
