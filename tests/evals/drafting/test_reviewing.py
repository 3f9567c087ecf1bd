"""Decisions on drafted cases change their line and nothing else."""

from __future__ import annotations

import json
import threading

import pytest

from evals.cases import load_cases
from evals.drafting.files import append
from evals.drafting.reviewing import Edit, accept, drop, edit, waiting
from index.errors import ConfigError

WAITS = {
    "id": "a",
    "question": "Why  é?",
    "gold_titles": ["T"],
    "reviewed": False,
    "hue": [1.50],
}
FIRST = '\ufeff{"id":"x",  "question": "Odd \\u00e9 spacing?","gold_titles":["T"]}\r\n'
LAST = '{"id": "b", "question": "Else?", "reviewed": false, "answerable": false}'


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "drafts.jsonl"
    middle = json.dumps(WAITS, ensure_ascii=False) + "\r\n\n"
    file.write_bytes((FIRST + middle + "not JSON\n" + LAST).encode())
    return file


def test_only_those_that_wait_are_listed(path):
    assert [case.id for case in waiting(path)] == ["a", "b"]


def test_accepting_changes_one_line(path):
    before = path.read_bytes().split(b"\n")
    accept(path, "a")
    after = path.read_bytes().split(b"\n")
    assert after[0] == before[0] and after[2:] == before[2:]
    assert after[1].endswith(b"\r")
    assert json.loads(after[1]) == WAITS | {"reviewed": True}
    assert list(json.loads(after[1])) == list(WAITS)
    assert "é".encode() in after[1]
    assert [case.id for case in waiting(path)] == ["b"]


def test_dropping_takes_one_line_out(path):
    before = path.read_bytes().split(b"\n")
    drop(path, "a")
    assert path.read_bytes().split(b"\n") == [before[0], *before[2:]]
    drop(path, "b")
    assert waiting(path) == ()


def test_the_first_line_may_be_dropped_or_changed_in_a_file_with_a_mark(tmp_path):
    path = tmp_path / "d.jsonl"
    path.write_text("\ufeff" + json.dumps(WAITS) + "\n" + LAST + "\n", "utf-8")
    accept(path, "a")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf{")
    path.write_text("\ufeff" + json.dumps(WAITS) + "\n" + LAST + "\n", "utf-8")
    drop(path, "a")
    assert path.read_text("utf-8") == "\ufeff" + LAST + "\n"


def test_an_edited_case_waits_as_before(path):
    edit(path, "a", Edit(" New\n question?\u200b", ("one", " "), ("two",)))
    (case, _) = waiting(path)
    assert (case.question, case.answer_points, case.must_contain) == (
        "New question?",
        ("one",),
        ("two",),
    )
    edit(path, "a", Edit(answer_points=()))
    assert waiting(path)[0].answer_points == () and waiting(path)[0].must_contain == ("two",)
    row = json.loads(path.read_text("utf-8").splitlines()[1])
    assert (row["hue"], row["reviewed"]) == ([1.5], False)


@pytest.mark.parametrize(
    ("decide", "told"),
    [
        (lambda path: accept(path, "nobody"), "is not there any more"),
        (lambda path: accept(path, "x"), "is reviewed already"),
        (lambda path: edit(path, "a", Edit("  ")), "must be a text that is not empty"),
        (lambda path: edit(path, "b", Edit(must_contain=("x",))), "not answerable, but has"),
        (lambda path: edit(path, "a", Edit("else?")), "asks the same as line"),
        (lambda path: accept(path.with_name("gone.jsonl"), "a"), "can't be read"),
    ],
)
def test_what_cannot_be_done_changes_nothing(path, decide, told):
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=told):
        decide(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_case_without_gold_cannot_be_accepted(tmp_path):
    path = tmp_path / "d.jsonl"
    path.write_text('{"id": "a", "question": "Why?", "reviewed": false}\n')
    with pytest.raises(ConfigError, match='"gold_titles" is empty'):
        accept(path, "a")


def test_a_link_is_followed_and_rights_stay(path, tmp_path):
    path.chmod(0o640)
    link = tmp_path / "link.jsonl"
    link.symlink_to(path)
    accept(link, "a")
    assert link.is_symlink() and path.stat().st_mode & 0o777 == 0o640


def test_what_is_drafted_meanwhile_is_not_lost(tmp_path):
    path = tmp_path / "d.jsonl"
    row = {"question": "Why?", "gold_titles": ["T"], "reviewed": False}
    rows = [row | {"id": f"c{n}", "question": f"Why {n}?"} for n in range(60)]
    path.write_text("".join(json.dumps(one) + "\n" for one in rows[:30]))
    drafting = threading.Thread(target=lambda: [append(path, json.dumps(one)) for one in rows[30:]])
    drafting.start()
    for number in range(30):
        accept(path, f"c{number}")
    drafting.join()
    assert len(load_cases(path)) == 30 and len(waiting(path)) == 30
