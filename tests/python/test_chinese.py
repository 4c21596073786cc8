"""The Chinese pages say what the English ones and the code do, in the field's own words.

Their blocks are run by test_documents.py, and README.zh.md is compared in test_pages.py.
"""

from __future__ import annotations

import re

import blocks
import pytest
from blocks import ROOT

PAGES = ["README.zh.md", *(page for page in blocks.PAGES if page.startswith("docs/zh/"))]
MAIN = ROOT / "scala/src/main"
# What a word for word translation writes, and what an engineer does.
CALQUES = {
    "文件夹": "目录",
    "各项含义": "输入输出规则",
    "需要什么": "环境要求",
    "应答": "预测",
    "不需要特别说明": "无需额外配置",
    "微批次": "micro-batch",
    "执行器": "executor",
    "驱动程序": "driver",
    "签字": "签名",
    "操作符": "算子",
}


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """A page without its blocks, and without code in its lines."""
    without = re.sub(r"^```.*?^```", "", text(page), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "`", without)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_calques(page):
    assert not [f"{word}: {CALQUES[word]}" for word in CALQUES if word in prose(page)]


@pytest.mark.parametrize("page", PAGES)
def test_punctuation_is_chinese(page):
    # A comma or a full stop of English after a Chinese letter.
    assert re.findall(r"[\u4e00-\u9fff][,;:?!]", prose(page)) == []


def test_the_index_has_every_page():
    named = set(re.findall(r"^\| \[[^\]]+\]\(([\w-]+\.md)\) \|", text("docs/zh/README.md"), re.M))
    there = {file.name for file in (ROOT / "docs/zh").glob("*.md")} - {"README.md"}
    assert named == there


def test_each_page_has_an_english_one():
    names = {file.name for file in (ROOT / "docs/zh").glob("*.md")}
    assert names <= {file.name for file in (ROOT / "docs").glob("*.md")}


def test_the_settings_are_those_of_the_code():
    rows = re.findall(
        r"^\| `(spark\.tfpredict\.[\w.]+)` \| (\S+) \| .*[\u4e00-\u9fff].*\|$",
        text("docs/zh/settings.md"),
        re.MULTILINE,
    )
    table = {key: "" if default == "none" else default.strip("`") for key, default in rows}
    source = (MAIN / "scala/tfpredict/Settings.scala").read_text()
    keys = re.findall(r'Key\(\s*"(spark\.tfpredict\.[\w.]+)",\s*"([-\w]*)"', source)
    assert len(keys) > 10
    assert table == dict(keys)


def test_rules_and_limits_have_the_rows_of_the_english_pages():
    for name in ("inputs", "requirements", "settings"):
        english, chinese = text(f"docs/{name}.md"), text(f"docs/zh/{name}.md")
        own = [set(re.findall(r"^\| `([^`]+)`", page, re.MULTILINE)) for page in (english, chinese)]
        assert own[0] <= own[1], name


def test_error_classes_stand_below_the_exceptions_that_have_them():
    rows = re.findall(r"^\| \[?(TFPREDICT_\w+)[^|]*\| ([^|]+) \|", text("docs/errors.md"), re.M)
    exceptions = {name: set(re.findall(r"`(\w+)`", cell)) for name, cell in rows}
    found = 0
    for section in re.split(r"^## ", text("docs/zh/errors.md"), flags=re.MULTILINE)[1:]:
        exception = re.search(r"\b(\w+Exception)$", section.partition("\n")[0])
        for name in re.findall(r"TFPREDICT_[A-Z_]+", section if exception else ""):
            assert exception[1] in exceptions.get(name, ()), name
            found += 1
    assert found > 20


def test_the_walk_has_the_five_steps_of_the_english_page():
    walk = "from-the-document.md"
    for page, numbers in ((f"docs/{walk}", "12345"), (f"docs/zh/{walk}", "一二三四五")):
        found = "".join(re.findall(r"^## ([1-5一二三四五])[.、]", text(page), re.MULTILINE))
        assert found == numbers
    # What is written by hand, and what an RDD and a DataFrame answer, is the same in both.
    for language in ("sbt", "xml"):
        assert blocks.in_language(f"docs/zh/{walk}", language)
    quotes = [
        [text for text in blocks.in_language(page, "scala") if text.startswith("// ")]
        for page in (f"docs/{walk}", f"docs/zh/{walk}")
    ]
    # The library's own program for the driver is quoted in English alone.
    assert set(quotes[1]) <= set(quotes[0])
    assert len(quotes[1]) == 4
