"""A benchmark's folder: found by name, read, and told where it lies."""

from __future__ import annotations

import pytest

from evals.benchmark.published import published
from evals.benchmark.task import find, load
from index.errors import ConfigError
from tests.evals.benchmark.folders import PAPERS, QRELS, QUERIES, write


def test_queries_without_relevant_papers_are_left_out_and_counted(tmp_path):
    task = load(write(tmp_path / "tiny"))
    assert (task.name, list(task.queries)) == ("tiny", ["q1", "q2"])
    assert task.relevant == {"q1": {"owls": 1}, "q2": {"rust": 2}}
    assert [paper.id for paper in task.papers] == ["owls", "mice", "jam", "rust"]
    assert task.notes == ("1 queries have no relevant paper in the split 'test' and were left out",)


def test_a_lying_folder_is_read_as_far_as_it_goes_and_told(tmp_path):
    papers = [*PAPERS, {**PAPERS[0], "text": "Again."}]
    qrels = [*QRELS, ("q1", "gone", 1), ("q2", "lost", 1), ("q9", "owls", 1)]
    task = load(write(tmp_path, papers, QUERIES, qrels))
    assert task.relevant["q1"] == {"owls": 1, "gone": 1}  # never found, as trec_eval counts it
    assert [note.split()[0] for note in task.notes] == ["1", "1", "2", "1"]
    assert "corpus.jsonl lacks" in task.notes[2]


def test_faults_are_named_with_file_and_line(tmp_path):
    folder = write(tmp_path)
    with (folder / "corpus.jsonl").open("a") as file:
        file.write('{"_id": "x"}\n')
    with pytest.raises(ConfigError, match=r"corpus\.jsonl:5: "):
        load(folder)
    write(folder, qrels=[("q1", "owls", "much")])
    with pytest.raises(ConfigError, match=r"test\.tsv:2: "):
        load(folder)
    write(folder, qrels=[("q1", "owls", 0)])
    with pytest.raises(ConfigError, match="no query of the split 'test' has a relevant paper"):
        load(folder)
    with pytest.raises(ConfigError, match=r"no judgements of the split 'dev'; it has .* test"):
        load(folder, "dev")


def test_a_name_is_looked_for_and_a_path_taken(tmp_path):
    folder = write(tmp_path / "tiny")
    assert find("tiny", tmp_path) == folder == find(str(folder), None)
    with pytest.raises(ConfigError, match=r"no folder .*huge; .* has tiny"):
        find("huge", tmp_path)
    with pytest.raises(ConfigError, match="name one with --from"):
        find("nowhere-at-all", None)
    with pytest.raises(ConfigError, match=r"no corpus\.jsonl; .* has tiny"):
        find(str(tmp_path), None)


def test_a_sample_is_drawn_by_seed(tmp_path):
    queries = [{"_id": f"q{n}", "text": f"Why {n}?"} for n in range(30)]
    folder = write(tmp_path, queries=queries, qrels=[(q["_id"], "owls", 1) for q in queries])
    drawn = [load(folder, most=5, seed=seed) for seed in (0, 0, 1)]
    assert list(drawn[0].queries) == list(drawn[1].queries) != list(drawn[2].queries)
    assert len(drawn[0].queries) == len(drawn[0].relevant) == 5
    assert drawn[0].notes == ("5 of 30 queries were drawn, by the seed 0",)
    assert load(folder, most=99).notes == ()


def test_published_figures_are_given_for_the_very_task_only(tmp_path):
    papers = [{"_id": f"d{n}", "title": "t", "text": "x"} for n in range(5183)]
    queries = [{"_id": f"q{n}", "text": "x"} for n in range(300)]
    qrels = [(query["_id"], "d0", 1) for query in queries]
    folder = write(tmp_path / "scifact", papers, queries, qrels)
    assert [each.ndcg_10 for each in published(load(folder))] == [0.6789, 0.7408]
    assert published(load(folder, most=10)) == ()
    assert published(load(write(folder, papers[1:], queries, qrels))) == ()
