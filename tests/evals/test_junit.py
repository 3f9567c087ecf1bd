"""JUnit XML that any parser reads, whatever the cases hold."""

from __future__ import annotations

from xml.etree.ElementTree import parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.gate import Bound, Verdict
from evals.junit import _text, write_junit
from index.errors import ConfigError
from tests.evals.test_gate import row, saved


def written(tmp_path, run, *rest):
    path = tmp_path / "reports" / "junit.xml"
    write_junit(path, run, *rest)
    return parse(path).getroot()


def broken(root, kind: str = "failure") -> dict[str, str]:
    tests = root.iter("testcase")
    return {t.get("name"): t.find(kind).get("message") for t in tests if t.find(kind) is not None}


def test_one_test_a_case_and_one_a_bound(tmp_path) -> None:
    run = saved(tmp_path, row("a", recall=1.0), row("b", "numeric", error="Boom: it broke"))
    verdicts = [
        Verdict("recall", "", "recall, floor 0.9", kept=True, measured="1 (1 case)"),
        Verdict("completed", "", "completed, floor 1", kept=False, measured="0.5 (2 cases)"),
    ]
    root = written(tmp_path, run, [Bound("recall", floor=0.9)], verdicts)
    assert root.tag == "testsuites"
    cases, gate = root.findall("testsuite")
    counts = ("name", "tests", "failures", "errors", "skipped", "time")
    assert [cases.get(name) for name in counts] == ["cases", "2", "0", "1", "0", "0.500"]
    assert [gate.get(name) for name in counts] == ["gate", "2", "1", "0", "0", "0.000"]
    assert cases.get("timestamp") == "2026-01-02T03:04:05+00:00"
    assert [(t.get("classname"), t.get("time")) for t in cases] == [
        ("cases.survey", "0.250"),
        ("cases.numeric", "0.250"),
    ]
    assert broken(root, "error") == {"b": "Boom: it broke"}
    assert broken(root) == {"completed, floor 1": "0.5 (2 cases)"}


def test_without_a_gate_only_errors_fail(tmp_path) -> None:
    root = written(tmp_path, saved(tmp_path, row("a", recall=0.0, completed=1.0)))
    assert [suite.get("name") for suite in root] == ["cases"]
    assert broken(root) == {}


def test_a_case_fails_where_a_gated_measure_is_at_its_worst(tmp_path) -> None:
    run = saved(
        tmp_path,
        row("zero", recall=0.0, must_contain=0.0),
        row("low", recall=0.1),
        row("unscored", recall=None),
        row("refused", answerable_refused=1.0),
        row("answered", answerable_refused=0.0),
        row("quick", latency_ms=0.0),
        row("other type", "numeric", verbatim=0.0),
        row("that type", "survey", verbatim=0.0),
        row("judged", judged_points=0.0),
    )
    bounds = [
        Bound("recall", floor=0.5),
        Bound("recall", "survey", floor=0.5),
        Bound("answerable_refused", ceiling=0.5),
        Bound("latency_ms", ceiling=9),
        Bound("verbatim", "survey", floor=1),
        Bound("judged_points", floor=0.5),
    ]
    root = written(tmp_path, run, bounds)
    assert broken(root) == {
        "zero": "recall is 0 (why recall)",
        "refused": "answerable_refused is 1 (why answerable_refused)",
        "that type": "verbatim is 0 (why verbatim)",
        "judged": "judged_points is 0 (why judged_points)",
    }
    assert "question zero?\n\nanswer zero" in [each.text for each in root.iter("failure")]


def test_any_text_is_written_so_that_it_can_be_read(tmp_path) -> None:
    odd = "<b>&amp; \x00\x1b[31m \ud800 \uffff ]]> \"'\n\té 日本 \U0001f600"
    kept = "<b>&amp; \\x00\\x1b[31m \\ud800 \\uffff ]]> \"'\n\té 日本 \U0001f600"
    run = saved(tmp_path, row(odd, odd, recall=0.0), row("failed", odd, error=odd))
    run.rows[0]["answer"]["text"] = odd
    root = written(tmp_path, run, [Bound("recall")])
    test = root.find(".//testcase")
    assert test.get("name") == kept
    assert test.get("classname") == f"cases.{kept}"
    assert test.find("failure").text.endswith(kept)
    assert broken(root, "error") == {"failed": kept}


@given(st.text(st.characters(exclude_categories=())))
def test_no_character_is_left_that_xml_can_not_hold(text) -> None:
    assert all(
        ch in "\t\n\r" or " " <= ch <= "\ud7ff" or "\ue000" <= ch <= "\ufffd" or ch >= "\U00010000"
        for ch in _text(text)
    )


def test_a_file_that_can_not_be_written_is_told(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="can't be written"):
        write_junit(tmp_path / "file" / "junit.xml", saved(tmp_path, row("a")))
    with pytest.raises(ConfigError, match="can't be written"):
        write_junit(tmp_path, saved(tmp_path, row("a")))
