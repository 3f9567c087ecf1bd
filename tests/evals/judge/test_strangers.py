"""What is drawn from other cases to put a judge to the test, and what never is."""

from __future__ import annotations

from random import Random

import pytest

import prompts
from evals.judge import asking
from evals.judge.judging import judge_run
from evals.judge.material import task_for
from evals.judge.strangers import Strangers
from evals.measures.judged import GROUNDEDNESS, POINTS, RELEVANCE
from evals.types import Outcome
from index.types import Paper
from rag.models.openai import OpenAIChatModel
from rag.types import Citation, Claim, Turn
from tests import endpoint as server
from tests.evals import build
from tests.evals.judge.kept import case, items, keep, shown

ALL = (GROUNDEDNESS, POINTS, RELEVANCE)
SAID = {
    "lips": "AVMuST translates the lips of speakers in nine languages.",
    "bugs": "SWE-Fixer retrieves faulty files before it edits the code.",
    "brain": "MindTuner aligns visual signals of different subjects.",
}


def outcome(name: str, *, points: bool = True, **more: object) -> Outcome:
    """A case on a paper of its own, answered by the paper's sentence; ``more`` is of the case."""
    said = SAID[name]
    paper = Paper(f"id-{name}", f"Paper on {name}", said)
    answer = build.answer(
        f"{said} [1]",
        (Citation(1, paper, said, 0, len(said), 1.0),),
        claims=(Claim(said, (1,), "supported"),),
    )
    fields = {"gold_titles": (paper.title,), "question": f"How are {name} dealt with?", **more}
    return Outcome(case(name, *([said] if points else []), **fields), answer)


def drawn(rows, measure, name="lips", times=40):
    """All that is drawn for a case, in so many goes."""
    (row,) = (row for row in rows if row["id"] == name)
    strangers, task = Strangers(rows), task_for(row, measure)
    return {strangers.draw(task, Random(seed)) for seed in range(times)}


@pytest.fixture
def rows(tmp_path):
    def make(*given):
        return keep(tmp_path / "run", given).rows

    return make


@pytest.mark.parametrize("points", [True, False])
@pytest.mark.parametrize("measure", ALL)
def test_what_another_case_says_is_drawn(rows, measure, points):
    found = rows(outcome("lips"), *(outcome(name, points=points) for name in ("bugs", "brain")))
    nothing = measure == POINTS and not points
    assert drawn(found, measure) == ({None} if nothing else {SAID["bugs"], SAID["brain"]})


SAME = [
    {"gold_titles": ("Paper on lips",)},
    {"acceptable_titles": ("Paper  on Lips",)},
    {"question": "how are lips  dealt with?"},
]


@pytest.mark.parametrize("measure", ALL)
@pytest.mark.parametrize("more", SAME)
def test_nothing_is_drawn_from_a_case_with_the_same_paper_or_question(rows, measure, more):
    assert drawn(rows(outcome("lips"), outcome("bugs", **more)), measure) == {None}


@pytest.mark.parametrize("measure", ALL)
@pytest.mark.parametrize(
    "said",
    [
        "Nine reviewers read the Gutenberg archive.",  # the number is here too
        "The method beats all earlier baselines by far.",  # names nothing
        "AVMuST translates lips, speakers and Gutenberg.",  # mostly what is said here
        "Gutenberg wins.",  # too short to tell
        "Gutenberg archives old printed books. " * 60,  # too long
    ],
)
def test_what_might_be_true_of_the_case_is_not_drawn(rows, monkeypatch, measure, said):
    monkeypatch.setitem(SAID, "bugs", said.strip())
    assert drawn(rows(outcome("lips"), outcome("bugs")), measure) == {None}


def test_no_answer_is_drawn_that_speaks_of_what_is_asked(rows):
    asked = outcome("lips", question="Which files does the code edit?")
    assert drawn(rows(asked, outcome("bugs")), RELEVANCE) == {None}


def test_no_answer_is_drawn_for_a_question_that_follows_on_another(rows):
    turn = Turn("What of lips?", "They move.")
    assert drawn(rows(outcome("lips", history=(turn,)), outcome("bugs")), RELEVANCE) == {None}


def test_a_refusal_and_a_point_that_nothing_is_known_are_not_drawn(rows):
    refused = Outcome(
        case(
            "bugs",
            "Nothing is said of Gutenberg or archives.",
            answerable=False,
            gold_titles=("Paper on bugs",),
        ),
        build.answer("No answer found about Gutenberg archives anywhere.", abstained=True),
    )
    found = rows(outcome("lips"), refused)
    for measure in ALL:
        assert drawn(found, measure, times=5) == {None}


@pytest.fixture
def endpoint():
    with server.running() as running:
        yield running


def judged(endpoint, kept):
    model = OpenAIChatModel("m", base_url=endpoint.base_url, retries=0)
    try:
        return judge_run(kept, model)
    finally:
        model.close()


def test_a_judge_told_to_say_yes_to_the_subject_is_caught(endpoint, tmp_path):
    """NO to each public sentence that is off the subject, YES to all else."""
    public = set(prompts.text("judge_eval_controls").splitlines())

    def yes_to_the_subject(exchange):
        verdicts = (
            f"{number}: {'NO' if said in public else 'YES'}"
            for _, number, _, said in items(shown(exchange))
        )
        server.normal("\n".join(verdicts))(exchange)

    endpoint.play(yes_to_the_subject)
    run = judged(endpoint, keep(tmp_path / "run", [outcome(name) for name in SAID]))
    for row in run.rows:
        assert [row["scores"][m]["value"] for m in ALL] == [None] * 3, row["id"]
        assert {row["scores"][m]["why"] for m in ALL} == {asking.CONTROL}


def test_what_is_drawn_is_no_part_of_what_is_judged(endpoint, tmp_path):
    """An honest judge gives all ones, and whatever was drawn, nobody is asked again."""

    def honest(exchange):
        text = shown(exchange)
        (own,) = {name for name in SAID if f"“Paper on {name}”" in text or f"are {name} d" in text}
        verdicts = (
            f"{number}: {'YES' if SAID[own] in said else 'NO'}"
            for _, number, _, said in items(text)
        )
        server.normal("\n".join(verdicts))(exchange)

    endpoint.play(honest)
    kept = keep(tmp_path / "run", [outcome(name) for name in SAID])
    first = judged(endpoint, kept)
    assert [row["scores"][m]["value"] for row in first.rows for m in ALL] == [1] * 9
    assert len(endpoint.requests) == 9
    assert judged(endpoint, first) == first
    assert len(endpoint.requests) == 9
