"""Who may review on the page, and what a page may send, without a browser."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest

from index.errors import ConfigError
from tests.ui.runs.drafted import HOSTILE, write
from ui.page.drafts import Reviews
from ui.runs import drafts as drafts_of_runs
from ui.runs.drafts import drafts_markup, list_drafts

ALONE, ACCOUNT = SimpleNamespace(username=None), SimpleNamespace(username="ada")


@pytest.fixture
def path(tmp_path):
    return write(tmp_path)


@pytest.fixture
def reviews(path):
    return Reviews(path.parent)


def key(path) -> str:
    return list_drafts(path.parent)[0][0].key


def test_on_a_page_with_accounts_nothing_is_shown_or_decided(reviews, path):
    assert "pc-draft" in reviews.arrive(ALONE)
    assert reviews.arrive(ACCOUNT) == ""
    before = path.read_bytes()
    event = gr.EventData(None, {"action": "accept", "draft": key(path)})
    with pytest.raises(gr.Error, match="not shared"):
        reviews.decide(event, ACCOUNT)
    assert path.read_bytes() == before
    assert "Accepted" in reviews.decide(event, ALONE)
    assert path.read_bytes() != before


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"action": "accept"},
        {"action": "accept", "draft": "../../secret"},
        {"action": "erase", "draft": "KEY"},
        {"action": ["drop"], "draft": "KEY"},
        {"action": "edit", "draft": "KEY", "question": 3, "points": None, "strings": ["x"]},
    ],
)
def test_what_makes_no_sense_changes_no_case(reviews, path, data):
    before = [case.case for case in list_drafts(path.parent)[0]]
    named = {k: key(path) if v == "KEY" else v for k, v in data.items()}
    assert "pc-told" in reviews.decided(named)
    assert [case.case for case in list_drafts(path.parent)[0]] == before


def test_everything_of_a_case_is_inert(path):
    drafts, _ = list_drafts(path.parent)
    markup = drafts_markup(drafts, [HOSTILE])
    assert "<img" not in markup and "<script" not in markup
    assert markup.count("</textarea>") == markup.count("<textarea")


def test_newest_files_come_first(path):
    newer = write(path.parent.parent, "newer.jsonl")
    os.utime(path, (1, 1))
    (path.parent / "broken.jsonl").symlink_to(path.parent / "nowhere")
    drafts, troubles = list_drafts(path.parent)
    assert [draft.path for draft in drafts] == [newer] * 3 + [path] * 3
    assert len({draft.key for draft in drafts}) == 6
    assert troubles == ()
    assert list_drafts(path.parent / "none") == ((), ())


@pytest.mark.parametrize("junk", [b"\xff\xfe{\n{}\n", b'{"id": "\xff"}\n{"id": "x"}', b"<b>\n<b>"])
def test_files_with_faulty_lines_are_told_of(path, reviews, junk):
    (path.parent / "bad.jsonl").write_bytes(junk)
    drafts, (trouble,) = list_drafts(path.parent)
    assert len(drafts) == 3
    assert trouble.startswith("A file of cases has 2 faults; the first: bad.jsonl:1: ")
    assert "2 faults" in reviews.arrive(ALONE).encode().decode()
    path.unlink()
    assert "none waits</small>" in reviews.arrive(ALONE)


def test_a_file_that_cannot_be_read_is_told_of(path, reviews, monkeypatch):
    def locked(_: Path) -> bytes:
        raise ConfigError("drafts can't be read: Permission denied")

    monkeypatch.setattr(drafts_of_runs, "content", locked)
    assert list_drafts(path.parent)[1] == ("drafts can't be read: Permission denied",)
    assert "Permission denied" in reviews.arrive(ALONE)


def test_of_many_the_first_are_shown(path):
    drafts, _ = list_drafts(path.parent)
    markup = drafts_markup(drafts * 10)
    assert markup.count("<article") == 20 and "And 10 more" in markup
    assert drafts_markup(()) == ""
