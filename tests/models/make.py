"""Makes the small SavedModels that the tests of both languages use, with TensorFlow's own answers.

Written beside this file into ``made/``: a folder for each model, and ``golden.json`` with rows and
the answers that TensorFlow gives for them in Python.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import fuzzed
import modules
import networks
import numpy as np
import parity_golden
import placed
import rules
import rules_datasets
import rules_frozen
import tensorflow as tf
import tfpredict

MADE = Path(__file__).parent / "made"


def main() -> None:
    shutil.rmtree(MADE, ignore_errors=True)
    rng = np.random.default_rng(3)
    golden: dict[str, dict[str, list]] = {}

    def keep(name: str, model, rows: np.ndarray) -> None:
        tfpredict.export(model, MADE / name)
        answers = model(rows)
        if isinstance(answers, dict):
            (answers,) = answers.values()
        golden[name] = {"rows": rows.tolist(), "answers": np.asarray(answers).tolist()}

    def floats(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype("float32")

    rows = [[1, 2], [2, 3], [3, 5], [6, 7], [7, 8], [8, 3]]
    keep("linear", networks.linear(), np.array(rows, "float32"))
    keep("images", networks.images(), floats(7, 4, 3, 2))
    keep("pictures", networks.pictures(), floats(3, 4, 3, 2))
    keep("lstm", networks.lstm(), floats(6, 5, 3))
    keep("scores", modules.Scores(), np.array([4.0, -3.0, 0.0, 2.25], "float32"))

    # Two versions, whose answers are apart by 10.
    for version, shift in ((1, 0.0), (2, 10.0)):
        tfpredict.export(
            networks.linear(shift),
            MADE / "versions",
            version=version,
            examples=np.array(rows, "float32"),
        )

    tfpredict.export(networks.unknown_layer(), MADE / "unknown_layer")
    tfpredict.export(networks.two_inputs(), MADE / "two_inputs")
    tfpredict.export(networks.two_outputs(), MADE / "two_outputs")
    tfpredict.export(modules.Integers(), MADE / "integers")
    tfpredict.export(modules.AnyLength(), MADE / "any_length")
    dtypes = (tf.float32, tf.float64, tf.int32, tf.int64, tf.uint8, tf.bool, tf.string)
    for dtype in dtypes:
        tfpredict.export(modules.typed(dtype), MADE / f"typed_{dtype.name}")
    with tempfile.TemporaryDirectory() as folder:
        tfpredict.export(modules.Lookup(Path(folder)), MADE / "lookup")
    for name, cases in rules.RULES.items():
        placed.export(cases, MADE / "rules" / name)
    # TensorFlow iterates a data set in a function only.
    for name, cases in rules_datasets.RULES.items():
        placed.in_functions(cases, MADE / "rules" / name)
    for name, (producer, cases) in rules_frozen.IN_GRAPH.items():
        placed.as_of(producer, cases, MADE / "rules" / f"{name}_in_graph")
    tfpredict.export(networks.grouped_3d(), MADE / "grouped_3d", examples=floats(3, 4, 5, 3, 2))
    reads = modules.Reads()
    tfpredict.export(reads, MADE / "reads", signatures=reads.serving)
    tfpredict.export(modules.FixedBatch(), MADE / "fixed_batch")
    tfpredict.export(modules.Ragged(), MADE / "ragged")
    tfpredict.export(modules.Halves(), MADE / "halves")
    tfpredict.export(modules.Summed(), MADE / "summed")
    newer = modules.Newer()
    tfpredict.export(
        newer, MADE / "newer", signatures={"serving_default": newer.newer, "plain": newer.plain}
    )
    # As Keras itself writes one: two signatures of the same function.
    networks.linear().export(str(MADE / "keras_export" / "1"), verbose=False)

    parity_golden.write(MADE)
    fuzzed.write(MADE / "fuzzed")
    (MADE / "golden.json").write_text(json.dumps(golden))


if __name__ == "__main__":
    main()
