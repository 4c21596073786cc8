"""Exports frozen graphs: a ``GraphDef`` with constants for variables, without signatures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfpredict._error_classes import EXPORT_FILE, EXPORT_TENSORS
from tfpredict._exporting.graph_tensors import PLACEHOLDERS, check, described, listed, named
from tfpredict._exporting.log import unsaid
from tfpredict._exporting.reasons import first_line
from tfpredict._exporting.served import Served
from tfpredict._exporting.writers import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SIGNATURE = "serving_default"
_VARIABLES = ("VarHandleOp", "VariableV2", "Variable")
_FILLS = ("InitializeTable", "InitializeTableV2", "LookupTableImport", "LookupTableImportV2")
# Ops whose values are elsewhere, such as in a checkpoint. A table that needs them stays empty.
_NOT_HERE = (*PLACEHOLDERS, "RestoreV2")


def is_graph(file: Path) -> bool:
    """Return whether a file's name is that of a graph.

    Examples
    --------
    >>> is_graph(Path("net.pb")), is_graph(Path("net.keras"))
    (True, False)
    """
    return file.suffix.lower() in (".pb", ".pbtxt")


def graph_writer(file: Path, inputs: Iterable[str] | None, outputs: Iterable[str] | None) -> Writer:
    """Make a frozen graph ready to be written, as the signature ``serving_default``.

    The graph keeps the ops that the outputs need. An input that is not a placeholder becomes one.

    Parameters
    ----------
    file : Path
        A ``GraphDef``, binary or as text.
    inputs, outputs
        As for `tfpredict.export_file`.

    Raises
    ------
    ValueError
        If this TensorFlow cannot read the graph, the graph has variables, or its tensors are not
        named. Then the message lists candidates.
    """
    import tensorflow as tf

    v1 = tf.compat.v1
    whole = _imported(_read(file), file)
    given, wanted = list(inputs or ()), list(outputs or ())
    if not given or not wanted:
        raise EXPORT_TENSORS.error(
            ValueError,
            "inputs and outputs for a graph without signatures",
            f"{file} alone",
            listed(whole, file),
        )
    fed, fetched = named(given, "inputs"), named(wanted, "outputs")
    check(whole, file, fed.values(), "inputs")
    check(whole, file, fetched.values(), "outputs")
    graph, fed, fetched = _cut(whole, fed, fetched)
    fills = [op for op in graph.get_operations() if op.type in _FILLS]
    _refuse(graph, file, set(fed.values()))

    def answer(tensors: Mapping[str, Any]) -> dict[str, Any]:
        with v1.Session(graph=graph) as session:
            session.run(fills)
            found = session.run(
                fetched, {tensor: tensors[name].numpy() for name, tensor in fed.items()}
            )
        return {name: tf.constant(value) for name, value in found.items()}

    def save(folder: str) -> None:
        with graph.as_default(), v1.Session(graph=graph) as session, unsaid("TensorFlow v1"):
            signature = v1.saved_model.signature_def_utils.predict_signature_def(
                _tensors(graph, fed), _tensors(graph, fetched)
            )
            builder = v1.saved_model.Builder(folder)
            builder.add_meta_graph_and_variables(
                session,
                [v1.saved_model.tag_constants.SERVING],
                {_SIGNATURE: signature},
                main_op=tf.group(*fills, name="fill_tables") if fills else None,
            )
            builder.save()

    specs = {
        name: tf.TensorSpec(tensor.shape, tensor.dtype)
        for name, tensor in _tensors(graph, fed).items()
    }
    served = Served(specs, None, {name: name for name in fed}, answer)
    return Writer({_SIGNATURE: served}, save)


def _read(file: Path) -> Any:
    from google.protobuf import text_format
    from google.protobuf.message import DecodeError
    from tensorflow.core.framework.graph_pb2 import GraphDef

    try:
        if file.suffix.lower() == ".pbtxt":
            graph = text_format.Parse(file.read_text(encoding="utf-8"), GraphDef())
        else:
            graph = GraphDef.FromString(file.read_bytes())
    except (DecodeError, text_format.ParseError, UnicodeDecodeError) as failed:
        raise _unread(file, f"{failed}") from failed
    if not graph.node:
        raise _unread(file, "one without nodes")
    return graph


def _unread(file: Path, found: str) -> ValueError:
    return EXPORT_FILE.error(ValueError, f"a graph in {file}", found, "Check the file.")


def _imported(definition: Any, file: Path) -> Any:
    import tensorflow as tf

    try:
        with tf.Graph().as_default() as graph:
            tf.import_graph_def(definition, name="")
    except Exception as failed:
        # Ops that it lacks, values that do not fit, and so on, of many kinds.
        raise EXPORT_FILE.error(
            ValueError,
            f"a graph that TensorFlow {tf.__version__} reads, in {file}",
            first_line(failed),
            "Export the model again, from the program that wrote it.",
        ) from failed
    return graph


def _cut(
    whole: Any, fed: dict[str, str], fetched: dict[str, str]
) -> tuple[Any, dict[str, str], dict[str, str]]:
    """Return the part of a graph between inputs and outputs, and the tensors there by name."""
    import tensorflow as tf

    prefix = "fed"
    while any(op.name.split("/")[0] == prefix for op in whole.get_operations()):
        prefix += "_"
    replaced = {}
    with tf.Graph().as_default() as linked:
        for number, tensor in enumerate(_tensors(whole, fed).values()):
            if tensor.op.type not in PLACEHOLDERS:
                replaced[tensor.name] = tf.compat.v1.placeholder(
                    tensor.dtype, tensor.shape, name=f"{prefix}/input_{number}"
                )
        tf.import_graph_def(whole.as_graph_def(), input_map=replaced, name="")

    def moved(tensors: dict[str, str]) -> dict[str, str]:
        names = {tensor: placeholder.name for tensor, placeholder in replaced.items()}
        return {name: names.get(tensor, tensor) for name, tensor in tensors.items()}

    fed, fetched = moved(fed), moved(fetched)
    ends = [name.split(":")[0] for name in (*fed.values(), *fetched.values())]
    definition = linked.as_graph_def()
    kept = {node.name for node in _needed(definition, ends).node}
    # No output depends on the op that fills a table.
    fills = [
        op.name
        for op in linked.get_operations()
        if op.type in _FILLS
        and op.inputs[0].op.name in kept
        and not any(node.op in _NOT_HERE for node in _needed(definition, [op.name]).node)
    ]
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(_needed(definition, ends + fills), name="")
    return graph, fed, fetched


def _needed(definition: Any, nodes: list[str]) -> Any:
    from tensorflow.core.framework.graph_pb2 import GraphDef

    by_name = {node.name: node for node in definition.node}
    kept: set[str] = set()
    pending = list(nodes)
    while pending:
        name = pending.pop()
        if name not in kept:
            kept.add(name)
            pending.extend(tensor.lstrip("^").split(":")[0] for tensor in by_name[name].input)
    found = GraphDef(versions=definition.versions, library=definition.library)
    found.node.extend(node for node in definition.node if node.name in kept)
    return found


def _refuse(graph: Any, file: Path, fed: set[str]) -> None:
    variables = [op.name for op in graph.get_operations() if op.type in _VARIABLES]
    if variables:
        raise EXPORT_FILE.error(
            ValueError,
            f"a frozen graph in {file}",
            f"variables with their values in other files, such as {variables[0]}",
            "Restore them in the program that wrote it, and export the model there with "
            "tfpredict.export.",
        )
    missing = [
        output
        for op in graph.get_operations()
        if op.type in ("Placeholder", "PlaceholderV2")
        for output in op.outputs
        if output.name not in fed
    ]
    if missing:
        raise EXPORT_TENSORS.error(
            ValueError,
            f"all inputs that the outputs of {file} need",
            f"inputs without {', '.join(map(described, missing))}",
            "Add these to inputs.",
        )


def _tensors(graph: Any, names: dict[str, str]) -> dict[str, Any]:
    return {name: graph.get_tensor_by_name(tensor) for name, tensor in names.items()}
