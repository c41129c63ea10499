"""Writes test/fixtures/nn/layers.json: reference values of single layers, computed by PyTorch in float64.

Run with the environment of bench/peers/install.sh:
    bench/peers/.venv/bin/python bench/peers/make-layer-fixture.py

A case is a list of layers as telltale writes them. A dense layer in front (where there is one) makes the gradient of the layer's
input visible: it is part of the gradient of the dense layer's weights.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

OUT = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "nn" / "layers.json"
FRONT = {"type": "dense", "units": 5}
ACTIVATIONS = ["relu", "leaky-relu", "elu", "gelu", "tanh", "sigmoid", "softplus"]


def conv(**options):
    return {"type": "conv1d", "filters": 6, **options}


CASES = [
    *((f"activation {name}", 2, 4, 3, [FRONT, {"type": "activation", "activation": name}]) for name in ACTIVATIONS),
    *((f"dense {name}", 2, 4, 3, [{**FRONT, "activation": name}, {"type": "dense", "units": 2}]) for name in ("gelu", "elu")),
    ("conv1d valid", 3, 7, 2, [FRONT, conv(kernelSize=3)]),
    ("conv1d valid, first layer, relu", 3, 7, 2, [conv(kernelSize=3, activation="relu")]),
    ("conv1d valid, stride 2, dilation 2, no bias", 3, 10, 2, [FRONT, conv(kernelSize=3, stride=2, dilation=2, bias=False)]),
    ("conv1d same, even kernel", 3, 7, 2, [FRONT, conv(kernelSize=4, padding="same")]),
    ("conv1d same, stride 2", 3, 8, 2, [FRONT, conv(kernelSize=5, padding="same", stride=2)]),
    ("conv1d same, dilation 2", 3, 8, 2, [FRONT, conv(kernelSize=3, padding="same", dilation=2)]),
    ("conv1d causal, dilation 3", 3, 8, 2, [FRONT, conv(kernelSize=3, padding="causal", dilation=3, activation="tanh")]),
    ("conv1d causal, stride 3", 3, 8, 2, [FRONT, conv(kernelSize=2, padding="causal", stride=3)]),
    ("conv1d valid after repeat", 3, 1, 4, [FRONT, {"type": "repeat", "times": 6}, conv(kernelSize=3)]),
    ("conv1d same after repeat", 3, 1, 4, [FRONT, {"type": "repeat", "times": 6}, conv(kernelSize=3, padding="same")]),
    ("upsample", 3, 4, 2, [FRONT, {"type": "upsample", "factor": 3}]),
    ("pool max", 3, 8, 2, [FRONT, {"type": "pool", "size": 3}]),
    ("pool average", 3, 8, 2, [FRONT, {"type": "pool", "size": 3, "method": "average"}]),
    ("flatten and reshape", 3, 6, 2, [FRONT, {"type": "flatten"}, {"type": "dense", "units": 12}, {"type": "reshape", "steps": 4, "width": 3}]),
    ("layer-norm", 3, 4, 2, [FRONT, {"type": "layer-norm"}]),
]


def activate(name, x):
    if name == "gelu":
        return F.gelu(x, approximate="tanh")
    table = {"relu": F.relu, "leaky-relu": F.leaky_relu, "elu": F.elu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "softplus": F.softplus}
    return table[name](x) if name in table else x


def conv1d(spec, x, kernel, bias):
    """`same` and `causal` as Keras pads them."""
    steps, size = x.shape[1], spec["kernelSize"]
    stride, dilation, padding = spec.get("stride", 1), spec.get("dilation", 1), spec.get("padding", "valid")
    reach = (size - 1) * dilation
    left = right = 0
    if padding == "causal":
        left = reach
    if padding == "same":
        total = max(0, (-(-steps // stride) - 1) * stride + reach + 1 - steps)
        left, right = total // 2, total - total // 2
    padded = F.pad(x.transpose(1, 2), (left, right))
    return F.conv1d(padded, kernel.permute(2, 1, 0), bias, stride=stride, dilation=dilation).transpose(1, 2)


def shapes(spec, width):
    """Parameters of a layer, by name."""
    if spec["type"] == "dense":
        return {"kernel": (width, spec["units"]), "bias": (spec["units"],)}
    if spec["type"] == "conv1d":
        bias = {"bias": (spec["filters"],)} if spec.get("bias", True) else {}
        return {"kernel": (spec["kernelSize"], width, spec["filters"]), **bias}
    if spec["type"] == "layer-norm":
        return {"scale": (width,), "offset": (width,)}
    return {}


def apply(spec, x, p):
    kind = spec["type"]
    if kind == "dense":
        return activate(spec.get("activation"), x @ p["kernel"] + p["bias"])
    if kind == "conv1d":
        return activate(spec.get("activation"), conv1d(spec, x, p["kernel"], p.get("bias")))
    if kind == "activation":
        return activate(spec["activation"], x)
    if kind == "layer-norm":
        return F.layer_norm(x, x.shape[2:], p["scale"], p["offset"], eps=1e-5)
    if kind == "repeat":
        return x.expand(-1, spec["times"], -1)
    if kind == "upsample":
        return F.interpolate(x.transpose(1, 2), scale_factor=spec["factor"], mode="nearest").transpose(1, 2)
    if kind == "pool":
        pool = F.avg_pool1d if spec.get("method") == "average" else F.max_pool1d
        return pool(x.transpose(1, 2), spec["size"]).transpose(1, 2)
    if kind == "flatten":
        return x.flatten(1).unsqueeze(1)
    if kind == "reshape":
        return x.reshape(x.shape[0], spec["steps"], spec["width"])
    raise ValueError(kind)


def stored(value):
    return [float(f"{v:.9g}") for v in value.detach().flatten().tolist()]


def draw(*shape):
    """Normal numbers, rounded as stored, so that a reader starts from exactly these."""
    return torch.tensor(stored(torch.randn(*shape))).view(*shape)


def make(name, B, T, C, layers):
    x = draw(B, T, C)
    weights = {}
    y = x
    for i, spec in enumerate(layers):
        own = {key: draw(*shape).requires_grad_() for key, shape in shapes(spec, y.shape[2]).items()}
        weights |= {f"{i}.{spec['type']}.{key}": value for key, value in own.items()}
        y = apply(spec, y, own)
    gradient = draw(*y.shape)
    y.backward(gradient)
    return {
        "name": name,
        "inputShape": [T, C],
        "layers": layers,
        "batch": B,
        "x": stored(x),
        "weights": {key: stored(value) for key, value in weights.items()},
        "y": stored(y),
        "yShape": list(y.shape),
        "yGradient": stored(gradient),
        "gradients": {key: stored(value.grad) for key, value in weights.items()},
    }


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.manual_seed(21)
    generator = f"bench/peers/make-layer-fixture.py, PyTorch {torch.__version__.split('+')[0]}, float64"
    cases = ",\n".join(json.dumps(make(*case), separators=(",", ":")) for case in CASES)
    OUT.write_text(f'{{"generator":"{generator}","cases":[\n{cases}\n]}}\n')
    print(OUT.stat().st_size, "bytes")
