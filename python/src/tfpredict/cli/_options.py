"""Arguments and options that several commands have, the same in each."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

ModelFolder = Annotated[
    str,
    typer.Argument(help="The model's folder: one of versions, or one with saved_model.pb."),
]
Version = Annotated[
    Optional[int], typer.Option(help="Version of the model. The highest complete one by default.")
]
Tags = Annotated[str, typer.Option(help="Tags of the model's graph, with commas.")]
Signature = Annotated[str, typer.Option(help="Signature of the model to run.")]
Master = Annotated[
    Optional[str],
    typer.Option(
        help="Spark's master, such as local[2] or yarn. By default the installed Spark's setting, "
        "or all cores of this machine."
    ),
]
Conf = Annotated[
    Optional[list[str]],
    typer.Option(metavar="KEY=VALUE", help="Setting of Spark. May be given several times."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one line of JSON, for scripts.")]
