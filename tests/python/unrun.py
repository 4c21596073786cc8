"""Graphs of TensorFlow 1 that the TensorFlow here cannot run, and so cannot save by a session."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

v1 = tf.compat.v1


def write(folder: Path, graph: Any, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    """Write a graph without variables as a SavedModel of one signature."""
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    meta = v1.train.export_meta_graph(graph=graph)
    meta.meta_info_def.tags.append("serve")
    signature = v1.saved_model.predict_signature_def(inputs, outputs)
    meta.signature_def["serving_default"].CopyFrom(signature)
    folder.mkdir(parents=True)
    saved = SavedModel(saved_model_schema_version=1, meta_graphs=[meta])
    (folder / "saved_model.pb").write_bytes(saved.SerializeToString())
