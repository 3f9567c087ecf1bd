"""Questions that ask which papers there are on a topic, without a word of counting or of all."""

import pytest

from tests.rag.collection.parsing.reading import read

LISTS = {
    "Which papers are about model merging?": "model merging",
    "What papers do you have on model merging?": "model merging",
    "Is there anything on model merging?": "model merging",
    "Is there anything about model merging here?": "model merging",
    "Any papers about model merging?": "model merging",
    "Do you have papers on model merging": "model merging",
    "Do you have any papers about model merging?": "model merging",
    "Show me papers about model merging": "model merging",
    "Show me papers on model merging, please": "model merging",
    "papers on model merging": "model merging",
    "papers about hallucination": "hallucination",
    "Hi, any papers on LoRA?": "LoRA",
    "Are there any papers on federated learning?": "federated learning",
    "Is there a paper on model merging?": "model merging",
    "Is there any work on model merging?": "model merging",
    "What work is there on model merging?": "model merging",
    "Which papers here are about robotics or speech?": "robotics or speech",
    "Can you show me some papers about mixture of experts?": "mixture of experts",
    "Find papers on reinforcement learning": "reinforcement learning",
    "federated learning papers": "federated learning",
    "Do you have anything on quantum computing?": "quantum computing",
    "What papers are there on curriculum learning in this collection?": "curriculum learning",
    "What papers have you got about tool use?": "tool use",
    "Give me papers related to model merging": "model merging",
    "I'm looking for papers on pruning": "pruning",
    "I need papers about speech": "speech",
    "Got any papers on scaling laws?": "scaling laws",
    "Which of the papers are about medicine?": "medicine",
    "Which papers in the collection are on pruning?": "pruning",
    "have you got anything on pruning": "pruning",
    "Anything about pruning?": "pruning",
    "articles about in-context learning": "in-context learning",
    "Does the collection have anything on pruning?": "pruning",
    "Which papers deal with medical imaging?": "medical imaging",
    "Which papers study robots?": "robots",
    "What papers investigate reward hacking?": "reward hacking",
    "Are there papers on text-to-speech?": "text-to-speech",
    "What papers exist on pruning?": "pruning",
}


@pytest.mark.parametrize(("question", "topic"), LISTS.items())
def test_papers_on_a_topic_are_listed(question, topic):
    assert read(question) == {"kind": "list", "topic": topic}


WHAT_PAPERS_SAY = """
Which papers propose a method that merges models?
Which paper shows that merging helps?
What do papers say about model merging?
What do the papers on pruning show?
What did papers on pruning find?
Which papers on pruning use distillation?
Which paper is about model merging?
Any good papers?
Any papers about that?
Any other papers on this topic?
Are there papers about teaching robots to walk without demonstrations?
Which papers use model merging?
Which papers are about training models when data must stay at home?
Tell me about papers on merging
Write a paper on federated learning
Which papers are best?
Any papers worth reading?
anything else?
What is there on model merging?
Tell me about model merging
Summarise the papers on model merging
Compare the papers on model merging
Is there a paper on folding or designing proteins with language models?
Any papers on the topic?
interesting papers
good papers on pruning
How do papers on pruning measure speed?
Which papers on pruning are the best?
"""


@pytest.mark.parametrize("question", WHAT_PAPERS_SAY.strip().splitlines())
def test_what_papers_say_or_do_is_left_to_their_abstracts(question):
    assert read(question) is None
