"""Fields of research by their other names and their kinds: what else a paper on one may say.

Unlike the thesaurus of ``index``, which leads from plain words to terms that may be meant, this
leads from a field to what belongs to it: whoever works on one of its kinds works on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rag.collection.stems import content_stems, joined_content, stems

Way = tuple[str, ...]

# One field a line: `name = same ~ near > kind, kind`; indented lines go on. `=` joins forms of one
# name, `~` names that most would call by one another's. A kind that has a line brings its kinds.
# Written by hand from general knowledge of the field. Terms that mean something else as well
# (transformer in medicine, student in education) stay out.
_FIELDS_TEXT = """
continual learning ~ lifelong learning ~ incremental learning > continual pre-training,
    class-incremental, task-incremental, catastrophic forgetting
transfer learning > domain adaptation, cross-domain transfer, cross-task transfer
domain adaptation ~ domain shift > domain generalization
meta-learning ~ learning to learn > model-agnostic meta-learning, MAML
few-shot learning ~ low-shot learning > few-shot classification
multi-task learning ~ multitask learning > multi-task training, multitask finetuning
self-supervised learning > contrastive learning, masked autoencoder, masked language modeling
semi-supervised learning > pseudo-labeling, self-training
unsupervised learning > clustering
active learning > uncertainty sampling
reinforcement learning = RL > policy gradient, policy optimization, Q-learning, actor-critic,
    RLHF, PPO, GRPO, RLVR, reward shaping
alignment ~ preference learning ~ preference alignment ~ preference optimization > RLHF, RLAIF,
    DPO, human preferences, human feedback, reward model, safety alignment
imitation learning ~ learning from demonstrations > behavior cloning
federated learning > FedAvg, federated optimization, federated averaging
distributed training ~ distributed learning > data parallelism, pipeline parallelism, tensor
    parallelism, model parallelism
curriculum learning > easy-to-hard, self-paced learning
knowledge distillation ~ distillation ~ model distillation > self-distillation, teacher-student
model compression ~ compression > pruning, quantization, knowledge distillation, low-rank
    factorization
pruning ~ sparsification > structured pruning, lottery ticket
quantization > post-training quantization, low-bit, 4-bit, 8-bit
efficient inference ~ inference acceleration ~ faster inference > speculative decoding, KV cache,
    early exit
efficient training ~ training efficiency > mixed precision, memory-efficient training,
    parameter-efficient fine-tuning
parameter-efficient fine-tuning = parameter-efficient tuning = PEFT > LoRA, adapter tuning, prompt
    tuning, prefix tuning
LoRA = low-rank adaptation = low-rank adapters > QLoRA
prompt tuning ~ prompt learning ~ soft prompts
prompting ~ prompt engineering ~ prompt design > chain-of-thought prompting, few-shot prompting
in-context learning > few-shot prompting, in-context examples, in-context demonstrations
chain of thought = chain-of-thought = CoT > step-by-step reasoning
instruction tuning ~ instruction fine-tuning ~ instruction-tuning > instruction following,
    supervised fine-tuning
fine-tuning ~ finetuning > supervised fine-tuning, parameter-efficient fine-tuning, instruction
    tuning
pre-training ~ pretraining > continual pre-training, masked language modeling
model merging ~ model fusion ~ weight averaging > model soups, task arithmetic, task vectors,
    merging models
ensembles ~ ensemble learning ~ ensembling
mixture of experts = MoE ~ sparse experts > expert routing, sparsely activated
scaling laws ~ scaling law ~ neural scaling > compute-optimal
emergent abilities ~ emergence > grokking
training dynamics > grokking, learning rate schedule, loss landscape
optimization ~ optimizers > gradient descent, SGD, Adam, learning rate schedule
hyperparameter tuning = hyperparameter optimization = hyperparameter search
architecture search = neural architecture search = NAS
state space models = SSM > Mamba
graph learning ~ graph neural networks ~ GNN > graph representation learning, node classification,
    knowledge graph embedding
knowledge graphs = knowledge graph > entity alignment
time series = time-series ~ time series forecasting ~ forecasting > temporal forecasting
anomaly detection ~ outlier detection ~ out-of-distribution detection
uncertainty ~ uncertainty estimation ~ uncertainty quantification > confidence calibration,
    conformal prediction, Bayesian
calibration ~ confidence calibration
causality ~ causal inference > causal discovery, treatment effect, counterfactual
fairness ~ bias mitigation > gender bias, social bias, demographic bias
privacy ~ data privacy > differential privacy, membership inference, machine unlearning, federated
    learning
differential privacy = differentially private = DP-SGD
machine unlearning = unlearning
security > backdoor attack, data poisoning, jailbreak, prompt injection, malicious attack
safety ~ AI safety > red teaming, jailbreak, harmful, safety alignment, deceptive alignment
jailbreak ~ jailbreaking > prompt injection
adversarial robustness ~ adversarial attacks ~ adversarial examples > adversarial training,
    certified robustness, robust training
robustness > adversarial robustness, distribution shift, out-of-distribution generalization,
    corruption
generalization ~ generalisation > out-of-distribution generalization
interpretability ~ explainability ~ explainable AI ~ XAI > mechanistic interpretability, probing,
    saliency, feature attribution
hallucination ~ hallucinations > factuality, unfaithful
factuality ~ factual accuracy > fact-checking, fact verification
evaluation ~ benchmarks ~ benchmarking
data selection ~ data curation ~ data filtering > data pruning, coreset, data subset, data
    valuation, influence scores, data sampling, data mixture, data quality
data augmentation > text augmentation, image augmentation, mixup
synthetic data ~ data synthesis ~ generated data
data contamination ~ benchmark contamination ~ test set contamination > data leakage
memorization ~ memorisation > training data extraction
retrieval ~ information retrieval > dense retrieval, passage retrieval, document ranking,
    reranking, retrieval-augmented
retrieval-augmented generation = RAG = retrieval augmentation
question answering = QA > reading comprehension, open-domain questions
text embeddings ~ sentence embeddings ~ embedding models
recommender systems ~ recommendation ~ recommendation systems > collaborative filtering,
    session-based, click-through rate
summarization = summarisation
machine translation = MT ~ neural machine translation > WMT, BLEU
multilingual ~ multilinguality ~ cross-lingual > low-resource languages, language transfer
low-resource languages ~ underresourced languages ~ under-resourced languages
named entity recognition = NER
information extraction > relation extraction, event extraction, named entity recognition
sentiment analysis ~ opinion mining > emotion recognition
dialogue ~ conversation ~ conversational agents ~ chatbots > dialog system, multi-turn dialogue,
    task-oriented dialogue
long context ~ long-context > context window, length extrapolation, length generalization
tokenization = tokenizers = tokenisation
reasoning > chain of thought, mathematical reasoning, logical reasoning, commonsense reasoning
mathematical reasoning ~ math reasoning ~ mathematics ~ math > math word problems, theorem
    proving, GSM8K
planning > task planning, motion planning
code generation ~ program synthesis ~ coding ~ programming ~ software engineering > code
    completion, program repair, bug fixing, SWE-bench, code LLM, source code
agents ~ LLM agents ~ language agents ~ autonomous agents > web agent, tool learning, multi-agent
tool use ~ tool learning ~ tool usage ~ function calling ~ API calling
games ~ game playing > Atari, Minecraft, chess
computer vision ~ vision > image classification, object detection, image segmentation, vision
    transformer
object detection > 3D detection
segmentation ~ image segmentation ~ semantic segmentation
image generation ~ image synthesis ~ text-to-image ~ text-to-image generation > image editing,
    personalization, text-to-image diffusion
image editing ~ image manipulation
video generation ~ video synthesis ~ text-to-video > video diffusion, image-to-video
video understanding ~ video analysis > action recognition, video question answering, video
    captioning
diffusion models ~ diffusion model > denoising diffusion, latent diffusion, score-based
generative models ~ generative modeling > GAN, diffusion models, variational autoencoder
GAN = generative adversarial networks = GANs
3D reconstruction ~ 3D vision > NeRF, Gaussian splatting, neural radiance field, novel view
    synthesis
multimodal learning ~ multimodal ~ multi-modal ~ vision-language ~ vision and language > image
    captioning, visual question answering, audio-visual, MLLM, VLM
vision-language models ~ VLM ~ multimodal large language models ~ MLLM ~ large vision-language
    models ~ LVLM > CLIP
speech ~ spoken language > automatic speech recognition, text-to-speech, speaker recognition,
    speech translation, spoken language understanding
speech recognition = automatic speech recognition = ASR
speech synthesis = text-to-speech = TTS > voice cloning
audio ~ sound > music generation, speech, audio-visual
music > music generation
lip reading ~ visual speech recognition
robotics = robots = robot > robotic manipulation, robot learning, legged locomotion, embodied
    agent, vision-language-action
embodied AI = embodied agents > vision-and-language navigation, robotic manipulation
autonomous driving ~ self-driving = self-driving cars = self-driving vehicles ~ autonomous
    vehicles = autonomous cars ~ driverless cars
medicine = medical = clinical = healthcare = biomedical = biomedicine ~ health > radiology,
    pathology, surgery, patients, diagnosis, disease, medical imaging, electronic health record,
    drug discovery
radiology > radiology report, chest X-ray
medical imaging = medical images = medical image analysis = clinical images = clinical imaging >
    MRI, ultrasound, chest X-ray, computed tomography, CT scans, endoscopy, endoscopic,
    histopathology, fundus, radiology, tumor segmentation, lesion segmentation
cancer = oncology > tumor
biology ~ bioinformatics ~ computational biology > protein, genomics, DNA, single-cell
proteins = protein > protein folding, protein design
chemistry ~ molecules ~ molecular > drug discovery, retrosynthesis
drug discovery > drug design, molecule generation
materials science ~ materials > crystal
physics > physics-informed, partial differential equation
weather ~ climate ~ meteorology > weather forecasting, precipitation
remote sensing ~ satellite imagery ~ satellite images ~ earth observation
neuroscience ~ brain ~ brain signals ~ brain activity ~ neural signals > EEG, fMRI, brain-computer
    interface, neural decoding
brain decoding ~ neural decoding > fMRI decoding, decoding brain, brain-computer interface
brain-computer interface = BCI
psychology ~ cognitive science > theory of mind, human cognition
education = educational > classroom, pedagogy, tutoring, educators, students learning, student
    essays, essay scoring
law = legal > court, legal judgment
finance = financial > stock, trading, banking
social media > Twitter, misinformation
misinformation ~ fake news > disinformation
hate speech ~ toxicity ~ toxic language ~ offensive language
energy ~ energy consumption > carbon footprint
hardware ~ accelerators > FPGA, GPU kernels
networks ~ wireless ~ telecommunications
surveys ~ survey ~ review ~ literature review
"""


@dataclass(frozen=True, slots=True)
class _Field:
    """Its names, those that mean the same together, and its kinds, as stems."""

    names: tuple[tuple[Way, ...], ...]
    kinds: tuple[Way, ...]

    def near(self) -> tuple[Way, ...]:
        return tuple(way for same in self.names for way in same) + self.kinds


@cache
def _fields() -> tuple[Mapping[Way, int], tuple[_Field, ...]]:
    """Each name's stems -> the place of its field; the fields."""
    fields = []
    for line in _FIELDS_TEXT.replace("\n    ", " ").strip().splitlines():
        left, _, right = line.partition(">")
        names = tuple(_ways(group.split("=")) for group in left.split("~"))
        fields.append(_Field(names, _ways(right.split(","))))
    places: dict[Way, int] = {}
    for place, field in enumerate(fields):
        for group in field.names:
            for way in group:
                places.setdefault(way, place)
    return places, tuple(fields)


def _ways(terms: Iterable[str]) -> tuple[Way, ...]:
    return tuple(dict.fromkeys(way for term in terms for way in ways(term)))


def ways(term: str) -> tuple[Way, ...]:
    """The term's stems with hyphenated words as one, and in their parts.

    "in-context" has no parts: it isn't a "context".
    """
    joined, parts = joined_content(term), content_stems(term)
    both = [joined, parts] if set(parts) == set(stems(term)) else [joined]
    return tuple(dict.fromkeys(way for way in both if way))


def related(topic: str) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
    """(forms of a field's name, its near names and kinds), as stems; empty where it is no field.

    A topic stands for the field that has it for a name, never for one that has it for a kind.
    """
    places, fields = _fields()
    own = ways(topic)
    open_ = [place for way in own if (place := places.get(way)) is not None][:1]
    groups = fields[open_[0]].names if open_ else ()
    same = tuple(way for group in groups if set(own) & set(group) for way in group)
    found: dict[Way, None] = {}
    seen = set(open_)
    while open_:
        field = fields[open_.pop()]
        found |= dict.fromkeys(field.near())
        inner = {places[kind] for kind in field.kinds if kind in places} - seen
        open_ += sorted(inner)
        seen |= inner
    return (
        tuple(way for way in same if way not in own),
        tuple(way for way in found if way not in own and way not in same),
    )
