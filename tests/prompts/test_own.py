"""Prompts of a user's own folder, in place of some of the shipped ones."""

from typing import get_args

import pytest

import prompts
from prompts import SHIPPED, PromptError, Prompts
from rag.manner import Length
from rag.messages import prompt_fingerprint


def folder(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name}.txt").write_text(text)
    return tmp_path


def test_a_file_of_ones_own_stands_for_the_shipped_one_and_the_others_stay(tmp_path):
    own = Prompts.of(folder(tmp_path, answer_length_short="Say it in one word.\n"))
    assert own.text("answer_length_short") == "Say it in one word."
    assert own.text("plan_system") == prompts.text("plan_system")
    assert prompts.text("answer_length_short") != "Say it in one word."
    for names in (["answer_length_short"], ["answer_length_short", "plan_system"]):
        assert own.fingerprint(names) != SHIPPED.fingerprint(names)
    assert own.fingerprint(["plan_system"]) == prompts.fingerprint(["plan_system"])


def test_the_placeholders_of_ones_own_are_filled(tmp_path):
    own = Prompts.of(folder(tmp_path, answer_reminder="Cite, or write {{sentinel}}."))
    assert own.render("answer_reminder", sentinel="X") == "Cite, or write X."
    with pytest.raises(PromptError, match="without a value: sentinel"):
        own.render("answer_reminder")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no prompt"),
        ({"answer_sistem": "x"}, r"answer_sistem\.txt: no prompt has this name"),
        ({"draft_comparison": "x"}, r"draft_comparison\.txt: is not read to answer"),
        ({"judge_eval_controls": "x"}, r"judge_eval_controls\.txt: is not read to answer"),
        ({"answer_reminder": "Cite."}, r"answer_reminder\.txt: its placeholders .*sentinel"),
        ({"answer_reminder": "{{sentinel}} {{paper}}"}, "its placeholders must be"),
        ({"answer_reminder": "{{Sentinel}}"}, r"answer_reminder\.txt: a placeholder is written"),
    ],
)
def test_files_that_could_not_be_said_are_refused(tmp_path, files, message):
    with pytest.raises(PromptError, match=message):
        Prompts.of(folder(tmp_path, **files))


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PromptError, match="absent: can't read prompts"):
        Prompts.of(tmp_path / "absent")


def test_each_that_answering_reads_changes_what_a_run_is_told_by():
    for name in prompts.ANSWERING:
        own = Prompts({name: prompts.text(name) + "."})
        prints = {(prompt_fingerprint(n), prompt_fingerprint(n, own)) for n in get_args(Length)}
        assert any(shipped != changed for shipped, changed in prints), name
    others = set(prompts.names()) - set(prompts.ANSWERING)
    own = Prompts({name: prompts.text(name) + "." for name in others})
    assert all(prompt_fingerprint(n) == prompt_fingerprint(n, own) for n in get_args(Length))
