"""Drafting from the command line: store, model and file by name."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from evals.cases import read_cases
from evals.drafting.checking import Asked
from evals.drafting.choosing import attempts
from evals.drafting.drafting import AT_ONCE, Drafting, Told
from evals.drafting.files import append, change, content
from evals.drafting.kinds import Kind
from evals.opening import papers_store
from evals.places import CASES, evals_folder
from evals.progress import bar
from evals.types import EvalCase
from index.errors import ConfigError
from rag.settings import Settings
from rag.wiring import chat_model, check_settings

Tell = Callable[[str], None]


def draft(
    settings: Settings,
    kinds: Sequence[Kind],
    *,
    out: Path | None,
    wanted: int,
    seed: int,
    concurrency: int | None,
    tell: Tell,
) -> tuple[Path, Told]:
    """Adds up to ``wanted`` cases to a file (None: a new one where the page finds it).

    A file that is there is continued, with papers that its cases don't use. ``tell`` gets lines
    for a person. Raises ConfigError for a model that can't write, a file that can't be used, and
    where nothing could be drafted; and what opening the store raises.
    """
    check_settings(settings)
    model = chat_model(settings)
    if model.mode == "extractive":
        raise ConfigError(
            "to draft questions, a language model is needed: --model openai:MODEL, with "
            "OPENAI_API_KEY set, or OPENAI_BASE_URL for an endpoint of your own"
        )
    path = out or _new_file()
    known = _continued(path, tell)
    used = {title for case in known for title in (*case.gold_titles, *case.acceptable_titles)}
    asked, told = Asked(), Told()
    for case in known:
        asked.add(case.question)
    with papers_store(settings, tell) as index, bar("drafting", wanted) as advance:
        keep = partial(append, path)
        drafting = Drafting(model, asked, keep, tell, advance, concurrency or AT_ONCE)
        try:
            drafting.run(attempts(index, kinds, seed=seed, used=used), wanted, told)
        except KeyboardInterrupt:
            tell(f"{told}; kept in {path}; go on with: --out {path}")
            raise
    if not told.written:
        raise ConfigError(f"nothing could be drafted: {told}")
    return path, told


def _new_file() -> Path:
    stamp = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}"
    folder = evals_folder() / CASES
    path, number = folder / f"drafts-{stamp}.jsonl", 2
    while path.exists():
        path, number = folder / f"drafts-{stamp}-{number}.jsonl", number + 1
    return path


def _continued(path: Path, tell: Tell) -> tuple[EvalCase, ...]:
    """The cases that the file has, ready for more lines; none where it isn't there, or is empty."""
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"{path.parent} can't be made: {error.strerror}") from error
        return ()
    change(path, _whole)
    return read_cases(path, tell) if content(path).strip() else ()


def _whole(data: bytes) -> bytes:
    """The file with a line break at its end, and without the half of a draft that a kill left."""
    rest, _, last = data.rpartition(b"\n")
    if not last:
        return data
    try:
        json.loads(last.decode("utf-8-sig"))
    except ValueError:
        if last.startswith(b'{"id": "draft-'):
            return rest + b"\n" if rest else b""
    return data + b"\n"
