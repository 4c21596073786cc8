"""Reports wrong usage in one line, as every other failure."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from tfpredict.cli._explained import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Iterator


class OneLine(TyperGroup):
    """A command that reports wrong usage in one line on standard error, without a box."""

    def main(self, *arguments: Any, standalone_mode: bool = True, **options: Any) -> Any:
        """Run the command, and end the process with its status, as Typer does."""
        parent: Any = super()
        if not standalone_mode:
            return parent.main(*arguments, standalone_mode=False, **options)
        try:
            status = parent.main(*arguments, standalone_mode=False, **options)
        except Exception as wrong:
            # Click's exceptions. Typer may have its own copy of the classes.
            told = getattr(wrong, "format_message", None)
            status = getattr(wrong, "exit_code", None)
            if told is None or status is None:
                raise
            words = " ".join(told().split())
            if type(wrong).__name__ == "NoArgsIsHelpError":
                print(told(), file=sys.stderr)
            else:
                print(f"tfpredict: {words}{_where(wrong)}", file=sys.stderr)
        sys.exit(status if isinstance(status, int) else 0)

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Read the arguments. On an interrupt say so; Typer itself would end silently."""
        with _interrupts_told():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. The same on an interrupt before it."""
        with _interrupts_told():
            return super().invoke(ctx)


@contextlib.contextmanager
def _interrupts_told() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        print("tfpredict: interrupted.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


def _where(wrong: Any) -> str:
    context = getattr(wrong, "ctx", None)
    return "" if context is None else f" See {context.command_path} --help."
