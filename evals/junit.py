"""JUnit XML, which CI systems read: one test a case, and one a bound of the gate.

A case fails where a bound of the gate is on a measure in [0, 1] (of all cases, or of its type)
that is at its worst for this case: 0, or 1 where lower is better. A case that ended in an error is
an error. So tests may fail where the gate holds, since a floor below 1 allows for some: what
decides is the command's exit code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from evals.gate import Bound, Verdict
from evals.measures import ALL_MEASURES
from evals.runs import SavedRun
from index.errors import ConfigError

_WORST = {m.name: 0.0 if m.better == "higher" else 1.0 for m in ALL_MEASURES if m.bounded}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write (its production 2, "Char")."""


def write_junit(
    path: Path,
    run: SavedRun,
    bounds: Sequence[Bound] = (),
    verdicts: Sequence[Verdict] = (),
) -> None:
    """Writes the file and the folders above it. Raises ConfigError where that can't be done."""
    root = Element("testsuites", name="paperchat eval")
    _suite(root, "cases", [_case(row, bounds) for row in run.rows], run.config.get("started"))
    if verdicts:
        _suite(root, "gate", [_gated(verdict) for verdict in verdicts])
    indent(root)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise ConfigError(f"{path}: can't be written ({error})") from error


def _suite(root: Element, name: str, tests: Sequence[Element], started: object = None) -> None:
    """``started`` is the run's time, in ISO 8601."""
    suite = SubElement(root, "testsuite", name=name, tests=str(len(tests)), skipped="0")
    for kind, counted in (("failure", "failures"), ("error", "errors")):
        suite.set(counted, str(sum(test.find(kind) is not None for test in tests)))
    suite.set("time", f"{sum(float(test.get('time', 0)) for test in tests):.3f}")
    if isinstance(started, str):
        suite.set("timestamp", _text(started))
    suite.extend(tests)


def _case(row: Mapping[str, Any], bounds: Sequence[Bound]) -> Element:
    """``row`` is ``CaseResult.to_dict()``."""
    test = Element("testcase", classname=_text(f"cases.{row['type']}"), name=_text(row["id"]))
    test.set("time", f"{(row.get('milliseconds') or 0) / 1000:.3f}")
    if row["error"] is not None:
        _outcome(test, "error", str(row["error"]), row["question"])
        return test
    gated = dict.fromkeys(b.measure for b in bounds if b.kind in {"", row["type"]})
    worst = [
        f"{name} is {_WORST[name]:.0f}" + (f" ({score['why']})" if score["why"] else "")
        for name, score in ((name, row["scores"].get(name)) for name in gated if name in _WORST)
        if score and score["value"] == _WORST[name]
    ]
    if worst:
        answer = (row.get("answer") or {}).get("text", "")
        _outcome(test, "failure", "; ".join(worst), f"{row['question']}\n\n{answer}")
    return test


def _gated(verdict: Verdict) -> Element:
    test = Element("testcase", classname="gate", name=_text(verdict.name), time="0")
    if not verdict.kept:
        _outcome(test, "failure", verdict.measured, str(verdict))
    return test


def _outcome(test: Element, kind: str, message: str, text: str) -> None:
    SubElement(test, kind, message=_text(message)).text = _text(text)


def _text(value: object) -> str:
    r"""What XML can hold: other characters as Python would write them, such as ``\x1b``."""
    return _NOT_XML.sub(lambda found: ascii(found[0])[1:-1], str(value))
