"""Random tables, in the forms that Spark can have them in."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from domain import BIGINT, BOOLEAN, DOUBLE, INT, STRING, Type, literal, spoiled, value
from expressions import Col

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FORMS = ("values", "values", "spread", "parquet", "partitioned", "cached")

KINDS = {
    "g": STRING,
    "r": Type("FLOAT"),
    "d": DOUBLE,
    "n": BIGINT,
    "i": INT,
    "b": BOOLEAN,
    "u": Type("SMALLINT"),
    "s": STRING,
    "a2": Type("FLOAT", (2,)),
    "a3": Type("DOUBLE", (3,)),
    "i2": Type("INT", (2,)),
    "w": Type("FLOAT", (None,)),
    "wn": Type("BIGINT", (None,)),
    "m": Type("FLOAT", (2, 2)),
    "mi": Type("INT", (None, None)),
    "m2": Type("FLOAT", (None, 2)),
    "ws": Type("STRING", (None,)),
    "s2": Type("STRING", (2,)),
    "y": Type("BINARY"),
    "st": Type("STRUCT", fields=(("p", Type("FLOAT")), ("q", Type("FLOAT", (2,))))),
}


@dataclass
class Table:
    """Rows with a unique `id`; `dirty` where models refuse some of them for their form."""

    name: str
    cols: list[Col]
    data: list[dict[str, Any]]
    form: str = "values"
    dirty: bool = False
    parts: int = field(default=2)

    def __deepcopy__(self, memo: dict) -> Table:
        return self  # a copy of a query asks the same tables

    def rows(self, ref: Any = None, outer: Any = None) -> list[dict[str, Any]]:
        return self.data

    def describe(self) -> str:
        kind = f"{self.form}, {self.parts} parts" if self.form != "values" else self.form
        return f"-- {self.name}: {len(self.data)} rows, {kind}\n" + "\n".join(self.statements())

    def statements(self) -> list[str]:
        """Return what makes the table, in a session that may have one of its name."""
        names = [c.name for c in self.cols]
        columns = [(c.name, c.type) for c in self.cols]
        rows = [
            "(" + ", ".join(literal(row[name], kind) for name, kind in columns) + ")"
            for row in self.data
        ]
        source = f"SELECT * FROM VALUES {', '.join(rows)} AS v({', '.join(names)})"
        if not rows:
            empty = ", ".join(f"{literal(None, kind)} AS {name}" for name, kind in columns)
            source = f"SELECT {empty} WHERE false"
        made = [f"DROP VIEW IF EXISTS {self.name}", f"DROP TABLE IF EXISTS {self.name}_files"]
        view = f"CREATE OR REPLACE TEMPORARY VIEW {self.name} AS"
        hint = f"/*+ REPARTITION({self.parts}) */ "
        if self.form == "spread":
            source = source.replace("SELECT ", f"SELECT {hint}", 1)
        if self.form in ("parquet", "partitioned"):
            by = "PARTITIONED BY (k) " if self.form == "partitioned" else ""
            source = source.replace("SELECT ", f"SELECT {hint}", 1)
            made.append(f"CREATE TABLE {self.name}_files USING parquet {by}AS {source}")
            source = f"SELECT {', '.join(names)} FROM {self.name}_files"
        made.append(f"{view} {source}")
        if self.form == "cached":
            made.append(f"CACHE TABLE {self.name}")
        return made

    def make(self, spark: SparkSession) -> None:
        for statement in self.statements():
            spark.sql(statement)


def random_table(rng: Random, name: str, dirty: bool) -> Table:
    chosen = sorted(rng.sample(sorted(KINDS), rng.randint(5, 9)))
    columns = {"id": INT, "k": INT, **{column: KINDS[column] for column in chosen}}
    nulls = rng.choice((0.0, 0.1, 0.3))
    data = []
    for row in range(rng.choice((0, 1, 3, 8, 12, 16, 20, 30, 45, 60))):
        made = {"id": row, "k": None if rng.random() < nulls else rng.randint(0, 4)}
        for column, kind in columns.items():
            if column in made:
                continue
            made[column] = value(rng, kind, nulls)
            if dirty and rng.random() < 0.15:
                made[column] = spoiled(rng, kind)
        data.append(made)
    rng.shuffle(data)
    cols = [Col(kind, column) for column, kind in columns.items()]
    return Table(name, cols, data, rng.choice(FORMS), dirty, rng.randint(1, 4))
