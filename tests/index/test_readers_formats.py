"""One test a format and a value; small files of our own invention."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pytest

from index.readers import FORMATS, read_all
from index.readers.source import head
from index.types import Paper
from tests.index.reading import DATA, read_file, read_text, split

ABSTRACT = "An invented abstract that is long enough to be read."


def only(papers: list[Paper]) -> Paper:
    (paper,) = papers
    return paper


def test_arxiv_atom():
    papers, problems = read_file(DATA / "atom.xml")
    first, second = papers
    assert first == Paper(
        id="arxiv:2401.01234",
        title="Counting Sheep with $k < 3$ Shepherds",
        abstract="We count sheep. If $k < 3$ and n > 7, then 15\\% of the sheep are counted twice,"
        " which \\textit{nobody} minds.",
        date=dt.date(2024, 1, 2),
        n_authors=2,
        authors=("Ada Wool", "Bo Fleece"),
        pages=("atom.xml",),
        url="http://arxiv.org/abs/2401.01234v2",
        extra={
            "version": "2",
            "updated": "2024-03-05",
            "doi": "10.1234/sheep.7",
            "categories": "cs.CL cs.AI",
        },
    )
    assert second.id == "arxiv:2402.00001"
    assert second.abstract == "A lamb is announced before it is born, and we say why."
    assert second.url == "https://arxiv.org/abs/2402.00001"
    (problem,) = problems
    assert (problem.line, problem.rejected) == (29, True)
    assert "no abstract" in problem.message


def test_daily_papers_api():
    papers, problems = read_file(DATA / "daily_api.json")
    paper = only(papers)
    assert (paper.id, paper.title) == ("arxiv:2409.19951", "Weak Links in Invented Chains")
    assert paper.abstract.endswith("as weak as its weakest invention, in 3,15 percent of cases.")
    assert paper.date == dt.date(2024, 9, 30)
    assert (paper.authors, paper.n_authors) == (("Mira Stone", "Tom Reed"), 2)
    assert paper.organisation == "Reed Lab"
    assert paper.extra == {"comments": "3", "upvotes": "12"}
    (problem,) = problems
    assert (problem.line, problem.rejected) == (20, True)
    assert "No Summary Here" in problem.message


def test_arxiv_snapshot():
    papers, problems = read_file(DATA / "snapshot.jsonl")
    first, old, lost, after = papers
    assert (first.id, first.title) == ("arxiv:0704.0001", "Calculation of invented photon pairs")
    assert (
        first.abstract == "A fully invented calculation is presented for the production of pairs."
    )
    assert first.date == dt.date(2007, 4, 2)
    assert first.authors == ("C. Balázs", "E. L. Berger Jr.")
    assert first.url == "https://arxiv.org/abs/0704.0001"
    assert first.extra == {
        "updated": "2008-11-26",
        "version": "2",
        "doi": "10.1103/Inv.76.013009",
        "categories": "hep-ph",
        "venue": "Inv.D76:013009,2007",
    }
    assert (old.id, old.date) == ("arxiv:hep-th/9901001", None)
    assert (lost.date, lost.extra["date_precision"]) == (dt.date(2023, 11, 1), "month")
    assert after.title == "After the cut"
    (problem,) = problems
    assert (problem.line, problem.rejected) == (4, True)


def test_bibtex():
    papers, problems = read_file(DATA / "papers.bib")
    wool, fleece, plain = papers
    assert wool.id == "doi:10.1234/sheep.8"
    assert wool.title == r"Deep Sheep: Über Counting with $x_{t}$ and \emph{Care}"
    assert (
        wool.abstract == "We count 5% of the sheep twice, as in {LeQua}, and a_{t} of them never."
    )
    assert wool.authors == ("Ada Wool", "Bo Fleece", "Jo Müller")
    assert (wool.date, wool.extra["date_precision"]) == (dt.date(2021, 6, 1), "month")
    assert wool.extra["venue"] == "International Conference on Invention"
    assert wool.extra["citekey"] == "wool2021"
    assert fleece.id == "arxiv:2001.00017"
    assert (fleece.date, fleece.extra["date_precision"]) == (dt.date(2020, 1, 1), "year")
    assert (fleece.authors, fleece.n_authors) == ((), None)
    assert fleece.extra["authors_text"] == "Bo Fleece; others"
    assert plain.title == "After the Broken One"
    assert plain.date == dt.date(2018, 3, 9)
    assert "date_precision" not in plain.extra
    broken, silent = problems
    assert (broken.line, broken.rejected) == (23, True)
    assert "not valid BibTeX" in broken.message
    assert silent.line == 33
    assert "no abstract" in silent.message


def test_json_lines_with_obvious_names(tmp_path):
    records = [
        {"title": "One", "abstract": ABSTRACT},
        {"Title": "Two", "Summary": ABSTRACT, "ID": 17, "Published At": "2024-05-03T10:00:00Z"},
        {"paper_title": "Three", "abstract": ["First sentence.", "Second one."], "_id": "3"},
        {"title": "Four", "abstract": ABSTRACT, "year": 2019, "authors": "A B, C D and E F"},
        {
            "title": "Five",
            "abstract": ABSTRACT,
            "externalIds": {"ArXiv": "2401.01234"},
            "n_authors": 3,
        },
    ]
    text = "\n\n".join(map(json.dumps, records))
    papers, problems = read_text(tmp_path, "x.jsonl", text)
    assert problems == []
    one, two, three, four, five = papers
    assert one.id.startswith("one-")
    assert (two.id, two.date) == ("17", dt.date(2024, 5, 3))
    assert (three.id, three.abstract) == ("3", "First sentence. Second one.")
    assert (four.date, four.extra) == (dt.date(2019, 1, 1), {"date_precision": "year"})
    assert four.authors == ("A B", "C D", "E F")
    assert (five.id, five.n_authors) == ("arxiv:2401.01234", 3)


@pytest.mark.parametrize(
    "document",
    [
        [{"title": "One", "abstract": ABSTRACT}],
        {"papers": [{"title": "One", "abstract": ABSTRACT}]},
        {"count": 1, "data": [{"title": "One", "abstract": ABSTRACT}]},
        {"title": "One", "abstract": ABSTRACT},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_json_documents(tmp_path, document, indent):
    papers, problems = read_text(tmp_path, "x.json", json.dumps(document, indent=indent))
    assert problems == []
    assert [p.title for p in papers] == ["One"]


def test_our_own_json_comes_back_as_it_was(tmp_path):
    paper = Paper(
        id="doi:10.1234/x",
        title="Round",
        abstract=ABSTRACT,
        date=dt.date(2021, 1, 1),
        n_authors=2,
        authors=("A B", "C D"),
        organisation="Acme",
        pages=("x.jsonl", "y.txt"),
        url="https://doi.org/10.1234/x",
        extra={"date_precision": "year", "comments": "3"},
    )
    papers, problems = read_text(tmp_path, "x.jsonl", json.dumps(paper.to_dict()))
    assert problems == []
    assert papers == [paper]


def test_a_broken_element_of_an_array_costs_only_itself(tmp_path):
    good = json.dumps({"title": "Good", "abstract": ABSTRACT})
    text = (
        f'[\n  {good},\n  {{"title": "Bad", "abstract": }},\n  {good.replace("Good", "Better")}\n]'
    )
    papers, problems = read_text(tmp_path, "x.json", text)
    assert [p.title for p in papers] == ["Good", "Better"]
    assert [(p.line, p.rejected) for p in problems] == [(3, True)]


def test_an_array_cut_in_the_middle(tmp_path):
    good = json.dumps({"title": "Good", "abstract": ABSTRACT})
    papers, problems = read_text(tmp_path, "x.json", f"[{good},\n{good},\n{good[:30]}")
    assert len(papers) == 2
    assert [(p.line, p.rejected) for p in problems] == [(3, True)]


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"title": "No Abstract"}, "no abstract"),
        ({"abstract": ABSTRACT}, "no title"),
        ({"name": "Neither"}, "neither a title nor an abstract"),
        ({"title": "Short", "abstract": "Too short."}, "10 characters"),
        ({"title": "t" * 1001, "abstract": ABSTRACT}, "1,001 characters"),
        ({"title": "Full Text", "abstract": "a" * 100_001}, "100,001 characters"),
        ({"title": None, "abstract": {"a": 1}}, "neither a title nor an abstract"),
    ],
)
def test_missing_fields_cost_only_their_record(tmp_path, fields, missing):
    records = [
        {"title": "Good", "abstract": ABSTRACT},
        fields,
        {"title": "Next", "abstract": ABSTRACT},
    ]
    papers, problems = read_text(tmp_path, "x.jsonl", "\n".join(map(json.dumps, records)))
    assert [p.title for p in papers] == ["Good", "Next"]
    (problem,) = problems
    assert (problem.line, problem.rejected) == (2, True)
    assert missing in problem.message
    assert problem.source.endswith("x.jsonl")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"date": "03/04/2024"}, "03/04/2024"),
        ({"date": "2024-13-01"}, "2024-13-01"),
        ({"n_authors": "several"}, "several"),
        ({"n_authors": -1}, "-1"),
        ({"url": "javascript:alert(1)"}, "javascript:alert(1)"),
        ({"id": "has a space"}, "has a space"),
        ({"id": "x" * 201}, "xxx"),
    ],
)
def test_values_that_mean_nothing_are_left_out_and_named(tmp_path, fields, named):
    record = {"title": "Good", "abstract": ABSTRACT, **fields}
    papers, problems = read_text(tmp_path, "x.jsonl", json.dumps(record))
    paper = only(papers)
    assert (paper.date, paper.n_authors, paper.url) == (None, None, None)
    assert paper.id.startswith("good-")
    (problem,) = problems
    assert (problem.line, problem.rejected) == (1, False)
    assert named in problem.message


@pytest.mark.parametrize(
    ("written", "date", "precision"),
    [
        ("2024-09-26", (2024, 9, 26), None),
        ("2024/9/6", (2024, 9, 6), None),
        ("20240926", (2024, 9, 26), None),
        ("2024-09-26T23:59:59.000Z", (2024, 9, 26), None),
        ("Sep 26, 2024", (2024, 9, 26), None),
        ("26 September 2024", (2024, 9, 26), None),
        ("Thu, 26 Sep 2024 10:00:00 GMT", (2024, 9, 26), None),
        ("Sept. 26, 2024", (2024, 9, 26), None),
        ("2024-09", (2024, 9, 1), "month"),
        ("September 2024", (2024, 9, 1), "month"),
        (2024, (2024, 1, 1), "year"),
    ],
)
def test_dates(tmp_path, written, date, precision):
    record = {"title": "Good", "abstract": ABSTRACT, "date": written}
    papers, problems = read_text(tmp_path, "x.jsonl", json.dumps(record))
    assert problems == []
    paper = only(papers)
    assert (paper.date, paper.extra.get("date_precision")) == (dt.date(*date), precision)


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("Ada Wool; Bo Fleece", ("Ada Wool", "Bo Fleece")),
        ("Wool, Ada; Fleece, Bo", ("Wool, Ada", "Fleece, Bo")),
        ("Wool, Ada and Fleece, Bo", ("Wool, Ada", "Fleece, Bo")),
        ("Ada Wool, Bo Fleece, and Cy Ram", ("Ada Wool", "Bo Fleece", "Cy Ram")),
        ([{"name": "Ada Wool"}, {"given": "Bo", "family": "Fleece"}], ("Ada Wool", "Bo Fleece")),
        ("Ada Wool et al.", ()),
        ("Wool, A., Fleece, B.", ()),
    ],
)
def test_authors_are_split_only_where_that_is_clear(tmp_path, written, authors):
    record = {"title": "Good", "abstract": ABSTRACT, "authors": written}
    papers, _ = read_text(tmp_path, "x.jsonl", json.dumps(record))
    paper = only(papers)
    assert (paper.authors, paper.n_authors) == (authors, len(authors) or None)
    assert authors or paper.extra["authors_text"] == written


@pytest.mark.parametrize(
    ("name", "header", "separator"),
    [
        ("x.csv", "ID,Title,Abstract", ","),
        ("x.tsv", "id\ttitle\tsummary", "\t"),
        ("x.csv", "id;title;abstract", ";"),
    ],
)
def test_csv(tmp_path, name, header, separator):
    rows = [header, f'a1{separator}"Title, with a ""quote"""{separator}"{ABSTRACT}\nSecond line."']
    rows += ["", f"a2{separator}Plain{separator}{ABSTRACT}"]
    papers, problems = read_text(tmp_path, name, "\r\n".join(rows))
    assert problems == []
    assert [(p.id, p.title) for p in papers] == [("a1", 'Title, with a "quote"'), ("a2", "Plain")]
    assert papers[0].abstract == f"{ABSTRACT} Second line."


def test_csv_with_a_quote_that_is_never_closed(tmp_path):
    rows = [
        "title,abstract",
        f"One,{ABSTRACT}",
        f'"Two,{ABSTRACT}',
        *[f"More {n},{ABSTRACT}" for n in range(2000)],
    ]
    papers, problems = read_text(tmp_path, "x.csv", "\n".join(rows))
    assert len(papers) == 2001
    assert [(p.line, p.rejected) for p in problems] == [(3, True)]


def test_csv_with_a_row_that_is_too_short(tmp_path):
    papers, problems = read_text(
        tmp_path, "x.csv", f"title,abstract,date\nOne,{ABSTRACT},2024\nTwo\nThree,{ABSTRACT},2025\n"
    )
    assert [p.title for p in papers] == ["One", "Three"]
    assert [(p.line, p.rejected) for p in problems] == [(3, True)]
    assert "1 columns, the header has 3" in problems[0].message


def test_csv_without_an_abstract_column_says_which_columns_there_are(tmp_path):
    papers, problems = read_text(tmp_path, "x.csv", "title,pages\nOne,3\n")
    assert papers == []
    assert "'abstract' or 'summary'" in problems[0].message
    assert "title, pages" in problems[0].message


@pytest.mark.parametrize(
    ("name", "form", "count"),
    [
        ("atom.xml", "arXiv Atom feed", 2),
        ("daily_api.json", "Daily Papers API JSON", 1),
        ("snapshot.jsonl", "arXiv snapshot JSON Lines", 4),
        ("papers.bib", "BibTeX", 3),
    ],
)
@pytest.mark.parametrize("suffix", [".txt", ".csv", ".json", ".bib", ".xml", "", ".dat"])
def test_content_decides_not_the_suffix(tmp_path, name, form, count, suffix):
    path = tmp_path / f"misnamed{suffix}"
    shutil.copy(DATA / name, path)
    start = head(path)
    assert next(f.name for f in FORMATS if f.recognises(start)) == form
    assert len(read_file(path)[0]) == count


def test_folders_are_read_sorted_once_and_without_hidden_files(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    record = json.dumps({"title": "T", "abstract": ABSTRACT})
    for name in ("z.jsonl", "a.jsonl", "b/c.jsonl", ".hidden.jsonl", ".git/d.jsonl"):
        (tmp_path / name).write_text(record.replace('"T"', json.dumps(name)))
    (tmp_path / "loop").symlink_to(tmp_path)
    missing = tmp_path / "missing.jsonl"
    papers, problems = split(read_all([tmp_path, missing, tmp_path / "a.jsonl"]))
    assert [p.title for p in papers] == ["a.jsonl", "z.jsonl", "b/c.jsonl"]
    assert [(p.source, p.rejected) for p in problems] == [(str(missing), True)]
    assert "does not exist" in problems[0].message
