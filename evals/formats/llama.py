"""LlamaIndex's labelled RAG datasets: the JSON of ``LabelledRagDataset.save_json``.

{"examples": [{"query", "query_by", "reference_contexts", "reference_answer",
"reference_answer_by"}, ...]}, as llama-index-core wrote it up to 0.14.20, the last release that has
the class. A context is a text, so the paper that it stands in is looked for in a store.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.cases import normalise
from evals.formats.types import Format, Read, Written, counted
from evals.types import EvalCase
from index.errors import ConfigError
from index.types import Paper

_FILE = "rag_dataset.json"  # its name in a folder of LlamaHub's


def recognises(path: Path) -> bool:
    """A name that ends in .json, or a folder with a rag_dataset.json."""
    return path.suffix.lower() == ".json" or (path / _FILE).is_file()


def read(path: Path, papers: Sequence[Paper], split: str) -> Read:
    """One case an example. The lines of its answer become answer points.

    Its contexts become gold quotes, and the papers that they stand in its gold papers; of a whole
    abstract only the paper is kept. A case with a context that is in no paper or in several, or
    with no context, waits for a person.
    """
    file = path / _FILE if path.is_dir() else path
    counts: Counter[str] = Counter()
    abstracts = [(normalise(paper.abstract), normalise(paper.title)) for paper in papers]
    rows = []
    for number, (line, example) in enumerate(_examples(file), 1):
        fields = _checked(example, f"{file}:{line}")
        counts["by"] += bool(example.get("query_by") or example.get("reference_answer_by"))
        rows.append((line, {"id": f"q{number}", **_case(fields, abstracts, counts)}))
    notes = counted(counts["by"], "examples say who wrote them; that was left out")
    hint = "" if papers else "; --store names a store to look in"
    notes += counted(counts["strange"], f"contexts are in no paper, or in several{hint}")
    notes += counted(counts["waiting"], 'cases wait for a person to name their "gold_titles"')
    return Read(file.name, tuple(rows), notes)


def write(cases: Sequence[EvalCase], papers: Sequence[Paper]) -> Written:
    """One example a case: its contexts are its gold quotes, and of a gold paper that none is from
    the abstract."""
    abstracts = {normalise(paper.title): paper.abstract for paper in papers}
    bare = 0
    examples = []
    for case in cases:
        contexts, missing = _contexts(case, abstracts)
        bare += missing
        examples.append(
            {
                "query": case.question,
                "query_by": None,
                "reference_contexts": contexts,
                "reference_answer": "\n".join(case.answer_points),
                "reference_answer_by": None,
            }
        )
    hint = "name a store that holds them with --store"
    notes = counted(bare, f"gold papers are lost, since their text is not known; {hint}")
    # ASCII, since LlamaIndex reads the file in whatever encoding the machine has by default.
    return Written({"": json.dumps({"examples": examples}, indent=4) + "\n"}, notes)


FORMAT = Format("llama", recognises, read, write)


def _case(
    fields: Mapping[str, Any], abstracts: Sequence[tuple[str, str]], counts: Counter[str]
) -> dict[str, Any]:
    titles: list[str] = []
    quotes: list[str] = []
    known = bool(fields["contexts"])
    for context in fields["contexts"]:
        words = normalise(context)
        found = [(abstract, title) for abstract, title in abstracts if words in abstract]
        if len({title for _, title in found}) != 1:
            counts["strange"] += 1
            known, found = False, []
        titles += [title for _, title in found]
        quotes += [] if any(words == abstract for abstract, _ in found) else [context]
    case = {
        "question": fields["query"],
        "gold_titles": list(dict.fromkeys(titles)),
        "gold_quotes": quotes,
        "answer_points": [line.strip() for line in fields["answer"].split("\n") if line.strip()],
    }
    counts["waiting"] += not known
    return case if known else case | {"reviewed": False}


def _contexts(case: EvalCase, abstracts: Mapping[str, str]) -> tuple[list[str], int]:
    """The contexts of a case, and how many of its gold papers are in none."""
    contexts, missing = list(case.gold_quotes), 0
    for title in case.gold_titles:
        abstract = abstracts.get(title)
        words = normalise(abstract or "")
        if abstract and not any(normalise(quote) in words for quote in case.gold_quotes):
            contexts.append(abstract)
        missing += abstract is None
    return contexts, missing


def _checked(example: object, place: str) -> dict[str, Any]:
    if not isinstance(example, Mapping):
        raise ConfigError(f"{place}: an example must be an object")
    query = example.get("query")
    if not isinstance(query, str) or not query.strip():
        raise ConfigError(f'{place}: the example has no "query"; is this a labelled RAG dataset?')
    answer = example.get("reference_answer") or ""
    if not isinstance(answer, str):
        raise ConfigError(f'{place}: "reference_answer" must be a text')
    contexts = example.get("reference_contexts") or []
    if not isinstance(contexts, list) or not all(isinstance(text, str) for text in contexts):
        raise ConfigError(f'{place}: "reference_contexts" must be a list of texts')
    return {"query": query, "answer": answer, "contexts": [c for c in contexts if c.strip()]}


def _examples(path: Path) -> Iterator[tuple[int, Any]]:
    """The examples and the lines that they begin in."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        data = json.loads(text)
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}:{error.lineno}: not JSON ({error.msg})") from error
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise ConfigError(f"{path}: not JSON in UTF-8 ({error})") from error
    examples = data.get("examples") if isinstance(data, dict) else None
    if not isinstance(examples, list):
        hint = "save a LabelledRagDataset with its save_json"
        raise ConfigError(f'{path}:1: no list of "examples"; {hint}')
    yield from zip(_lines(text), examples, strict=True)


def _lines(text: str) -> Iterator[int]:
    """The lines that the elements of "examples" begin in, in text that is such JSON."""
    decode = json.JSONDecoder().raw_decode
    place, name = _next(text, 0) + 1, ""
    starts: list[int] = []
    while text[_next(text, place)] != "}":
        name, place = decode(text, _next(text, place, ","))
        place = _next(text, place, ":")
        if name != "examples":
            _, place = decode(text, place)
            continue
        starts, place = [], place + 1
        while text[_next(text, place)] != "]":
            starts.append(_next(text, place, ","))
            _, place = decode(text, starts[-1])
        place = _next(text, place) + 1
    line, before = 1, 0
    for start in starts:
        line += text.count("\n", before, start)
        before = start
        yield line


def _next(text: str, place: int, skipped: str = "") -> int:
    """The next place that is neither space nor a character to be skipped."""
    while text[place] in " \t\r\n" + skipped:
        place += 1
    return place
