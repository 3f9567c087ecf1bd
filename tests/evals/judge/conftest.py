"""A judge on loopback, and a run that an honest one has judged."""

from __future__ import annotations

import pytest

from evals.judge.judging import judge_run
from rag.models.openai import Deadlines, OpenAIChatModel
from tests import endpoint as server
from tests.evals.judge.kept import (
    honest,
    keep,
    lines,
)


@pytest.fixture
def endpoint():
    with server.running() as running:
        running.play(honest)
        yield running


@pytest.fixture
def judged_by(endpoint):
    """Judges a run at the endpoint, which has so many seconds for its first word."""
    made = []

    def judge(kept, name="m", seconds=20.0):
        quick = Deadlines(first=seconds, between=2.0, total=seconds + 5)
        made.append(OpenAIChatModel(name, base_url=endpoint.base_url, deadlines=quick, retries=0))
        return judge_run(kept, made[-1])

    yield judge
    for model in made:
        model.close()


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """The results of an honest judge, by id."""
    folder = tmp_path_factory.mktemp("clean") / "run"
    with server.running() as running:
        running.play(honest)
        model = OpenAIChatModel("m", base_url=running.base_url)
        judge_run(keep(folder), model)
        model.close()
    return lines(folder)
