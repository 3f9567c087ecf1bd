"""Batches: order, errors in their lines, and going on where a run was cut off."""

from __future__ import annotations

import json

import pytest

from index.errors import ConfigError, CorpusError, Rejected
from rag.types import Turn
from ui.batch import parse_request, run_batch


def quiet(_done, _total):
    return None


def echo(request):
    return {"text": request.question.upper()}


def write(path, *lines):
    path.write_text(
        "\n".join(json.dumps(line) if not isinstance(line, str) else line for line in lines)
    )
    return path


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_results_come_in_order_with_errors_in_their_lines(tmp_path):
    def work(request):
        if request.question == "bad":
            raise Rejected("the endpoint refused it")
        if request.question == "worse":
            raise ZeroDivisionError("oops")
        return echo(request)

    source = write(
        tmp_path / "in.jsonl",
        {"id": 1, "question": "one", "extra": "ignored"},
        "{broken",
        "",
        {"id": "b", "question": "bad"},
        {"id": "w", "question": "worse"},
        {"question": "no id"},
        {"id": "e", "question": " "},
        {"id": None, "question": "last"},
    )
    out = tmp_path / "deep" / "out.jsonl"
    report = run_batch(source, out, work, progress=quiet)
    assert read(out) == [
        {"id": 1, "text": "ONE"},
        {"id": None, "error": 'in.jsonl:2: not a JSON object with "id" and "question"'},
        {"id": "b", "error": "the endpoint refused it"},
        {"id": "w", "error": "ZeroDivisionError: oops"},
        {"id": None, "error": 'in.jsonl:6: "id" is missing'},
        {"id": "e", "error": 'in.jsonl:7: "question" must be a text that is not empty'},
        {"id": None, "text": "LAST"},
    ]
    assert (report.done, report.failed, report.resumed) == (2, 5, 0)


def test_history_becomes_turns():
    messages = [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "Q1"},
        {"role": "assistant", "content": "A1"},
        {"role": "user", "content": "Q2"},
    ]
    request = parse_request(json.dumps({"id": 1, "question": "q", "history": messages}))
    assert request.history == (Turn("Q1", "A1"), Turn("Q2", ""))
    with pytest.raises(ConfigError, match="no question comes before it"):
        parse_request(json.dumps({"id": 1, "question": "q", "history": messages[2:3]}))


def test_resuming_keeps_what_was_finished_and_answers_the_rest(tmp_path):
    source = write(tmp_path / "in.jsonl", *({"id": i, "question": f"q{i}"} for i in range(4)))
    out = tmp_path / "out.jsonl"
    out.write_text('{"id": 0, "text": "kept"}\n{"id": 1, "error": "was down"}\n{"id": 2, "te')
    asked = []

    def work(request):
        asked.append(request.id)
        return echo(request)

    report = run_batch(source, out, work, resume=True, progress=quiet)
    assert asked == [1, 2, 3]
    assert [line["text"] for line in read(out)] == ["kept", "Q1", "Q2", "Q3"]
    assert report.resumed == 1


def test_without_resume_the_output_is_written_anew(tmp_path):
    source = write(tmp_path / "in.jsonl", {"id": 0, "question": "q"})
    out = tmp_path / "out.jsonl"
    out.write_text('{"id": 0, "text": "old"}\n')
    run_batch(source, out, echo, progress=quiet)
    assert read(out) == [{"id": 0, "text": "Q"}]


def test_resuming_over_the_output_of_other_questions_starts_anew(tmp_path):
    source = write(tmp_path / "in.jsonl", {"id": "x", "question": "q"})
    out = tmp_path / "out.jsonl"
    out.write_text('{"id": "y", "text": "old"}\n')
    run_batch(source, out, echo, resume=True, progress=quiet)
    assert read(out) == [{"id": "x", "text": "Q"}]


def test_each_line_is_on_disk_before_the_next_is_asked(tmp_path):
    source = write(tmp_path / "in.jsonl", *({"id": i, "question": "q"} for i in range(3)))
    out = tmp_path / "out.jsonl"
    lengths = []

    def work(request):
        lengths.append(len(out.read_text().splitlines()))
        return echo(request)

    run_batch(source, out, work, progress=quiet)
    assert lengths == [0, 1, 2]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00\x80"])
def test_a_source_that_cannot_be_read_is_named(tmp_path, content):
    source = tmp_path / "in.jsonl"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(CorpusError, match=r"in\.jsonl"):
        run_batch(source, tmp_path / "out", echo, progress=quiet)


def test_an_output_that_cannot_be_written_is_named(tmp_path):
    source = write(tmp_path / "in.jsonl", {"id": 0, "question": "q"})
    with pytest.raises(ConfigError, match="can't be written"):
        run_batch(source, tmp_path, echo, progress=quiet)


def test_a_lone_surrogate_does_not_stop_the_run(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 0, "question": "\\ud800 x"}\n')
    out = tmp_path / "out.jsonl"
    run_batch(source, out, echo, progress=quiet)
    assert read(out)[0]["text"] == "\ud800 X"
