"""``tfpredict inspect``: shows a model's signatures and whether it can run."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from tfpredict.cli._models import check_model
from tfpredict.cli._options import Json, ModelFolder, Tags, Version
from tfpredict.cli._plain import literal
from tfpredict.inspection import inspect
from tfpredict.layers import dot, layers

if TYPE_CHECKING:
    from tfpredict.inspection import ModelInfo, SignatureInfo


def command(
    path: ModelFolder,
    version: Version = None,
    tags: Tags = "serve",
    as_json: Json = False,
    graph: Annotated[
        bool, typer.Option("--graph", help="Print a signature's layers as graphviz text.")
    ] = False,
    signature: Annotated[
        str, typer.Option(help="Signature that --graph draws.")
    ] = "serving_default",
) -> None:
    """Show a model's signatures, their Spark types, and whether the model can run.

    Needs neither a running Spark nor TensorFlow. Example: tfpredict inspect data/linear_model

    A picture, by graphviz: tfpredict inspect data/linear_model --graph | dot -Tsvg > model.svg

    Examples
    --------
    >>> command(str(linear_model), as_json=True)
    {"path": ..., "version": 1, ...}
    """
    check_model(path)
    wanted = [tag for tag in tags.split(",") if tag]
    if graph:
        boxes = layers(path, version=version, tags=wanted, signature=signature)
        if as_json:
            print(json.dumps([dataclasses.asdict(box) for box in boxes]))
        else:
            print(dot(boxes, f"{path}: {signature}"))
        return
    info = inspect(path, version=version, tags=wanted)
    if as_json:
        print(json.dumps(dataclasses.asdict(info)))
    else:
        # A file or a pipe has no width, and a table must not break its words there.
        _show(info, Console(highlight=False, width=None if sys.stdout.isatty() else 200))


def _show(info: ModelInfo, console: Console) -> None:
    graphs = ", ".join("{" + ", ".join(tags) + "}" for tags in info.tags)
    shown = "unversioned" if info.version is None else f"version {info.version}"
    facts = {
        "model": f"{info.path} ({shown}, fingerprint {info.fingerprint})",
        "graphs": graphs,
        "written by": f"TensorFlow {info.producer}" if info.producer else "unknown",
        "ops": str(info.ops),
        "examples": ", ".join(info.examples) or "none",
    }
    for name, value in facts.items():
        console.print(f"[bold]{name:<11}[/bold]{literal(value)}", soft_wrap=True)
    for signature in info.signatures:
        _show_signature(signature, console)
    console.print()
    running = [signature.name for signature in info.signatures if signature.runs]
    verdict = f"runs: {', '.join(running)}" if running else "cannot run"
    console.print(f"[bold]verdict[/bold]    {literal(verdict)}", soft_wrap=True)


def _show_signature(signature: SignatureInfo, console: Console) -> None:
    console.print()
    console.print(f"[bold]signature {literal(signature.name)}[/bold]: {signature.ops} ops")
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    for header in ("", "name", "dtype[shape]", "Spark type", "tensor"):
        table.add_column(header, overflow="fold")
    for kind, columns in (("input", signature.inputs), ("output", signature.outputs)):
        for column in columns:
            name, described = column.describe().split(" ", 1)
            cells = (kind, name, described, column.spark_type or "none", column.tensor)
            table.add_row(*map(literal, cells))
    console.print(table)
    if signature.random:
        console.print("random: its outputs depend on random numbers")
    for what, nodes in signature.rewrites:
        console.print(
            f"rewritten: {literal(what)} ({nodes} {'node' if nodes == 1 else 'nodes'})",
            soft_wrap=True,
        )
    for reason in signature.refusals:
        console.print(f"[red]refused[/red]: {literal(reason)}", soft_wrap=True)
