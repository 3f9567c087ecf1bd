"""What a run's configuration tells of the settings that it was made with."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest

from evals import runner
from evals.__main__ import main
from evals.measures import MEASURES
from evals.running import what_matters
from rag.settings import Settings
from tests.evals.test_runner import CASES

MATTERS = {
    "model": "openai:m",
    "base_url": "http://127.0.0.1:9/v1",
    "top_papers": 3,
    "max_context_tokens": 900,
    "max_output_tokens": 90,
    "timeout": 9.0,
    "prices": "1,2",
    "cache": True,
    "unsupported": "show",
    "judge": "openai:j",
    "length": "short",
    "strictness": "strict",
}
DOES_NOT = {
    "store": "elsewhere",
    "catalogue": "sqlite://",
    "embedder": "hash",
    "api_key": "sk-not-a-real-key",
    "chroma_key": "ck-not-a-real-key",
    "offline": True,
}


def test_every_setting_matters_but_for_those_known_not_to():
    assert {field.name for field in fields(Settings)} == MATTERS.keys() | DOES_NOT.keys()
    plain = what_matters(Settings())
    for name, value in MATTERS.items():
        assert what_matters(replace(Settings(), **{name: value})) == plain | {name: value}
    for name, value in DOES_NOT.items():
        assert what_matters(replace(Settings(), **{name: value})) == plain


def test_a_run_works_out_each_mean_and_interval_once(asked, tmp_path, monkeypatch):
    calls, aggregate = [], runner.aggregate
    monkeypatch.setattr(
        runner, "aggregate", lambda *values, **more: calls.append(1) or aggregate(*values, **more)
    )
    store, cases = asked
    assert main(["run", str(cases), "--store", str(store), "--out", str(tmp_path / "out")]) == 0
    assert len(calls) == len(MEASURES) * (1 + len({case["type"] for case in CASES}))


def test_no_secret_is_told():
    url = "https://me:pass@host.invalid/v1?token=mine-alone"
    told = what_matters(Settings(base_url=url, api_key="mine-alone"))
    assert "host.invalid" in told["base_url"]
    assert not any(secret in json.dumps(told) for secret in ("pass", "mine-alone"))


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PAPERCHAT_UNSUPPORTED", "show"), ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")],
)
def test_a_run_does_not_go_on_with_other_settings(
    asked, tmp_path, monkeypatch, capsys, variable, value
):
    store, cases = asked
    given = ["run", str(cases), "--store", str(store), "--model", "extractive"]
    given += ["--out", str(tmp_path / "out")]
    assert main(given) == 0
    monkeypatch.setenv(variable, value)
    assert main([*given, "--resume"]) == 1
    assert f"was None and is {value!r}" in capsys.readouterr().err


def test_a_run_kept_before_settings_were_told_is_still_shown(asked, tmp_path, capsys):
    store, cases = asked
    out = tmp_path / "out"
    assert main(["run", str(cases), "--store", str(store), "--out", str(out)]) == 0
    config = json.loads((out / "config.json").read_text())
    for name in ("base_url", "unsupported", "prices", "timeout", "cache"):
        del config[name]
    (out / "config.json").write_text(json.dumps(config))
    assert main(["show", str(out)]) == 0
    assert "3 cases" in capsys.readouterr().out
