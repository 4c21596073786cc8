"""Gives every command its way to fail, and the option ``--debug``."""

from __future__ import annotations

import functools
import inspect
import signal
import sys
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, get_type_hints

import typer

from tfpredict._plain import plain
from tfpredict.cli._failures import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPTED = 130  # as shells have it: 128 and the signal's number

_Debug = Annotated[
    bool, typer.Option("--debug", help="Show the stack trace of a failure, and Spark's log.")
]


def explained(command: Callable[..., None]) -> Callable[..., None]:
    """Turn a command's failure into one line and an exit status, and add ``--debug``.

    The status is 1 for a failure and 130 for Ctrl-C. Typer reports wrong usage, with 2.
    """

    @functools.wraps(command)
    def run(*arguments: Any, debug: bool = False, **options: Any) -> None:
        # On SIGTERM a command cleans up, as on Ctrl-C.
        signal.signal(signal.SIGTERM, _interrupt)
        if "debug" in inspect.signature(command).parameters:
            options["debug"] = debug
        try:
            command(*arguments, **options)
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except KeyboardInterrupt as stopped:
            _end(str(stopped) or "interrupted.", INTERRUPTED)
        except Exception as failed:
            if debug:
                raise
            _end(sentence(failed), 1)

    # Typer reads the options from the signature. It needs real annotations, not strings.
    hints = {**get_type_hints(command, include_extras=True), "debug": _Debug}
    own = [p for p in inspect.signature(command).parameters.values() if p.name != "debug"]
    last = inspect.Parameter("debug", inspect.Parameter.KEYWORD_ONLY, default=False)
    shown = [parameter.replace(annotation=hints[parameter.name]) for parameter in (*own, last)]
    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = hints
    return run


def _interrupt(number: int, frame: Any) -> NoReturn:
    raise KeyboardInterrupt


def _end(message: str, status: int) -> NoReturn:
    print(f"tfpredict: {plain(message)}", file=sys.stderr)
    raise typer.Exit(status)
