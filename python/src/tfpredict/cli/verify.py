"""``tfpredict verify``: replays a model's examples on the JVM."""

from __future__ import annotations

import dataclasses
import json

import typer
from rich.console import Console

from tfpredict.cli._options import Json, ModelFolder, Version
from tfpredict.cli._plain import literal
from tfpredict.verification import verify


def command(
    path: ModelFolder,
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Replay the examples kept with a model; exit with 1 where an answer differs by over 1e-5.

    Where a model rounds to float16 or bfloat16, 1e-2 is allowed. Needs no TensorFlow in Python.
    Example: tfpredict verify data/linear_model

    Examples
    --------
    >>> command(str(linear_model))
    Traceback (most recent call last):
    ...
    tfpredict.errors.ModelLoadException: ... Expected: examples in ...
    """
    report = verify(path, version=version)
    if as_json:
        # JSON has no infinity: what cannot be compared is null.
        values = dataclasses.asdict(report) | {"agrees": report.agrees}
        for output in values["outputs"]:
            if output["difference"] == float("inf"):
                output["difference"] = None
        print(json.dumps(values))
    else:
        console = Console(highlight=False)
        for output in report.outputs:
            console.print(
                f"{literal(output.signature)}: {literal(output.output)}: {output.rows} rows, "
                f"largest difference {output.difference:.2g}",
                soft_wrap=True,
            )
        for signature in report.skipped:
            console.print(
                f"{literal(signature)}: not replayed, since it cannot run", soft_wrap=True
            )
        verdict = "agrees" if report.agrees else "[red]differs[/red]"
        console.print(f"{verdict}: {report.difference:.2g}, where {report.tolerance:g} is allowed")
    if not report.agrees:
        raise typer.Exit(1)
