"""The command as a process: start-up, pipes, signals. Few, since each start costs seconds."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

COMMAND = [sys.executable, "-c", "from ui.cli import main; main()"]


@pytest.fixture(scope="module")
def surroundings(project, tmp_path_factory):
    """An environment without the developer's settings, and with a home of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERCHAT_", "OPENAI_"))}
    home = str(tmp_path_factory.mktemp("home"))
    ours = {"HOME": home, "PAPERCHAT_EMBEDDER": "hash", "PYTHONPATH": str(project)}
    return kept | ours | dict.fromkeys(("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), home)


@pytest.fixture(scope="module")
def store(tmp_path_factory, surroundings):
    tmp_path = tmp_path_factory.mktemp("store")
    source = tmp_path / "papers.jsonl"
    lines = [
        {"id": f"p{i}", "title": f"Paper {i}", "abstract": f"It says {i}. " + "Much more. " * 60}
        for i in range(200)
    ]
    source.write_text("\n".join(json.dumps(line) for line in lines))
    folder = tmp_path / "store"
    done = subprocess.run(
        [*COMMAND, "index", source, "--store", folder],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("200 added")
    assert done.stderr == ""  # no bar where stderr is no terminal
    return folder


def test_help_comes_at_once_and_loads_nothing_heavy(surroundings):
    script = (
        "import sys; from ui.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'chromadb', 'gradio', 'openai', 'llama_index', 'onnxruntime', 'numpy'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--help"],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Usage: paperchat" in done.stdout


def test_a_closed_pipe_ends_quietly(store, surroundings):
    with subprocess.Popen(
        [*COMMAND, "papers", "--json", "--store", store],
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.read(10)
        process.stdout.close()
        errors = process.stderr.read().decode()
        assert process.wait(60) == 0
    assert "rror" not in errors


def test_ctrl_c_ends_the_page_quietly(store, surroundings):
    with subprocess.Popen(
        [*COMMAND, "chat", "--no-browser", "--store", store],
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        seen = ""
        deadline = time.monotonic() + 60
        while (address := re.search(r"http://\S+?(?=;)", seen)) is None:
            line = process.stderr.readline()
            assert line, seen
            assert time.monotonic() < deadline, seen
            seen += line
        with urllib.request.urlopen(address[0], timeout=30) as page:
            assert page.status == 200
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
    assert process.returncode in (0, 130)
    assert out == ""
    assert "Traceback" not in errors


def test_a_locale_without_utf8_prints_every_character(store, surroundings, tmp_path):
    source = tmp_path / "more.jsonl"
    source.write_text(
        json.dumps(
            {"id": "psi", "title": "PATIENT-Ψ", "abstract": "Ψ talks to trainees at length."}
        )
    )
    plain = surroundings | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    for verb in (["index", source], ["papers", "--word", "trainees"]):
        done = subprocess.run(
            [*COMMAND, *verb, "--store", store], env=plain, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert "PATIENT-Ψ" in done.stdout.decode("utf-8")
