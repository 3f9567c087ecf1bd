"""Models that misbehave: what is read of their replies, and how each ends."""

import time

import pytest

import prompts
from rag.models import ChatRequest, Completion, Message
from rag.models.declining import declines
from rag.models.openai import OpenAIChatModel
from rag.models.wrapping import unwrapped
from rag.reply import Draft, needs_reminder, with_reminder, write
from tests import endpoint as server
from tests.rag.corpus import EXPERTS, LIPS, evidence

EVIDENCE = evidence(EXPERTS, LIPS)
E1, E2, E3 = (sentence.key for sentence in EVIDENCE.papers[0].sentences)
L1, L2, L3 = (sentence.key for sentence in EVIDENCE.papers[1].sentences)
GOOD = f"Refusals fall by 52% [{E2}]."


class Says:
    """A model that sends these pieces and knows when it is hung up on."""

    spec, mode = "says", "generative"

    def __init__(self, pieces, finish="complete"):
        self.pieces, self.finish, self.sent, self.closed = pieces, finish, 0, False

    def stream(self, request):
        try:
            for piece in self.pieces:
                self.sent += 1
                yield piece
            yield Completion(self.finish)
        finally:
            self.closed = True


def cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def read(model, numbers=None) -> tuple[str, Draft]:
    """The streamed text and the draft."""
    stream = write(model, ChatRequest("why?", EVIDENCE), numbers)
    streamed = ""
    while True:
        try:
            streamed += next(stream).text
        except StopIteration as stop:
            return streamed.rstrip(), stop.value


def says(reply: str, text: str) -> Draft:
    """However it comes in pieces, the reply becomes the text, and that is what was streamed."""
    for size in (1, 2, 5, 17, len(reply) + 1):
        streamed, draft = read(Says(cut(reply, size)))
        assert (draft.text, streamed) == (text, text)
    return draft


REFUSALS = "Refusals fall by 52% [1]."


def test_a_reply_that_behaves_passes_untouched():
    text = "First, some text.\n\n- one\n- two < three\n\n`code` and $x$ [1]."
    assert says(text.replace("[1]", f"[{E1}]"), text.replace(" [1]", " [1]")).completion == (
        Completion("complete")
    )


def test_the_first_words_are_shown_at_once():
    stream = write(Says(["Begun ", "and not ended"]), ChatRequest("why?", EVIDENCE))
    assert next(stream).text == "Begun"


def test_numbers_of_the_conversation_reach_the_text():
    assert read(Says([GOOD]), {"experts": 3})[1].text == "Refusals fall by 52% [3]."


# Reasoning


@pytest.mark.parametrize(
    "reply",
    [
        f"<think>Hm, [{L1}] says so.\nOr not.</think>\n\n{GOOD}",
        f"\n<thinking>\nHm.\n</thinking>{GOOD}",
        f"<THINK >Hm.</THINK>{GOOD}",
        f"<think>a</think><think>b</think>{GOOD}",
        f"◁think▷Hm.◁/think▷{GOOD}",
        f"<reasoning>Hm <b>x</b>.</reasoning>\n<answer>{GOOD}</answer>",
        f"<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>"
        f"{GOOD}<|return|>",
        f"{GOOD}<|im_end|>",
        f"{GOOD}\n<think>Was that right? It was.",
    ],
)
def test_reasoning_is_not_shown(reply):
    draft = says(reply, REFUSALS)
    assert [citation.quote for citation in draft.resolver.citations] == [
        "Switching off ten experts cuts refusals by 52% without retraining."
    ]


@pytest.mark.parametrize("reply", ["<think>Hm, what is it?", "<think>Hm.</think>\n"])
def test_a_reply_of_reasoning_alone_is_empty(reply):
    draft = says(reply, "")
    assert draft.completion.finish == "empty"
    assert "reasoning" in draft.completion.detail


@pytest.mark.parametrize("gap", ["\n</think>\n\n", " So.</think>\n", "\n</think>"])
def test_a_closing_tag_alone_makes_what_came_before_reasoning(gap):
    for size in (1, 4, 500):
        _, draft = read(Says(cut(f"Hm, [{L1}] says so.{gap}{GOOD}", size)))
        assert draft.text == REFUSALS
        assert [citation.marker for citation in draft.resolver.citations] == [1]


def test_what_follows_a_closing_tag_alone_stays_when_it_comes_at_once():
    assert read(Says([f"Hm.\n</think>\n{GOOD} So a <b."]))[1].text == f"{REFUSALS} So a <b."


def test_an_answer_may_speak_of_such_tags():
    text = "It learns to write <think> and </think> around its steps, if a<b."
    says(text, text)


# Wrapping


@pytest.mark.parametrize(
    "reply",
    [
        f"```\n{GOOD}\n```",
        f"```markdown\n{GOOD}\n```\n",
        f"~~~text\n{GOOD}~~~",
        f'{{"answer": "{GOOD}"}}',
        f'```json\n{{"answer": "{GOOD}", "citations": ["{L1}"]}}\n```',
        f'{{"response": {{"text": "{GOOD}"}}}}',
        f'[{{"claim": "{GOOD}"}}]',
        f'{{\n  "answer": "{GOOD}',
    ],
)
def test_prose_in_a_fence_or_in_json_is_unwrapped(reply):
    assert says(reply, REFUSALS).resolver.citations


def test_sentences_in_json_keep_their_own_keys():
    reply = f'{{"sentences": [{{"text": "It falls.", "keys": ["{E2}"]}}, {{"text": "So it is."}}]}}'
    says(reply, "It falls. [1] So it is.")


def test_a_key_of_the_whole_answer_is_given_to_no_sentence():
    draft = says(f'{{"answer": "Refusals fall. Lips move.", "keys": ["{E2}"]}}', UNCITED)
    assert draft.resolver.citations == []
    assert needs_reminder(draft)


UNCITED = "Refusals fall. Lips move."


def test_text_behind_a_fence_or_an_object_stays():
    says(f"```\n{GOOD}\n```\nSo it is.", f"{REFUSALS}\n\nSo it is.")
    says(f'{{"answer": "{GOOD}"}} So it is.', f"{REFUSALS}\nSo it is.")


@pytest.mark.parametrize(
    "reply", ["{x} is a set.", "```python\nf(x)\n```\nruns.", "{}", '{"n": 3}', "``", "[sic] so."]
)
def test_what_is_no_wrapping_stays(reply):
    says(reply, reply)


def test_json_that_is_hostile_is_read_without_an_error():
    for text in ("[" * 100_000, '{"answer":' * 5_000, '{"answer": "\\ud800"}', '{"answer": "a\\'):
        assert isinstance(unwrapped(text), str)


# Repetition


@pytest.mark.parametrize(
    ("loop", "kept"),
    [
        (" It is so and stays so.", " It is so and stays so."),
        (" very", " very"),
        (" and so on, and on,", " and so on, and on,"),
        (" One is this. Two is that, and more of it.", None),
        ("\n\nA paragraph that is said again.", None),
        ("好的", "好的" * 15),
        ("他们说模型会减少拒绝。", "他们说模型会减少拒绝。"),
    ],
)
def test_a_reply_that_goes_round_in_circles_is_cut_back(loop, kept):
    for size in (1, 7, 64):
        model = Says(cut(GOOD + loop * 2_000, size))
        streamed, draft = read(model)
        assert streamed == draft.text == f"{REFUSALS}{(loop if kept is None else kept).rstrip()}"
        assert draft.completion.finish == "truncated"
        assert "circles" in draft.completion.detail
        assert model.closed
        assert model.sent < len(model.pieces)


def test_a_numbered_list_of_one_item_is_a_circle():
    items = "".join(f"\n{n}. Refusals fall by half." for n in range(1, 90))
    draft = says(f"So:{items}", "So:\n1. Refusals fall by half.")
    assert draft.completion.finish == "truncated"


@pytest.mark.parametrize(
    "reply",
    [
        "It is so. It is so. It is not.",
        "very, very, very, very good",
        "\n".join(f"Paper {n} has {n * 3} authors." for n in range(1, 30)),
        "| a | b |\n|---|---|\n| 1 | 2 |\n| 1 | 2 |\n| 1 | 2 |",
        "1. It helps.\n2. It hurts.\n3. It helps.",
        "...... ------ ......",
    ],
)
def test_what_only_sounds_alike_stays(reply):
    assert says(reply, reply).completion.finish == "complete"


def test_an_endless_reply_is_hung_up_on_and_its_citations_stay():
    def raves(exchange):
        exchange.begin()
        exchange.say(GOOD)
        while not exchange.endpoint.stopping.is_set():
            exchange.say(" The same, again and again.")

    with server.running() as endpoint:
        endpoint.play(raves)
        model = OpenAIChatModel("m", base_url=endpoint.base_url)
        _, draft = read(model)
        assert endpoint.hung_up.wait(5)
        model.close()
    assert draft.text == f"{REFUSALS} The same, again and again."
    assert len(draft.resolver.citations) == 1


def test_looking_for_circles_costs_little():
    words = [f"word{n * n % 997} " for n in range(3_000)]
    started = time.perf_counter()
    read(Says(words))
    assert time.perf_counter() - started < 3.0


# Refusals of the model's own


@pytest.mark.parametrize(
    "reply",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, but I cannot assist with that request.",
        "Sorry, I am not able to discuss this topic.",
        "I can't help with that.",
        "**I apologize, but I cannot provide an answer to this.**",
        "As an AI language model, I don't have access to research papers.",
        "Es tut mir leid, aber dabei kann ich Ihnen nicht helfen.",
        "Als KI-Sprachmodell habe ich dazu keine Meinung.",
        "Je suis désolé, mais je ne peux pas répondre à cette question.",
        "Lo siento, pero no puedo ayudarte con eso.",
        "Desculpe, mas não posso ajudar com isso.",
        "Mi dispiace, ma non posso aiutarti.",
        "抱歉，我无法回答这个问题。",
        "作为一个人工智能语言模型，我没有意见。",
        "申し訳ありませんが、お答えできません。",
        "죄송합니다. 도와드릴 수 없습니다.",
        "Извините, но я не могу помочь с этим.",
    ],
)
def test_a_refusal_of_the_models_own_is_no_answer(reply):
    for size in (1, 6, 500):
        streamed, draft = read(Says(cut(reply, size)))
        assert draft.declined
        assert streamed == draft.text == ""
        assert not draft.says_something
        assert draft.completion.finish == "empty"
        assert draft.completion.detail.startswith("the model declined")


@pytest.mark.parametrize(
    "reply",
    [
        "I'm sorry, but the abstracts do not mention kettles, so I can't answer.",
        "I cannot answer this from the evidence.",
        "Unfortunately, no paper here measures that.",
        "Sorry states are what the study calls them.",
        "Sorry.",
        "It cannot help with that.",
        "抱歉，这些论文的摘要没有提到，无法回答。",
    ],
)
def test_what_speaks_of_the_papers_is_no_refusal_of_the_models_own(reply):
    assert not says(reply, reply).declined


def test_a_refusal_that_goes_on_or_cites_is_read_as_what_it_is():
    assert not says(
        f"I'm sorry, but I can't help with that. {GOOD}", f"{SORRY} {REFUSALS}"
    ).declined
    long = f"{SORRY} {'However, much else is known about the world. Each day brings news. ' * 7}"
    assert not declines(long)


SORRY = "I'm sorry, but I can't help with that."


def test_our_own_phrase_is_no_refusal_of_the_models_own():
    draft = says(f"{prompts.SENTINEL} I'm sorry, but I can't help with that.", SORRY)
    assert (draft.refused, draft.declined) == (True, False)


@pytest.mark.parametrize("place", [3, 7, 16])
def test_our_own_phrase_within_itself_leaves_none(place):
    begin, end = prompts.SENTINEL[:place], prompts.SENTINEL[place:].lstrip("_")
    draft = says(f"{begin}{prompts.SENTINEL}: {end} So.", f"{begin} {end} So.")
    assert draft.refused


# Lists of sources


@pytest.mark.parametrize(
    "listed",
    [
        f"\n\nReferences:\n[1] Smith et al. (2023). A title.\n[{L1}] Another one.",
        f"\n\n## Sources\n- [{L1}]\n- https://example.org",
        f"\n**Sources:** [{L1}], [{E1}]",
        "\n\nBibliography\nSmith, J. (2021). A title. A journal.",
        f"\n\nQuellen: [{L1}]",
        f"\n\n参考文献：\n[{L1}] 标题",
        "\n\n---\nReferences used:\n\n1. Smith (2020)",
        "\n\nSources",
    ],
)
def test_a_list_of_sources_is_removed_and_counted(listed):
    draft = says(GOOD + listed, REFUSALS if "---" not in listed else f"{REFUSALS}\n\n---")
    assert len(draft.resolver.citations) == 1
    assert sum(draft.resolver.removed.values()) == 1


def test_prose_behind_the_sources_of_a_part_stays():
    reply = f"{GOOD}\nSources: [{L1}]\n\nLips are hard to read [{L1}].\nSources: [{E1}]"
    says(reply, f"{REFUSALS}\nLips are hard to read [2].")


@pytest.mark.parametrize(
    "reply",
    [
        "It is so.\nReferences to it are rare.",
        "It is so.\nSource code is not given.",
        "It is so.\nSources: the two abstracts.",
        "It is so.\nSource",
        "Sources: two are named.",
        "It is so.\nSo is the rest",
    ],
)
def test_prose_that_opens_like_a_list_of_sources_stays(reply):
    if reply.endswith("Source"):
        says(f"{reply}s vary.", f"{reply}s vary.")
    else:
        says(reply, reply)


# The reminder


@pytest.mark.parametrize(
    ("reply", "finish", "wanted"),
    [
        ("Refusals fall by half.", "complete", True),
        ("Refusals fall by half [3] (Smith et al., 2020).", "complete", True),
        (GOOD, "complete", False),
        (f"{prompts.SENTINEL} The papers are silent.", "complete", False),
        ("Refusals fall", "truncated", False),
        ("Refusals fall", "failed", False),
        ("", "empty", False),
        ("I'm sorry, but I can't help with that.", "complete", False),
    ],
)
def test_a_reply_that_ends_well_and_cites_nothing_is_worth_a_reminder(reply, finish, wanted):
    assert needs_reminder(read(Says([reply], finish))[1]) is wanted


def test_a_reminder_repeats_the_reply_and_says_how_to_cite():
    request = ChatRequest("why?", EVIDENCE, (Message("system", "s"), Message("user", "u")))
    _, draft = read(Says(["Refusals fall [3]."]))
    again = with_reminder(request, draft)
    assert again.messages[:2] == request.messages
    assert again.messages[2] == Message("assistant", "Refusals fall.")
    assert again.messages[3].role == "user"
    assert prompts.SENTINEL in again.messages[3].content
    assert (again.question, again.evidence) == (request.question, request.evidence)
