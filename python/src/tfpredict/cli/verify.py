"""``tfpredict verify``: runs a model's examples again on the JVM."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from tfpredict.cli._models import check_model
from tfpredict.cli._options import Json, ModelFolder, Version
from tfpredict.cli._plain import literal
from tfpredict.verification import verify

if TYPE_CHECKING:
    from tfpredict.verification import VerifyReport


def command(
    path: ModelFolder,
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Run the examples kept with a model, and compare the answers with TensorFlow's own.

    Exits with 1 if an answer differs by more than 1e-5, or by more than 1e-2 if the model rounds to
    float16 or bfloat16. Needs no TensorFlow in Python. Example: tfpredict verify data/linear_model

    Examples
    --------
    >>> command(str(linear_model))
    Traceback (most recent call last):
    ...
    tfpredict.errors.ModelLoadException: ... Expected: examples in ...
    """
    check_model(path)
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
            console.print(f"{literal(signature)}: not run, since it cannot run", soft_wrap=True)
        console.print(verdict(report), soft_wrap=True)
    if not report.agrees:
        raise typer.Exit(1)


def verdict(report: VerifyReport) -> str:
    """Return the last line: whether the JVM agrees with TensorFlow.

    Examples
    --------
    >>> from tfpredict import VerifiedOutput, VerifyReport
    >>> y = VerifiedOutput("serving_default", "y", 64, 0.0, 1e-05)
    >>> verdict(VerifyReport("/m", 1, (y,), ()))
    'agrees with TensorFlow: largest difference 0, allowed 1e-05'
    """
    word = "agrees with" if report.agrees else "[red]differs from[/red]"
    figures = f"largest difference {report.difference:.2g}, allowed {report.tolerance:g}"
    return f"{word} TensorFlow: {figures}"
