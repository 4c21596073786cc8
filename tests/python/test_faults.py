"""A quick selection of what `make faults` does to a cluster: a few faults of each kind."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

FAULTS = Path(__file__).parents[1] / "faults"


@pytest.mark.parametrize("module", ["executors", "streams"])
def test_what_must_hold_holds(module, models, monkeypatch):
    monkeypatch.syspath_prepend(str(FAULTS))
    rows = importlib.import_module(module).run(quick=True)
    assert rows
    for row in rows:
        assert row.holds, row.line()
