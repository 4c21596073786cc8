"""``tfpredict adapt``: writes a model for programs that have TensorFlow 1.15 and no tfpredict."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer
from rich.console import Console

from tfpredict.adaptation import adapt
from tfpredict.cli._models import check_model
from tfpredict.cli._options import Conf, Json, ModelFolder, Tags, Version
from tfpredict.cli._plain import literal
from tfpredict.cli._session import pairs


def command(
    path: ModelFolder,
    folder: Annotated[str, typer.Argument(help="Folder to write: a new or an empty one.")],
    version: Version = None,
    tags: Tags = "serve",
    signature: Annotated[
        str, typer.Option(help="Signature that must run. Others are left out if they cannot.")
    ] = "serving_default",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a SavedModel in that folder.")
    ] = False,
    conf: Conf = None,
    as_json: Json = False,
) -> None:
    """Write a model so that plain TensorFlow 1.15 opens it.

    The folder is written completely or not at all. Needs neither a running Spark nor TensorFlow.
    In Java: SavedModelBundle.load(folder, "serve"). Example: tfpredict adapt data/linear_model
    data/linear_1.15

    Examples
    --------
    >>> command(str(linear_model), str(tmp_path / "adapted"), as_json=True)
    {"path": ..., "version": 1, "folder": ..., "signatures": ["serving_default"], "left_out": []}
    """
    check_model(path)
    wanted = [tag for tag in tags.split(",") if tag]
    report = adapt(
        path,
        folder,
        version=version,
        tags=wanted,
        signature=signature,
        overwrite=overwrite,
        conf=pairs(conf or [], "--conf"),
    )
    if as_json:
        print(json.dumps(dataclasses.asdict(report)))
        return
    console = Console(highlight=False)
    console.print(f"adapted to {literal(report.folder)}", soft_wrap=True)
    console.print(f"signatures: {literal(', '.join(report.signatures))}", soft_wrap=True)
    if report.left_out:
        console.print(
            f"left out, since they cannot run: {literal(', '.join(report.left_out))}",
            soft_wrap=True,
        )
