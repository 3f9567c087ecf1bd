"""The wheel holds the rooms and their data, and nobody else claims their names."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOMS = {"rag", "prompts", "index", "ui", "evals"}
DATA = {
    "index/model/minilm-int8.onnx",
    "index/model/tokenizer.json",
    "index/model/NOTICE",
    "index/sample/NOTICE",
    "index/thesaurus.txt",
    "prompts/answer_system.txt",
    "prompts/draft_system.txt",
    "ui/assets/coming.css",
    "ui/assets/login.css",
    "ui/assets/login.html",
    "ui/assets/collection.css",
    "ui/assets/collection.js",
    "ui/assets/page.css",
    "ui/assets/page.js",
    "ui/assets/settings.css",
    "ui/assets/drafts.css",
    "ui/assets/drafts.js",
    "ui/assets/runs.css",
    "ui/assets/runs.js",
    "evals/cases/sample.jsonl",
    "evals/html/report.css",
    "evals/sweep/sweep.css",
    "evals/html/report.js",
}


@pytest.fixture(scope="module")
def members(project: Path, tmp_path_factory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_rooms_and_nothing_else(members: set[str]) -> None:
    tops = {name.partition("/")[0] for name in members if ".dist-info/" not in name}
    assert tops == ROOMS
    assert not [name for name in members if "screenshots" in name or "__pycache__" in name]


def test_the_wheel_holds_the_data(members: set[str]) -> None:
    assert members >= DATA
    assert sum(name.startswith("index/sample/") and name.endswith(".txt") for name in members) == 5


def test_no_dependency_claims_a_rooms_name() -> None:
    claims = {
        f"{dist.name}: {file}"
        for dist in distributions()
        if dist.name != "paperchat"
        for file in dist.files or ()
        if file.parts[0] in ROOMS or (len(file.parts) == 1 and file.stem in ROOMS)
    }
    assert claims == set()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_have_hashes_and_name_no_host(project: Path, name: str) -> None:
    text = (project / name).read_text("utf-8")
    assert "://" not in text
    pins = re.findall(r"^[a-z0-9][\w.\[\]-]*==", text, re.MULTILINE)
    assert len(pins) > 100
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if "==" in block.partition("\n")[0]:
            assert "--hash=sha256:" in block, block.partition("\n")[0]


def test_torch_is_not_installed_by_default(project: Path) -> None:
    text = (project / "requirements.lock").read_text("utf-8")
    assert not re.search(r"^(torch|sentence-transformers|transformers|tensorflow)==", text, re.M)
