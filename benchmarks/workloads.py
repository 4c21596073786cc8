"""What is predicted: models of five kinds, and how many rows each gets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# A table is so many files of equal size, so that a slow system can be given a part of it, and each
# task as many files as every other.
FILES = 32


@dataclass(frozen=True)
class Workload:
    """One model and its table.

    Attributes
    ----------
    name : str
        Of its folder and of its entry in the results.
    title : str
        As documents call it.
    rows : int
        Rows of the whole table.
    inputs : dict of str to tuple of int
        The signature's inputs in its order, which are the table's columns, each with a row's
        shape: () is a single value. Whatever the shape, a column's array is flat.
    width : int
        Numbers in a row's result; of 1, the result is a single value.
    batch_sizes : tuple of int
        What ``predict_batch_udf`` is tried with.
    shape : str
        What a UDF written by hand looks like: scalar, image or wide_and_deep.
    """

    name: str
    title: str
    rows: int
    inputs: dict[str, tuple[int, ...]]
    width: int
    batch_sizes: tuple[int, ...]
    shape: str

    @property
    def columns(self) -> list[str]:
        """The table's columns, in the order of the signature's inputs."""
        return list(self.inputs)

    @property
    def has_one_input(self) -> bool:
        """Whether a row is one array of floats, as RDDs have it."""
        return len(self.inputs) == 1

    def folder(self, root: Path) -> Path:
        """Where the model, the table and TensorFlow's answers are."""
        return root / self.name

    def model(self, root: Path) -> str:
        """Return the model's path."""
        return str(self.folder(root) / "model")

    @property
    def rows_per_file(self) -> int:
        """Rows in each of the table's files."""
        return self.rows // FILES

    def sample(self, root: Path) -> Path:
        """Return the file with the table's first rows, one batch of them."""
        return self.folder(root) / "sample.parquet"

    def answers(self, root: Path) -> Path:
        """Return the file with TensorFlow's answers to the sample."""
        return self.folder(root) / "answers.npy"

    def files(self, root: Path, count: int = FILES) -> list[str]:
        """Return the first so many of the table's files."""
        return [str(self.folder(root) / "rows" / f"{number:02}.parquet") for number in range(count)]


_ALL = (
    Workload(
        "linear",
        "linear model, 2 floats",
        1_000_000,
        {"inputs": (2,)},
        1,
        (1024, 4096, 10_000),
        "scalar",
    ),
    Workload(
        "mlp",
        "MLP 64-256-256-1",
        400_000,
        {"features": (64,)},
        1,
        (1024, 4096, 10_000),
        "scalar",
    ),
    Workload(
        "digits",
        "digits network, 8x8x1",
        64_000,
        {"image": (8, 8, 1)},
        10,
        (256, 1024, 4096),
        "image",
    ),
    Workload(
        "wide_and_deep",
        "wide and deep, with strings",
        400_000,
        {"country": (), "dense": (16,), "device": (), "item": ()},
        1,
        (1024, 4096, 10_000),
        "wide_and_deep",
    ),
    Workload(
        "resnet50",
        "ResNet50, 64x64x3",
        256,
        {"image": (64, 64, 3)},
        10,
        (16, 32, 64),
        "image",
    ),
)

WORKLOADS = {workload.name: workload for workload in _ALL}
