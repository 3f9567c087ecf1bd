"""BEIR folders: the gold papers of a case are the relevant documents of a query.

What a query has no place for (type, history, must_contain ...) is kept in its "metadata" under
"paperchat", which other tools leave alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals import beir
from evals.cases import fields_of, normalise
from evals.formats.types import Format, Read, Written, counted
from evals.types import EvalCase
from index.errors import ConfigError
from index.types import Paper

_OURS = "paperchat"
_OWN = ("id", "question", "gold_titles")  # what BEIR itself holds


def recognises(path: Path) -> bool:
    """A folder with a corpus or queries in it."""
    return any((path / name).is_file() for name in ("corpus.jsonl", "queries.jsonl"))


def read(path: Path, papers: Sequence[Paper], split: str) -> Read:
    """The queries of a split as cases whose gold titles are the relevant documents'.

    Queries without one are left out, unless they carry fields of ours, as those that papers don't
    answer do.
    """
    counts: Counter[str] = Counter()
    relevant = _relevant(path, split, counts)
    wanted = {document for documents in relevant.values() for document in documents}
    titles = _titles(path, wanted, counts)
    file = beir.queries_file(path, split)
    rows = []
    for query in beir.queries(file):
        found = relevant.pop(query.id, ())
        gold = [titles[document] for document in found if document in titles]
        ours = query.metadata.get(_OURS) if isinstance(query.metadata, Mapping) else None
        if ours is not None and not isinstance(ours, Mapping):
            raise ConfigError(f'{file}:{query.line}: "{_OURS}" in "metadata" must be an object')
        counts["metadata"] += bool(query.metadata) and ours is None
        counts["absent"] += len(found) - len(gold)
        counts["same"] += len(gold) - len(set(gold))
        if not gold and ours is None:
            counts["unjudged"] += 1
            continue
        fields = {**(ours or {}), "id": query.id, "question": query.text}
        rows.append((query.line, fields | {"gold_titles": list(dict.fromkeys(gold))}))
    counts["unasked"] = len(relevant)
    return Read(file.name, tuple(rows), _notes(counts))


def write(cases: Sequence[EvalCase], papers: Sequence[Paper]) -> Written:
    """The cases as queries, the papers as the corpus, the gold papers as what is relevant.

    Without papers the corpus holds the titles that the cases name, and no texts.
    """
    ids: dict[str, list[str]] = {}
    for paper in papers:
        ids.setdefault(normalise(paper.title), []).append(paper.id)
    corpus = [{"_id": p.id, "title": p.title, "text": p.abstract} for p in papers]
    taken, bare = {paper.id for paper in papers}, 0
    for title in dict.fromkeys(title for case in cases for title in _named(case)):
        if title not in ids:
            bare += 1
            ids[title] = [_unused(f"title-{bare}", taken)]
            corpus.append({"_id": ids[title][0], "title": title, "text": ""})
    judged = [
        (case.id, document, 1)
        for case in cases
        for title in case.gold_titles
        for document in ids[title]
    ]
    queries = map(_query, cases)
    notes = counted(bare, "papers have a title and no text; --store names a store that holds it")
    kept = sum(bool(_more(case)) for case in cases)
    notes += counted(kept, 'cases have fields in "metadata" that other tools don\'t look at')
    files = {
        "corpus.jsonl": _lines(corpus),
        "queries.jsonl": _lines(queries),
        "qrels/test.tsv": _table([("query-id", "corpus-id", "score"), *judged]),
    }
    return Written(files, notes)


FORMAT = Format("beir", recognises, read, write)


def _relevant(path: Path, split: str, counts: Counter[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for judged in beir.judgements(beir.judgements_file(path, split)):
        counts["irrelevant"] += judged.grade <= 0
        counts["graded"] += judged.grade > 1
        if judged.grade > 0:
            found.setdefault(judged.query, {})[judged.document] = judged.grade
    return found


def _titles(path: Path, wanted: set[str], counts: Counter[str]) -> dict[str, str]:
    titles = {}
    for document in beir.documents(path):
        if document.id in wanted:
            title = normalise(document.title)
            counts["untitled"] += not title
            titles[document.id] = title or document.id
    return titles


def _notes(counts: Counter[str]) -> tuple[str, ...]:
    told = {
        "unjudged": "queries were left out: no document of the split is relevant to them",
        "unasked": "ids in the judgements are no query's; their judgements were left out",
        "absent": "judgements were left out: corpus.jsonl has no such document",
        "irrelevant": "judgements were left out: their documents are not relevant",
        "graded": "judgements have a grade above 1; it was not kept",
        "untitled": "documents have no title; the cases name them by their id",
        "same": "documents share their title with another one that is relevant to the query",
        "metadata": "queries have metadata; it was left out",
    }
    return tuple(note for name, what in told.items() for note in counted(counts[name], what))


def _named(case: EvalCase) -> Iterator[str]:
    yield from case.gold_titles
    yield from case.acceptable_titles


def _unused(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "x"
    taken.add(name)
    return name


def _query(case: EvalCase) -> dict[str, Any]:
    more = _more(case)
    # Empty where there are gold papers and nothing else, so that plain sets stay plain.
    ours = {_OURS: more} if more or not case.gold_titles else {}
    return {"_id": case.id, "text": case.question, "metadata": ours}


def _more(case: EvalCase) -> dict[str, Any]:
    return {name: value for name, value in fields_of(case).items() if name not in _OWN}


def _lines(rows: Any) -> str:  # noqa: ANN401 - what JSON can hold
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _table(rows: Sequence[tuple[object, ...]]) -> str:
    return "".join(map(_table_row, rows))


def _table_row(cells: tuple[object, ...]) -> str:
    text = io.StringIO()
    # Only characters of the line's end are quoted, so a lone "\r" in an id needs "\r\n" for one.
    csv.writer(text, delimiter="\t", lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n") + "\n"
