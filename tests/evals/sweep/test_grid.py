"""Grids: what they come to, and every fault with its file and axis, before anything runs."""

import re

import pytest

from evals.sweep.axes import Setup
from evals.sweep.grid import load_grid
from index.chunking import Chunking
from index.errors import ConfigError
from index.hybrid import Fusion
from rag.settings import Settings

BASE = Setup(Settings(offline=True))


@pytest.fixture
def grid(tmp_path):
    """Writes a grid and reads it."""

    def load(text, most=None):
        file = tmp_path / "grid.toml"
        file.write_text(text)
        return load_grid(file, BASE, most)

    return load


def test_the_runs_are_the_product_of_the_lists(grid):
    found = grid(
        """
        top_papers = [6, 12]
        fusion = [{}, { dense = 0.4, compared = 10 }]
        chunking = [{ sentences = 3, overlap = 0 }]
        embedder = ["hash"]
        """
    )
    assert [one.number for one in found.variants] == [1, 2, 3, 4]
    assert found.varied == ("fusion", "top_papers")
    first, last = found.variants[0], found.variants[-1]
    assert found.name(last) == "fusion dense=0.4 compared=10, top_papers 12"
    assert first.setup.fusion == Fusion()
    assert last.setup.fusion == Fusion(dense_weight=0.4, compared=10)
    assert {one.setup.chunking for one in found.variants} == {Chunking(3, 0)}
    assert [one.setup.settings.top_papers for one in found.variants] == [6, 12, 6, 12]
    assert {one.setup.embedder for one in found.variants} == {"hash"}


def test_a_folder_of_prompts_stands_beside_the_grid(grid, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "answer_length_normal.txt").write_text("Be brief.")
    shipped, mine = grid('prompts = ["default", "mine"]').variants
    assert mine.setup.templates.text("answer_length_normal") == "Be brief."
    assert shipped.setup.templates.text("answer_length_normal") != "Be brief."


def test_combinations_can_be_skipped(grid):
    found = grid(
        """
        length = ["short", "long"]
        strictness = ["normal", "strict", "lenient"]
        [[skip]]
        length = "long"
        strictness = "strict"
        [[skip]]
        strictness = "lenient"
        """
    )
    assert [tuple(one.labels.values()) for one in found.variants] == [
        ("short", "normal"),
        ("short", "strict"),
        ("long", "normal"),
    ]
    assert found.skipped == 3


def test_nobody_starts_many_runs_by_accident(grid):
    many = "top_papers = [1, 2, 3, 4, 5, 6, 7, 8]\nfusion = ["
    many += ", ".join(f"{{ dense = 0.{n} }}" for n in range(1, 9)) + "]\n"
    with pytest.raises(ConfigError, match=r"grid\.toml: comes to 64 runs, and 50 are allowed"):
        grid(many)
    assert len(grid(many, most=64).variants) == 64
    assert len(grid(many + "most = 64").variants) == 64
    with pytest.raises(ConfigError, match="10 are allowed"):
        grid(many + "most = 64", most=10)
    huge = "\n".join(f"{axis} = [{', '.join(map(str, range(1, 100)))}]" for axis in ("top_papers",))
    huge += "\nchunking = [" + ", ".join(f"{{ sentences = {n} }}" for n in range(2, 2000)) + "]"
    with pytest.raises(ConfigError, match="comes to 197,802 runs"):
        grid(huge + "\n[[skip]]\ntop_papers = 1", most=10**9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("embedder = [", "can't be read as TOML"),
        ("", "varies nothing"),
        ('flavour = ["mint"]', "flavour: unknown; known are: embedder, chunking"),
        ('embedder = "hash"', "embedder: must be a list"),
        ("embedder = []", "embedder: must be a list"),
        ('embedder = ["hush"]', "embedder: hush: no embedder is called"),
        ('embedder = ["openai:m"]', "embedder: openai:m: offline"),
        ("embedder = [3]", "embedder: 3: must be a text"),
        ("chunking = [{ sentences = 2, overlap = 2 }]", "chunking: sentences=2 overlap=2: "),
        ("chunking = [{ words = 2 }]", "chunking: words=2: words is unknown"),
        ("chunking = [{ sentences = 2.5 }]", "sentences must be a whole number"),
        ("chunking = [5]", "chunking: 5: must be a table"),
        ("fusion = [{ dense = 2 }]", "fusion: dense=2: fusion: dense_weight must be from 0 to 1"),
        ("fusion = [{ dense = nan }]", "dense_weight must be from 0 to 1"),
        ("fusion = [{ pool = 1.5 }]", "pool must be a whole number"),
        ("top_papers = [0]", "top_papers: 0: must be a whole number from 1"),
        ("top_papers = [true]", "top_papers: True: must be a whole number"),
        ('prompts = ["absent"]', "prompts: absent: .*absent: can't read prompts"),
        ('model = ["gpt"]', "model: gpt: 'gpt' is not a model"),
        ('length = ["tiny"]', "length: tiny: length must be one of"),
        ('strictness = ["harsh"]', "strictness: harsh: strictness must be one of"),
        ('length = ["short", "short"]', "length: has short twice"),
        ('length = ["short"]\nmost = 0', "most: must be a whole number"),
        ('length = ["short"]\nskip = 3', "skip: must be tables"),
        ('length = ["short"]\n[[skip]]\nmodel = "x"', "skip: model is no axis of this grid"),
        ('length = ["short"]\n[[skip]]\nlength = "long"', "skip: length has no value long"),
        ('length = ["short"]\n[[skip]]\nlength = "short"', "skip: leaves no run"),
    ],
)
def test_faults_are_told_with_file_and_axis(grid, text, message):
    with pytest.raises(ConfigError, match=rf"grid\.toml: {message}|grid\.toml: .*{message}"):
        grid(text)


def test_the_grid_of_the_guide_can_be_read(grid, project):
    guide = (project / "evals" / "README.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```toml\n(# grid\.toml.*?)```", guide, re.DOTALL)
    found = grid(text)
    assert (len(found.variants), found.skipped) == (48, 16)


def test_a_grid_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"absent\.toml: can't be read"):
        load_grid(tmp_path / "absent.toml", BASE)
