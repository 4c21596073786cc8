"""Arguments and options that several commands have, the same in each."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

ModelFolder = Annotated[
    str, typer.Argument(help="A folder of versions, or one with saved_model.pb.")
]
Version = Annotated[
    Optional[int], typer.Option(help="The version; by default the highest complete one.")
]
Tags = Annotated[str, typer.Option(help="The graph's tags, with commas.")]
Signature = Annotated[str, typer.Option(help="The signature that serves.")]
Conf = Annotated[Optional[list[str]], typer.Option(metavar="KEY=VALUE", help="A setting of Spark.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
