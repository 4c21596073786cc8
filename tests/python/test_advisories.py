"""The page of advisories is what its table says."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "security"))

import page  # noqa: E402


def test_the_page_is_the_tables() -> None:
    assert page.PAGE.read_text() == page.page(), "run python tests/security/page.py"


def test_every_verdict_has_a_meaning() -> None:
    found = page.rows()
    assert len(found) >= 432
    assert {row[5] for row in found} <= set(page.MEANINGS)
