"""What a Python worker keeps: TensorFlow, started once, and each model, loaded once.

Spark sends this file to the workers, so that it is a module there too, whose caches outlive a task.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any

THREADS = "TFPREDICT_BENCHMARK_THREADS"


@lru_cache
def tensorflow() -> Any:
    """Start TensorFlow with so many threads for each pool as THREADS says; 0 leaves its default."""
    import tensorflow as tf

    threads = int(os.environ[THREADS])
    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    return tf


@lru_cache
def load(folder: str, inputs: tuple[str, ...]) -> Callable[..., Any]:
    """Load a model; what is returned takes one array for each input and gives an array back.

    The signature's function is called as it is, which is several times faster than Keras'
    ``predict`` on batches of this size.
    """
    tf = tensorflow()
    model = tf.saved_model.load(folder)
    function = model.signatures["serving_default"]

    def predict(*columns: Any) -> Any:
        (output,) = function(**dict(zip(inputs, map(tf.constant, columns)))).values()
        values = output.numpy()
        return values[:, 0] if values.shape[1:] == (1,) else values

    # A signature does not keep the variables that it reads.
    predict.model = model  # type: ignore[attr-defined]
    return predict
