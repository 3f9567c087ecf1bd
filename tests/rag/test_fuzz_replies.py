"""Ten thousand replies at random: none makes up a citation, whatever it is and comes in."""

import random
import re

import pytest

import prompts
from rag.answering import verify
from rag.brackets import plain
from rag.grounding import Support
from rag.models import ChatRequest, Completion
from rag.reply import write
from tests.rag.corpus import EXPERTS, HOSTILE, LIPS, evidence
from tests.rag.test_citations import shown_numbers

EVIDENCE = evidence(EXPERTS, LIPS, HOSTILE)
SENTENCES = {s.key: (p.paper, s) for p in EVIDENCE.papers for s in p.sentences}
KEYS = list(SENTENCES)
WHOLE = re.compile(rf"(?:[a-z]{{3,}}(?={'.' * len(KEYS[0])}$))?(?P<keys>(?:{'|'.join(KEYS)})+)")
WORDS = [
    *("Refusals", "fall", "by", "52%", "without", "retraining", "(2023)", "Smith et al.", "array"),
    *("References:", "Sources", "\n\nSources: ", "I'm sorry, but I can't", "As an AI", "very"),
    *("k3f7", "zz99", "H2O", "gpt4", "3", "12", "[0, 1]", "$5", "a<b", "e.g.", "Fig. 3"),
]
MARKS = [
    *(
        "[",
        "]",
        "[[",
        "]]",
        "【",
        "】",
        "［",
        "］",
        "(",
        ")",
        "（",
        "）",
        "{",
        "}",
        "<",
        ">",
        "`",
        "$",
    ),
    *("﹇", "﹈", "[\u200b1]", "[1\u2060]", "［1］", "[１\u00ad]", "﹇1﹈", "[⑫]", "[\u31642]"),
    *("\\[", "\\]", "](", "](http://x.org)", "[^1]", "[^1]: ", "[3]", "[12, 14]", "[1", "2]", "†"),
    *("[text](https://x.org/a)", "(Smith et al., 2023)", "[Smith 2023]", "(Lee and Kim, 2021; "),
    *("```", "```json\n", '{"answer": "', '"}', "<think>", "</think>", "<|im_end|>", "<sup>", "\\"),
]
SOUP = ["[", "[", "]", "]", "1", "12", "\n", " ", "(", ")", "zz99", "【", "】"]
ODD = [
    "\u200b",
    "\u2060",
    "\u3164",
    "⑫",
    "\ufe0f",
    "\u202e",
    "٣",
    "²",
    "①",
    "１",
    "é",
    "e\u0301",
    "中文。",
    "\x00",
    "\ud800",
]
GAPS = [" ", " ", " ", "", "\n", ". ", ", ", "; ", "\n- ", "\t", "-", "\u00a0"]


def key_or_nearly(rng: random.Random) -> str:
    key = rng.choice(KEYS)
    cut = rng.randrange(1, 4)
    return rng.choice(
        [
            *(key, key, key, key.upper(), f"{key}{rng.choice(KEYS)}", f"{key}, {rng.choice(KEYS)}"),
            *(key[:cut], f"{key}x", f"x{key}", key[::-1], f"{key[:cut]} {key[cut:]}"),
            f"{key[:cut]}\u200b{key[cut:]}",
            "".join(rng.choices("abcdefghjkmnpqrstuvwxyz23456789", k=4)),
        ]
    )


def cite(rng: random.Random) -> str:
    opening, closing = rng.choice(
        ["[]", "[]", "[]", "【】", "［］", "()", "（）", "``", "{}", "<>"]
    )
    return f"{opening}{key_or_nearly(rng)}{closing}"


def beside(rng: random.Random) -> str:
    """Citations behind a sentence, at the beginning of the next line, or both."""
    gaps = ["", "", " ", "\n", "\n\n", "\n- "]
    return ". " + "".join(f"[{rng.choice(KEYS)}]{rng.choice(gaps)}" for _ in range(4))


def reply(rng: random.Random) -> str:
    def part() -> str:
        cut = rng.randrange(len(prompts.SENTINEL) + 1)
        kinds = [
            (0.35, lambda: rng.choice(WORDS)),
            (0.25, lambda: cite(rng)),
            (0.1, lambda: key_or_nearly(rng)),
            (0.1, lambda: rng.choice(MARKS)),
            (0.05, lambda: "".join(rng.choices(SOUP, k=rng.randrange(2, 9)))),
            (0.05, lambda: rng.choice(ODD)),
            (0.05, lambda: beside(rng)),
            (0.05, lambda: prompts.SENTINEL),
            (0.05, lambda: rng.choice([prompts.SENTINEL[:cut], prompts.SENTINEL[cut:]])),
        ]
        return rng.choices([make for _, make in kinds], [share for share, _ in kinds])[0]()

    parts = [part() + rng.choice(GAPS) for _ in range(rng.randrange(1, 28))]
    if rng.random() < 0.03:
        parts *= 20
    text = "".join(parts)
    return text[: rng.randrange(1, len(text) + 1)] if rng.random() < 0.2 else text


def pieces(text: str, rng: random.Random) -> list[str]:
    size = rng.choice([1, 3, 8, 40])
    found, position = [], 0
    while position < len(text):
        end = position + rng.randint(1, 2 * size)
        found.append(text[position:end])
        position = end
    return found


class Says:
    spec, mode = "says", "generative"

    def __init__(self, said):
        self.said = said

    def stream(self, request):
        yield from self.said
        yield Completion("complete")


def keys_given(text: str) -> set[str]:
    """The keys that stand in a reply as they were given out, and not as a part of a longer word."""
    one = "|".join(KEYS)
    forms = ""
    for gap in (" ", ""):  # the refusal phrase and marks of a chat template are taken out
        said = re.sub(rf"{prompts.SENTINEL}[\s:.,;*_`\"'–—-]*|<\|im_end\|>", gap, text)
        visible = re.sub("[\u200b\ufe0f\u202e]", "", said)
        forms += f" {said} {plain(said)} {visible}".lower()
    words = [word for word in re.findall(r"[a-z0-9]+", forms) if WHOLE.fullmatch(word)]
    return {key for word in words for key in re.findall(one, WHOLE.fullmatch(word)["keys"])}


def read(said, numbers):
    stream, tokens = write(Says(said), ChatRequest("why?", EVIDENCE), numbers), []
    while True:
        try:
            tokens.append(next(stream))
        except StopIteration as stop:
            return tokens, stop.value


class Whim:
    """A checker that supports some claims and not others, as chance has it."""

    def __init__(self, rng):
        self.rng = rng

    def check_many(self, pairs):
        falls = Support(0.05, disagrees=True, unrelated=True)
        return [self.rng.choice([Support(0.9), falls]) for _ in pairs]


def check_verified(draft, rng: random.Random, numbers: dict[str, int]) -> None:
    """What is left when chance has withheld some sentences keeps the promise, too."""
    for withhold in (False, True):
        said = verify(draft, Whim(rng), withhold=withhold, numbers=numbers)
        shown = set(shown_numbers(said.text))
        assert shown == {citation.marker for citation in said.citations}, said.text
        assert {number for claim in said.claims for number in claim.markers} <= shown
        by_paper = {citation.paper.id: citation.marker for citation in said.citations}
        assert len(set(by_paper.values())) == len(by_paper)
        for citation in said.citations:
            assert citation.paper.abstract[citation.start : citation.end] == citation.quote
            assert by_paper[citation.paper.id] == citation.marker
            assert numbers.get(citation.paper.id, citation.marker) == citation.marker


def check(text: str, said: list[str], numbers: dict[str, int], rng: random.Random) -> None:
    tokens, draft = read(said, numbers)
    streamed = "".join(token.text for token in tokens).rstrip()
    if "</" not in text:  # a closing tag alone takes back what was shown
        assert streamed == draft.text
    shown = set(shown_numbers(draft.text))
    citations = [] if draft.declined else draft.resolver.citations
    assert shown == {citation.marker for citation in citations}
    assert prompts.SENTINEL not in draft.text
    given = keys_given(text)
    by_paper: dict[str, int] = {}
    for citation in citations:
        assert citation.paper.abstract[citation.start : citation.end] == citation.quote
        assert by_paper.setdefault(citation.paper.id, citation.marker) == citation.marker
        assert numbers.get(citation.paper.id, citation.marker) == citation.marker
        key = next(
            k for k, (p, s) in SENTENCES.items() if (p, s.start) == (citation.paper, citation.start)
        )
        assert key in given
    assert len(set(by_paper.values())) == len(by_paper)
    check_verified(draft, rng, numbers)


@pytest.mark.parametrize("seed", range(10))
def test_a_thousand_replies_at_random(seed):
    rng = random.Random(seed)
    for _ in range(1_000):
        text = reply(rng)
        numbers = {} if rng.random() < 0.7 else {"lips": 3, "elsewhere": 5}
        said = pieces(text, rng)
        try:
            check(text, said, numbers, rng)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {said!r}, {numbers}: {error}") from error


def test_how_a_reply_is_cut_into_pieces_makes_no_difference():
    rng = random.Random(99)
    for _ in range(300):
        text = reply(rng)
        drafts = [read(said, {})[1] for said in ([text], list(text), pieces(text, rng))]
        assert len({draft.text for draft in drafts}) == 1, text
        assert len({draft.refused for draft in drafts}) == 1, text
