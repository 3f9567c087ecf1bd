"""CSV from spreadsheets and by hand."""

from __future__ import annotations

import csv
import io

import pytest

from evals.formats.tabular import read, write
from evals.types import EvalCase
from index.errors import ConfigError


def rows(tmp_path, content):
    path = tmp_path / "cases.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, (), "test").rows


def test_a_question_and_its_papers_are_enough(tmp_path):
    text = 'Question,gold_titles\nWhen?,A | B\n\n,\nWhat?,"C\n D | E \n"\n'
    assert rows(tmp_path, text) == (
        (2, {"id": "q1", "question": "When?", "gold_titles": ["A", "B"]}),
        (5, {"id": "q2", "question": "What?", "gold_titles": ["C", "D | E"]}),
    )


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_separators_and_a_byte_order_mark_are_read(tmp_path, delimiter):
    text = "\ufeffid;question;answerable\r\na;Ü, wo?;FALSE\r\nb;Wann?;1\r\n".replace(";", delimiter)
    assert [row for _, row in rows(tmp_path, text)] == [
        {"id": "a", "question": "Ü, wo?", "answerable": False},
        {"id": "b", "question": "Wann?", "answerable": True},
    ]


def test_a_json_list_keeps_its_items(tmp_path):
    text = 'question,must_contain\nQ,"[""P(a | b)"", ""x\\ny""]"\nR,[1] | two\n'
    (_, first), (_, second) = rows(tmp_path, text)
    assert first["must_contain"] == ["P(a | b)", "x\ny"]
    assert second["must_contain"] == ["[1]", "two"]


def test_unknown_columns_stay_for_the_check_to_tell(tmp_path):
    ((_, row),) = rows(tmp_path, "question,grade,\nQ,5,x\n")
    assert row == {"id": "q1", "question": "Q", "grade": "5"}


@pytest.mark.parametrize("start", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "'=1"])
def test_no_cell_is_a_formula(start):
    case = EvalCase(start, "t", start, must_contain=(start,))
    written = write([case], ()).files[""]
    (row,) = csv.DictReader(io.StringIO(written, newline=""))
    assert all(row[name].startswith("'") for name in ("id", "question"))
    assert not row["must_contain"].startswith(tuple("=+-@\t\r"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,query\na,b\n", r"csv:1: no column is called \"question\""),
        ("question,id,ID\na,b,c\n", "csv:1: named twice: id"),
        ("question,id\na,b\nc\n", "csv:3: the row has 1 cells and the header 2"),
        ('question,id\na,b\n"c\nd\n', r"csv:3: .*quote"),
        ("question,answerable\na,maybe\n", r"csv:2: .*true or false, not 'maybe'"),
        ("question,history\na,b\n", r"csv:2: .*must be JSON"),
        (b"question\n\xff\n", r"not UTF-8.*save it as CSV UTF-8"),
    ],
)
def test_broken_files_are_told_with_their_line(tmp_path, content, message):
    with pytest.raises(ConfigError, match=message):
        rows(tmp_path, content)


def test_a_file_without_rows_has_no_cases(tmp_path):
    assert rows(tmp_path, "") == rows(tmp_path, "question\n") == ()
