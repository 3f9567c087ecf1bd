"""Whatever is in a file: a clear message that names the place, and the rest is read."""

from __future__ import annotations

import codecs
import json
import os
import tracemalloc
from itertools import islice

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.readers import FORMATS, bounds, read, read_all, sample_pages
from index.types import Paper, Problem
from tests.index.reading import DATA, LONG, read_bytes, read_file, read_text, split

ABSTRACT = "An invented abstract that is long enough to be read."
GOOD = json.dumps({"title": "Good", "abstract": ABSTRACT})
ANY_FILE = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n ", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        (bytes(range(256)) * 20, "a binary file"),
        (b"\0" * 100, "a binary file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1", "a binary file"),
        (b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n", "a PDF"),
        (b"\x1f\x8b\x08\x00abc", "a gzip archive; unpack it"),
        (b"PK\x03\x04abc", "a zip archive; unpack it"),
        (b"hello, world\n", "not recognised"),
        (b"<!doctype html><html><body>Papers</body></html>", "not recognised"),
    ],
)
def test_files_that_are_no_corpus(tmp_path, content, said):
    papers, problems = read_bytes(tmp_path, "file", content)
    assert papers == []
    (problem,) = problems
    assert problem.rejected
    assert problem.source == str(tmp_path / "file")
    assert said in problem.message


NOTES = f"""What this folder holds
{LONG}

How it was made
{LONG} And more.

{LONG}

{LONG}
"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", NOTES),
        ("README.md", f"# One\n\n{LONG}\n\n## Two\n\n{LONG}\n\n## Three\n\n{LONG}\n"),
        ("code.py", "@given(a, b)\ndef f(a, b): ...\n\n@frozen(x=1)\nclass C: ...\n"),
        ("letter.txt", f"Dear reader\n\n{LONG}\n"),
    ],
)
def test_other_texts_are_not_guessed_to_be_papers(tmp_path, name, content):
    papers, (problem,) = read_text(tmp_path, name, content)
    assert papers == []
    assert "not recognised" in problem.message


def test_an_unrecognised_format_lists_the_known_ones(tmp_path):
    _, (problem,) = read_text(tmp_path, "x", "hello, world\n")
    assert all(form.name in problem.message for form in FORMATS)


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, said in [
        (tmp_path / "nowhere", "does not exist"),
        (tmp_path / "pipe", "is not a file"),
        (tmp_path, "is not a file"),
        (tmp_path / "nul\0byte", "cannot be read"),
        (tmp_path / ("x" * 300), "cannot be read"),
    ]:
        papers, (problem,) = read_file(path)
        assert papers == []
        assert problem.rejected
        assert said in problem.message


def test_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "secret.jsonl"
    path.write_text(GOOD)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    _, (problem,) = read_file(path)
    assert "cannot be read" in problem.message


@pytest.mark.parametrize(
    ("encoding", "noted"),
    [("utf-8", 0), ("utf-8-sig", 0), ("utf-16", 0), ("utf-32", 0), ("cp1252", 1), ("latin-1", 1)],
)
@pytest.mark.parametrize("form", ["x.jsonl", "x.json", "x.csv", "x.bib", "x.txt", "x.xml"])
def test_encodings(tmp_path, encoding, noted, form):
    title, abstract = "Größe und Maß: Café", "Über die Größe wird hier ausführlich geredet."
    record = json.dumps({"title": title, "abstract": abstract}, ensure_ascii=False)
    entry = f"<entry><title>{title}</title>\n<summary>{abstract}</summary></entry>"
    text = {
        "x.jsonl": f"{record}\n{record}\n",
        "x.json": f"[\n{record}\n]",
        "x.csv": f"title,abstract\n{title},{abstract}\n",
        "x.bib": f"@misc{{a,\n title={{{title}}},\n abstract={{{abstract}}}}}\n",
        "x.txt": f"Daily Papers\n\n{title}\n\n{abstract} {LONG}\n",
        "x.xml": f'<feed xmlns="http://www.w3.org/2005/Atom">\n{entry}\n</feed>',
    }[form]
    papers, problems = read_bytes(tmp_path, form, text.encode(encoding))
    assert [(p.title, p.abstract[:45]) for p in papers[:1]] == [(title, abstract)]
    assert [problem.rejected for problem in problems] == [False] * noted
    assert all("Windows-1252" in problem.message and problem.line for problem in problems)


def test_one_foreign_byte_does_not_spoil_its_line(tmp_path):
    line = (
        '{"title": "Größe '.encode() + b"\x93quoted\x94" + f'", "abstract": "{ABSTRACT}"}}'.encode()
    )
    papers, problems = read_bytes(tmp_path, "x.jsonl", GOOD.encode() + b"\n" + line)
    assert papers[1].title == "Größe “quoted”"
    assert [(p.line, p.rejected) for p in problems] == [(2, False)]


def test_xml_says_its_encoding_itself(tmp_path):
    text = '<?xml version="1.0" encoding="iso-8859-2"?><feed xmlns="http://www.w3.org/2005/Atom">'
    text += f"<entry><title>Łódź</title><summary>{ABSTRACT}</summary></entry></feed>"
    papers, problems = read_bytes(tmp_path, "x.xml", text.encode("iso-8859-2"))
    assert problems == []
    assert papers[0].title == "Łódź"


def test_text_is_tidied_and_nothing_more(tmp_path):
    odd = "A\ud800 \u0000B\u0007\u00a0 C\n\tD  e\u0301 \ud83d\ude00 f\\%$x_{1}$ \ufeff\u2028end"
    text = json.dumps({"title": odd, "abstract": odd + ABSTRACT})
    papers, problems = read_text(tmp_path, "x.jsonl", text)
    assert problems == []
    assert papers[0].title == "A B C D é 😀 f\\%$x_{1}$ end"


BILLION_LAUGHS = """<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>&c;</title></entry></feed>"""
EXTERNAL = """<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>&a;</title></entry></feed>"""


@pytest.mark.parametrize("bomb", [BILLION_LAUGHS, EXTERNAL])
def test_xml_entities_are_refused(tmp_path, bomb):
    papers, problems = read_text(tmp_path, "x.xml", bomb)
    assert papers == []
    assert "declares XML entities" in problems[0].message


def test_a_cut_feed_keeps_its_whole_entries(tmp_path):
    text = (DATA / "atom.xml").read_text(encoding="utf-8")
    papers, problems = read_text(tmp_path, "x.xml", text[: text.index("A lamb is")])
    assert [p.id for p in papers] == ["arxiv:2401.01234"]
    assert [(p.line, p.rejected) for p in problems] == [(28, True)]
    assert "not well-formed" in problems[0].message


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("x.jsonl", GOOD, GOOD),
        ("x.csv", f"title,abstract\nGood,{ABSTRACT}", f"Good,{ABSTRACT}"),
        ("x.txt", f"Daily Papers\n\nGood\n\n{LONG}\n", f"\nGood\n\n{LONG}"),
    ],
)
def test_a_line_of_200_mb_is_skipped_unseen(tmp_path, name, first, last):
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(f"{first}\n".encode())
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(f"\n{last}\n".encode())
    tracemalloc.start()
    papers, problems = read_file(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [p.title for p in papers] == ["Good", "Good"]
    line = first.count("\n") + 2
    assert [(p.line, p.rejected) for p in problems] == [(line, True)]
    assert "longer than 16 MiB" in problems[0].message
    assert peak < 4 * bounds.LINE


def test_a_long_line_at_the_start_of_json_lines(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"title": "' + "x" * (bounds.LINE + 10) + '"}\n' + GOOD + "\n")
    papers, problems = read_file(path)
    assert [p.title for p in papers] == ["Good"]
    assert [p.line for p in problems] == [1]


def test_a_json_document_beyond_the_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "DOCUMENT", 100)
    papers, problems = read_text(tmp_path, "x.json", f"[{GOOD}, {GOOD}]")
    assert papers == []
    assert "write it as JSON Lines" in problems[0].message


def test_json_lines_are_streamed(tmp_path):
    path = tmp_path / "x.jsonl"
    with path.open("w") as file:
        file.writelines(f'{{"title": "T{n}", "abstract": "{ABSTRACT}"}}\n' for n in range(20_000))
    tracemalloc.start()
    papers = sum(isinstance(item, Paper) for item in islice(read(path), 5_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert papers == 5_000
    assert peak < bounds.MIB


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"title": ' + "[" * 100_000,
        '{"title": ' + "9" * 5000 + "}",
        "[1, 2, 3]",
        '[null, "x", []]',
        '{"papers": 3}',
        "{}",
        "[]",
        '{"paper": {"id": 1}}',
        '{"title": {"a": {"b": 1}}, "abstract": true, "authors": 5, "date": []}',
        '{"authors_parsed": [1, null, {"a": 2}], "versions": [3]}',
        "@article{x",
        "@string{a = b}\n@a{b, title = a # c, abstract = {",
        'title,abstract\n"',
        "<feed>",
        "title,abstract",
        "@comment{nothing}",
        '<?xml version="1.0" encoding="nonsense"?><feed/>',
    ],
)
def test_hostile_shapes_are_problems(tmp_path, text):
    papers, problems = read_text(tmp_path, "x.json", text)
    assert papers == []
    assert any(problem.rejected for problem in problems)


def test_a_bad_file_does_not_stop_the_others(tmp_path):
    (tmp_path / "1.jsonl").write_text(GOOD)
    (tmp_path / "2.bin").write_bytes(bytes(range(256)))
    (tmp_path / "3.jsonl").write_text("{broken\n" + GOOD)
    (tmp_path / "4.txt").write_bytes(b"")
    papers, problems = split(read_all([tmp_path]))
    assert [p.pages for p in papers] == [("1.jsonl",), ("3.jsonl",)]
    assert [p.source.rpartition("/")[2] for p in problems] == ["2.bin", "3.jsonl", "4.txt"]


def test_a_file_name_that_is_no_text(tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jsonl")
    with open(path, "w") as file:  # noqa: PTH123 - the name's bytes are the point
        file.write(GOOD + "\nbroken")
    papers, problems = split(read_all([tmp_path]))
    str(problems[0]).encode()
    papers[0].pages[0].encode()


SEEDS = [path.read_bytes()[:6000] for path in [*sorted(DATA.iterdir()), sample_pages()[2]]]


def damaged() -> st.SearchStrategy[bytes]:
    """Real files with a hole, a splice or noise in them."""

    @st.composite
    def draw_one(draw: st.DrawFn) -> bytes:
        raw = draw(st.sampled_from(SEEDS))
        start = draw(st.integers(0, len(raw)))
        end = draw(st.integers(start, len(raw)))
        return raw[:start] + draw(st.binary(max_size=40)) + raw[end:]

    return draw_one()


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@ANY_FILE
@given(
    content=st.one_of(
        st.binary(max_size=2000), damaged(), st.text().map(lambda t: t.encode("utf-8", "replace"))
    )
)
@example(content=b"")
@example(content=b"\xff\xfe")
@example(content=b"@a{b,c={\\")
def test_no_reader_raises_whatever_it_is_given(tmp_path, form, content):
    path = tmp_path / "any"
    path.write_bytes(content)
    for item in form.read(path):
        assert isinstance(item, Paper | Problem)
        if isinstance(item, Paper):
            assert item.title
            assert bounds.SHORTEST_ABSTRACT <= len(item.abstract) <= bounds.ABSTRACT
            assert item.pages == ("any",)
            assert item.title == " ".join(item.title.split())
            json.dumps(item.to_dict(), ensure_ascii=False).encode("utf-8")


@ANY_FILE
@given(
    content=st.one_of(st.binary(max_size=2000), damaged()),
    suffix=st.sampled_from(["", ".json", ".csv", ".txt", ".bib", ".xml"]),
)
def test_read_never_raises_and_is_never_silent(tmp_path, content, suffix):
    path = tmp_path / f"any{suffix}"
    path.write_bytes(content)
    assert list(read(path))
