"""What is measured, in the order in which each round runs them.

A system to come, such as an ML pipeline's transformer, gets a module beside these and a line here.
"""

from __future__ import annotations

from systems.batch_udf import BatchUdf
from systems.pandas_udf import PandasUdf
from systems.rdd import Rdd, RddScan
from systems.row_udf import RowUdf
from systems.scan import Scan
from systems.session import BareSession
from systems.sql import Sql
from systems.system import System

SYSTEMS: dict[str, type[System]] = {
    "scan": Scan,
    "session": BareSession,
    "sql": Sql,
    "rdd_scan": RddScan,
    "rdd": Rdd,
    "batch_udf": BatchUdf,
    "pandas_udf": PandasUdf,
    "row_udf": RowUdf,
}
