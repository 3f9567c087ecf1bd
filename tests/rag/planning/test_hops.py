"""Comparisons taken apart, and how many papers an answer should draw on."""

import time

import pytest

from rag.planning.hops import parts_of, shape_of


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "What was found about pruning data on pictures versus on text?",
            ("pruning data on pictures", "pruning data on text"),
        ),
        (
            "Robot chores: folding laundry versus ironing shirts, which needs less data?",
            ("Robot chores: folding laundry", "Robot chores: ironing shirts"),
        ),
        ("FoldBot vs. ClipSum?", ("FoldBot", "ClipSum")),
        ("Compare whale songs and bird songs.", ("whale songs", "bird songs")),
        (
            "What is the difference between byte-level tokenizers and subword tokenizers?",
            ("byte-level tokenizers", "subword tokenizers"),
        ),
        (
            "How does folding laundry differ from ironing shirts?",
            ("folding laundry", "ironing shirts"),
        ),
        ("How do FoldBot and ClipSum compare?", ("FoldBot", "ClipSum")),
        (
            "Freezing half the weights or replaying old data: which keeps more knowledge?",
            ("Freezing half the weights", "replaying old data"),
        ),
        (
            "Which robot folds laundry and which tokenizer suits Finnish words?",
            ("Which robot folds laundry", "which tokenizer suits Finnish words"),
        ),
        (
            "What was found about GPT-4 on written exams compared with GPT-4V on picture puzzles?",
            ("GPT-4 on written exams", "GPT-4V on picture puzzles"),
        ),
        ("How much faster is it compared to the older method?", ()),
        ("How do they differ?", ()),
        ("How did it compare with larger models?", ()),
        ("Which team won the contest, and which of those entries was theirs?", ()),
        ("How large is the dataset and how was it made?", ()),
        ("versus", ()),
        ("compare", ()),
        ("", ()),
    ],
)
def test_parts(question, parts):
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("How many hours of video were collected?", "one"),
        ("Does it work better than the baseline?", "one"),
        ("How much faster is FoldBot compared with a scripted arm?", "one"),
        ("Summarise the main result of the paper on whale songs.", "one"),
        ("Which objective works best for long videos?", "one"),
        ("Two papers fold laundry with robots. How do they differ?", "two"),
        ("FoldBot versus ClipSum: which is faster?", "two"),
        ("One paper trains a detector, the other needs no training: what does each find?", "two"),
        ("What changed from the first Spellcraft to Spellcraft 2?", "two"),
        ("Which papers use robots at home?", "many"),
        ("What benchmarks exist for long videos?", "many"),
        ("What do you have on tokenizers?", "many"),
        ("Give me an overview of data pruning.", "many"),
        ("List what people tried against forgetting.", "many"),
    ],
)
def test_shape(question, shape):
    assert shape_of(question) == shape


@pytest.mark.parametrize(
    "piece",
    [
        "versus ",
        "compare a and ",
        "how does a differ ",
        "a or b: ",
        "one study ",
        "which x ",
        "[1] ",
    ],
)
def test_long_questions_take_no_long(piece):
    started = time.perf_counter()
    parts_of(piece * 500)
    shape_of(piece * 500)
    assert time.perf_counter() - started < 1.0
