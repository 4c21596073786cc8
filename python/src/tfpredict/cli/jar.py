"""``tfpredict jar``: prints where the jars are."""

from __future__ import annotations

import json
from typing import Annotated, Optional

import typer

from tfpredict import _java
from tfpredict._versions import LINES, SparkLine
from tfpredict.cli._options import Json
from tfpredict.errors import TfpredictException
from tfpredict.session import jar_paths


def command(
    line: Annotated[
        Optional[str],
        typer.Option(metavar="3.5|4", help="Line of Spark. By default that of the Spark found."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the paths of the jars for Spark, with a comma between them.

    Needs no running Spark. Example: tfpredict jar --line 3.5

    In a command: spark-shell --jars "$(tfpredict jar)"

    Examples
    --------
    >>> command(line="3.5")
    /.../tfpredict-spark3.5_2.12-...jar,/.../tfpredict-natives-...jar
    """
    paths = [str(path) for path in jar_paths(_line(line))]
    print(json.dumps({"jars": paths}) if as_json else ",".join(paths))


def _line(wanted: str | None) -> SparkLine:
    if wanted is None:
        try:
            return _java.spark_jars()[0]
        except TfpredictException as missing:
            names = " or ".join(f"--line {line.name}" for line in LINES)
            raise TfpredictException(f"{missing} Or name the line of Spark: {names}.") from missing
    for line in LINES:
        if line.is_of(wanted) or line.name == wanted:
            return line
    names = " or ".join(line.name for line in LINES)
    raise typer.BadParameter(f"{wanted}: expected {names}", param_hint="--line")
