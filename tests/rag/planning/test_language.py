"""Which questions are put in another language, and which are merely mistyped."""

import time

import pytest

from rag.planning.language import UNKNOWN, is_misspelt, language_of

FOREIGN = """
de|Was ist LoRA?
de|Welche Arbeiten vergleichen Diffusionsmodelle mit GANs?
de|Und wie schnell ist das?
de|Nenne Arbeiten über Objekterkennung
de|Unterschied zwischen DPO und PPO?
es|Que es LoRA?
es|¿Cómo se entrena un modelo multilingüe?
es|Cuales son los mejores metodos para segmentar imagenes medicas
es|Hay algun conjunto de datos de lengua de signos?
fr|Qu'est-ce que LoRA ?
fr|Quels articles parlent de segmentation d’images ?
fr|Quelle est la différence entre DPO et PPO ?
it|Che cos'è LoRA?
it|Quali articoli parlano di modelli di diffusione?
pt|O que é LoRA?
pt|Quais artigos falam sobre modelos de difusão?
nl|Hoe werkt LoRA?
nl|Wat is het verschil tussen DPO en PPO?
zh|什么是LoRA?
zh|RLHF 和 DPO 有什么区别?
ja|LoRAとは何ですか?
ja|拡散モデルに関する論文はどれですか?
ko|LoRA는 무엇인가요?
ru|Что такое LoRA?
uk|Які статті присвячені дифузійним моделям?
ar|ما هي أوراق البحث حول نماذج اللغة؟
hi|LoRA क्या है?
he|מה זה LoRA?
th|LoRA คืออะไร
el|Τι είναι το LoRA;
pl|Jak działa LoRA?
sv|Vilka artiklar handlar om språkmodeller?
da|Hvilke artikler handler om sprogmodeller?
tr|Hangi makaleler dil modelleri hakkında?
cs|Které články se zabývají jazykovými modely?
ro|Care articole sunt despre modele de limbaj?
fi|Mitkä artikkelit käsittelevät kielimalleja?
hu|Melyik cikkek szólnak nyelvi modellekről?
id|Makalah mana yang membahas model bahasa?
vi|Những bài báo nào nói về mô hình ngôn ngữ?
"""


@pytest.mark.parametrize("line", FOREIGN.strip().splitlines())
def test_other_languages_are_told(line):
    code, question = line.split("|")
    assert language_of(question) == code


def test_what_no_list_has_is_still_not_english():
    assert language_of("Comparer réseaux génératifs, améliorés") == UNKNOWN
    assert language_of("ლორა რა არის?") == UNKNOWN


@pytest.mark.parametrize(
    "question",
    [
        "",
        "???",
        "RLHF",
        "LoRA vs. QLoRA",
        "diffusion model acceleration",
        'Does the paper "Was ist Aufklärung" exist?',
        "What is β-VAE's α?",
        "De novo protein design",
        "per-layer quantization on GPUs",
        "Does Müller's naïve Bayes beat it?",
        "Poincaré and Gödel embeddings",
        "MIT papers on die casting",
        "Et al. means what?",
        "Los Angeles data set",
        "Vicuna mit LoRA?",
        "LLaMA en français",
        "What does 智谱 release?",
        "pre-training sans labels",
        "Codes: https://github.com/HITsz-TMG/Cognitive-Visual-Language-Mapper",
        "hwo mny vidoes and taks are in taht datset of how-to tutorails?",
    ],
)
def test_english_stays_english(question):
    assert language_of(question) == "en"


@pytest.mark.parametrize(
    "question",
    [
        "hwo do robots lern new moshuns from vr humna recordngs",
        "waht hapens to langauges that wer labled wen u kep pretraning modles",
    ],
)
def test_a_mistyped_question_is_noticed(question):
    assert is_misspelt(question)


@pytest.mark.parametrize(
    "question",
    [
        "Which finetuning schemes are parameter-efficient for multimodal transformers?",
        "Does QLoRA beat LoRA, GaLore, DoRA and VeRA on MMLU, GSM8K and HumanEval?",
        "Which autoencoders denoise spectrograms unsupervisedly?",
        "waht is LoRA?",
        "RLHF RLAIF DPO PPO KTO",
        "",
    ],
)
def test_terms_and_single_slips_are_not_misspelling(question):
    assert not is_misspelt(question)


def test_words_of_the_store_are_spelt_right():
    question = "Is aneurysmal subarachnoid haemorrhage preceded by leukoaraiosis?"
    assert is_misspelt(question)
    assert not is_misspelt(question, lambda word: word.startswith(("aneurysm", "leuko")))


@pytest.mark.parametrize(
    "unit", ["a", "ß", "中", "д", "l'", "¿", "a b ", "de ", "://", "\ud800", "😀"]
)
def test_odd_and_long_text_takes_no_time(unit):
    text = unit * (4_000 // len(unit))
    is_misspelt("warm")  # reads the vocabulary
    start = time.perf_counter()
    language_of(text)
    is_misspelt(text)
    assert time.perf_counter() - start < 0.25
