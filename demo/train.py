"""First part of the demonstration: trains, exports, and keeps TensorFlow's answers.

TensorFlow and no Spark.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tfpredict
from tfpredict.training import cancer, digits, linear

SEED = 1


def main(data: Path, out: Path) -> None:
    """Write the three models below `data` and what TensorFlow says of their data into `out`."""
    print("  linear regression, 100 epochs …", flush=True)
    line = linear.train(seed=SEED, on_epoch=_every(20))
    kernel, bias = line.model.layers[1].get_weights()
    print(f"    w = {kernel.ravel().tolist()}, b = {bias.tolist()}")

    print("  convolutional network on the digits …", flush=True)
    digit = digits.train(seed=SEED, on_epoch=_every(10))
    print(f"    right on {digit.accuracy:.2%} of the held-out images")

    print("  standardise, PCA and Fisher's discriminant on the breast cancer data …", flush=True)
    case = cancer.fit()
    print(f"    right on {case.accuracy:.2%} of the held-out cases")

    for model, name in ((line.model, "linear"), (digit.model, "digits"), (case.model, "cancer")):
        print("  exported to", tfpredict.export(model, data / f"{name}_model"))
    np.savez(
        out / "demo.npz",
        linear_features=line.features,
        linear_targets=line.targets,
        linear_losses=line.losses,
        linear_predictions=line.model.predict(line.features, verbose=0),
        digits_images=digit.images,
        digits_labels=digit.labels,
        digits_predictions=digit.model.predict(digit.images, verbose=0),
        cancer_features=case.features,
        cancer_labels=case.labels,
        cancer_predictions=case.model(case.features)["benign"].numpy(),
    )


def _every(step: int) -> Callable[[int, float], None]:
    def report(epoch: int, loss: float) -> None:
        if epoch % step == 0:
            print(f"    epoch {epoch}, loss {loss:.4g}", flush=True)

    return report


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
