"""All kinds of queries, by the words that the page has for them."""

from __future__ import annotations

import kinds_of_groups
import kinds_of_guards
import kinds_of_rows
import kinds_of_several
import special
from queries import Kinds

KINDS: Kinds = {
    "projection": kinds_of_rows.project,
    "filter": kinds_of_rows.filtered,
    "guard": kinds_of_guards.guard,
    "join": kinds_of_several.join,
    "window": kinds_of_groups.window,
    "aggregate": kinds_of_groups.aggregate,
    "cube or rollup": kinds_of_groups.grouping,
    "sort and limit": kinds_of_rows.sort,
    "limit": kinds_of_rows.limit,
    "distinct": kinds_of_rows.distinct,
    "set operation": kinds_of_several.union,
    "lambda": kinds_of_rows.lambdas,
    "explode": kinds_of_rows.explode,
    "CTE": kinds_of_several.cte,
    "subquery": kinds_of_several.subquery,
    "constants": special.constants,
    "columns named as inputs": special.named,
    "model that draws at random": special.drawn,
}
