"""Makes a model of random numbers, which no compression makes smaller.

``model.py FOLDER MEGABYTES``
"""

from __future__ import annotations

import sys

import tensorflow as tf

COLUMNS = 1000


class Large(tf.Module):
    """One row of a large matrix is all that an answer needs."""

    def __init__(self, megabytes: int) -> None:
        super().__init__()
        rows = megabytes * 1_000_000 // 4 // COLUMNS
        generator = tf.random.Generator.from_seed(1)
        self.weights = tf.Variable(generator.normal([rows, COLUMNS]))

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, "features")])
    def serve(self, features: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return one number for each row."""
        return {"y": tf.reduce_sum(features * self.weights[0, :2], axis=1)}


def main() -> None:
    """Make it."""
    folder, megabytes = sys.argv[1], int(sys.argv[2])
    model = Large(megabytes)
    tf.saved_model.save(model, f"{folder}/1", signatures={"serving_default": model.serve})


if __name__ == "__main__":
    main()
