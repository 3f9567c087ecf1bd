from collections.abc import Sequence

from index.cache import PaperCache


class Source:
    def __init__(self) -> None:
        self.fetched: list[list[str]] = []

    def __call__(self, paper_ids: Sequence[str]) -> dict[str, str]:
        self.fetched.append(list(paper_ids))
        return {paper_id: paper_id.upper() for paper_id in paper_ids if paper_id != "nobody"}


def test_what_is_known_is_not_fetched_again_and_order_is_kept() -> None:
    source = Source()
    cache = PaperCache(source, len, 100)
    cache.get_many(["a", "b"])
    assert list(cache.get_many(["c", "nobody", "a"]).items()) == [("c", "C"), ("a", "A")]
    assert source.fetched == [["a", "b"], ["c", "nobody"]]


def test_the_longest_unused_is_forgotten_first() -> None:
    source = Source()
    cache = PaperCache(source, len, 2)
    for paper_id in ("a", "b", "a", "c", "a", "b"):
        cache.get_many([paper_id])
    assert source.fetched == [["a"], ["b"], ["c"], ["b"]]


def test_what_was_read_before_a_change_is_not_kept() -> None:
    def fetch(paper_ids: Sequence[str]) -> dict[str, str]:
        cache.clear()  # another thread's commit, noticed meanwhile
        return dict.fromkeys(paper_ids, "old")

    cache: PaperCache[str] = PaperCache(fetch, len, 100)
    assert cache.get_many(["a"]) == {"a": "old"}
    assert not cache._kept
