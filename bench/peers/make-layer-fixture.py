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
import training_layers as training

OUT = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "nn" / "layers.json"
FRONT = {"type": "dense", "units": 5}
ACTIVATIONS = ["relu", "leaky-relu", "elu", "gelu", "tanh", "sigmoid", "softplus"]


def conv(**options):
    return {"type": "conv1d", "filters": 6, **options}


def transposed(**options):
    return {"type": "conv1d-transposed", "filters": 6, **options}


def both(kind, **options):
    return {"type": "bidirectional", "layer": {"type": kind, "units": 4, **options}}


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
    *((f"bidirectional {kind}, {name}", 3, 5, 2, [FRONT, both(kind, returnSequences=every)])
      for kind in ("lstm", "gru") for name, every in (("every step", True), ("last states", False))),
    ("bidirectional lstm after repeat", 3, 1, 2, [FRONT, {"type": "repeat", "times": 4}, both("lstm", returnSequences=True)]),
    ("gru reset before the product", 3, 5, 2, [FRONT, {"type": "gru", "units": 4, "returnSequences": True, "resetAfter": False}]),
    ("gru reset before the product, last state", 3, 5, 2, [FRONT, {"type": "gru", "units": 4, "resetAfter": False}]),
    ("conv1d-transposed valid", 3, 4, 2, [FRONT, transposed(kernelSize=3)]),
    ("conv1d-transposed valid, stride 3, relu", 3, 4, 2, [FRONT, transposed(kernelSize=5, stride=3, activation="relu")]),
    ("conv1d-transposed same, stride 2", 3, 4, 2, [FRONT, transposed(kernelSize=5, stride=2, padding="same")]),
    ("conv1d-transposed same, stride more than the kernel", 3, 4, 2, [FRONT, transposed(kernelSize=2, stride=3, padding="same")]),
    ("conv1d-transposed after repeat", 3, 1, 2, [FRONT, {"type": "repeat", "times": 4}, transposed(kernelSize=4, stride=2, padding="same")]),
    ("self-attention", 3, 5, 2, [FRONT, {"type": "self-attention", "heads": 2, "keyWidth": 3}]),
    ("self-attention causal", 3, 5, 2, [FRONT, {"type": "self-attention", "heads": 2, "keyWidth": 4, "causal": True}]),
    ("position", 3, 5, 2, [FRONT, {"type": "position"}]),
    ("position after repeat", 3, 1, 2, [{**FRONT, "units": 6}, {"type": "repeat", "times": 4}, {"type": "position"}, {"type": "lstm", "units": 3}]),
    ("residual", 3, 5, 2, [FRONT, {"type": "residual", "layers": [{**FRONT, "activation": "tanh"}, FRONT]}]),
    ("residual of causal convolutions, relu", 3, 8, 2, [{"type": "residual", "activation": "relu", "layers": [
        conv(kernelSize=3, padding="causal", dilation=2, activation="relu"), conv(kernelSize=3, padding="causal", dilation=2)]}, FRONT]),
    ("residual within residual", 3, 5, 2, [FRONT, {"type": "residual", "layers": [
        {"type": "layer-norm"}, {"type": "residual", "layers": [{**FRONT, "units": 4, "activation": "gelu"}, FRONT]}]}]),
    ("batch-norm", 3, 4, 2, [FRONT, {"type": "batch-norm"}]),
    ("batch-norm in training", 3, 4, 2, [{**FRONT, "activation": "tanh"}, {"type": "batch-norm", "epsilon": 1e-3}, FRONT], True),
    ("dropout in training", 3, 4, 2, [FRONT, {"type": "dropout", "rate": 0.4}], True),
    ("dropout in training, the same at every step", 3, 4, 2, [FRONT, {"type": "dropout", "rate": 0.4, "perWindow": True}], True),
    ("activity-regularization in training", 3, 4, 2, [FRONT, {"type": "activity-regularization", "l1": 0.3, "l2": 0.2}], True),
    ("variational", 3, 4, 2, [FRONT, {"type": "variational", "units": 3}]),
    ("variational in training", 3, 4, 2, [FRONT, {"type": "variational", "units": 3, "klWeight": 0.5}], True),
    *((f"{kind} in training, {name}", 3, 5, 2, [FRONT, {"type": kind, "units": 6, **options}], True)
      for kind in ("lstm", "gru")
      for name, options in (
          ("both dropouts", {"dropout": 0.3, "recurrentDropout": 0.4, "returnSequences": True}),
          ("recurrent dropout, last state", {"recurrentDropout": 0.4}))),
    ("lstm in training, both dropouts, after repeat", 3, 1, 2, [
        FRONT, {"type": "repeat", "times": 4}, {"type": "lstm", "units": 3, "dropout": 0.3, "recurrentDropout": 0.4}], True),
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


def conv1d_transposed(spec, x, kernel, bias):
    """`same` as Keras cuts it, which for a stride above the kernel appends steps that only have the bias."""
    steps, size, stride = x.shape[1], spec["kernelSize"], spec.get("stride", 1)
    y = F.conv_transpose1d(x.transpose(1, 2), kernel.permute(1, 2, 0), stride=stride)
    if spec.get("padding") == "same":
        left = max(0, size - stride) // 2
        y = F.pad(y, (0, max(0, stride - size)))[..., left : left + steps * stride]
    return y.transpose(1, 2) + bias


def recurrent(spec, x, p):
    """PyTorch's LSTM or GRU; the GRU with the reset before the product, which PyTorch does not have, step by step."""
    units = spec["units"]
    if spec.get("resetAfter", True):
        rnn = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[spec["type"]](x.shape[2], units, batch_first=True)
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        second = p.get("recurrentBias", torch.zeros_like(p["bias"]))
        values = (p["kernel"].T, p["recurrent"].T, p["bias"], second)
        h = torch.func.functional_call(rnn, dict(zip(names, values)), (x,))[0]
    else:
        steps, state = [], torch.zeros(x.shape[0], units)
        for t in range(x.shape[1]):
            xr, xz, xn = (x[:, t] @ p["kernel"] + p["bias"]).split(units, dim=1)
            ur, uz, un = p["recurrent"].split(units, dim=1)
            r, z = torch.sigmoid(xr + state @ ur), torch.sigmoid(xz + state @ uz)
            state = (1 - z) * torch.tanh(xn + (r * state) @ un) + z * state
            steps.append(state)
        h = torch.stack(steps, dim=1)
    return h if spec.get("returnSequences") else h[:, -1:]


def self_attention(spec, x, p):
    B, T, _ = x.shape
    q, k, v = (part.reshape(B, T, spec["heads"], -1).transpose(1, 2) for part in (x @ p["kernel"] + p["bias"]).chunk(3, dim=2))
    context = F.scaled_dot_product_attention(q, k, v, is_causal=spec.get("causal", False))
    return context.transpose(1, 2).reshape(B, T, -1) @ p["outputKernel"] + p["outputBias"]


def positions(steps, width):
    columns = torch.arange(width)
    angles = torch.arange(steps).unsqueeze(1) / 10000 ** ((columns - columns % 2) / width)
    return torch.where(columns % 2 == 0, torch.sin(angles), torch.cos(angles))


def below(p, prefix):
    """The parameters whose names begin with the prefix, without it."""
    return {name.removeprefix(f"{prefix}."): value for name, value in p.items() if name.startswith(f"{prefix}.")}


def residual(spec, x, p):
    y = x
    for i, inner in enumerate(spec["layers"]):
        y = apply(inner, y, below(p, f"{i}.{inner['type']}"))
    projection = below(p, "projection")
    return y + (x @ projection["kernel"] + projection["bias"] if projection else x)


def width_of(spec, width):
    """Width that a layer within a residual one gives."""
    if spec["type"] == "residual":
        for inner in spec["layers"]:
            width = width_of(inner, width)
        return width
    return spec.get("units", spec.get("filters", width))


def shapes(spec, width):
    """Parameters of a layer, by name."""
    if spec["type"] == "dense":
        return {"kernel": (width, spec["units"]), "bias": (spec["units"],)}
    if spec["type"] == "conv1d":
        bias = {"bias": (spec["filters"],)} if spec.get("bias", True) else {}
        return {"kernel": (spec["kernelSize"], width, spec["filters"]), **bias}
    if spec["type"] == "layer-norm":
        return {"scale": (width,), "offset": (width,)}
    if spec["type"] == "batch-norm":
        return {name: (width,) for name in ("scale", "offset", "mean", "variance")}
    if spec["type"] == "variational":
        kernel, bias = (width, spec["units"]), (spec["units"],)
        return {"meanKernel": kernel, "meanBias": bias, "varianceKernel": kernel, "varianceBias": bias}
    if spec["type"] in ("lstm", "gru"):
        units, gates = spec["units"], spec["units"] * (4 if spec["type"] == "lstm" else 3)
        second = {"recurrentBias": (gates,)} if spec["type"] == "gru" and spec.get("resetAfter", True) else {}
        return {"kernel": (width, gates), "recurrent": (units, gates), "bias": (gates,), **second}
    if spec["type"] == "bidirectional":
        inner = shapes(spec["layer"], width)
        return {f"{way}.{name}": shape for way in ("forward", "backward") for name, shape in inner.items()}
    if spec["type"] == "conv1d-transposed":
        return {"kernel": (spec["kernelSize"], width, spec["filters"]), "bias": (spec["filters"],)}
    if spec["type"] == "self-attention":
        inner = spec["heads"] * spec["keyWidth"]
        return {"kernel": (width, 3 * inner), "bias": (3 * inner,), "outputKernel": (inner, width), "outputBias": (width,)}
    if spec["type"] == "residual":
        named, last = {}, width
        for i, inner in enumerate(spec["layers"]):
            named |= {f"{i}.{inner['type']}.{name}": shape for name, shape in shapes(inner, last).items()}
            last = width_of(inner, last)
        projection = {} if last == width else {"projection.kernel": (width, last), "projection.bias": (last,)}
        return {**named, **projection}
    return {}


def apply(spec, x, p, step=None, stream=0):
    kind = spec["type"]
    if kind == "batch-norm":
        return training.batch_norm(spec, x, p, step)
    if kind == "dropout":
        return training.dropout(x, spec["rate"], step, stream, spec.get("perWindow", False))
    if kind == "activity-regularization":
        return training.activity_regularization(spec, x, step)
    if kind == "variational":
        return training.variational(spec, x, p, step, stream)
    if "dropout" in spec or "recurrentDropout" in spec:
        return training.dropping_recurrent(spec, x, p, step, stream)
    if kind == "dense":
        return activate(spec.get("activation"), x @ p["kernel"] + p["bias"])
    if kind == "conv1d":
        return activate(spec.get("activation"), conv1d(spec, x, p["kernel"], p.get("bias")))
    if kind == "activation":
        return activate(spec["activation"], x)
    if kind == "layer-norm":
        return F.layer_norm(x, x.shape[2:], p["scale"], p["offset"], eps=1e-5)
    if kind in ("lstm", "gru"):
        return recurrent(spec, x, p)
    if kind == "bidirectional":
        ahead, back = recurrent(spec["layer"], x, below(p, "forward")), recurrent(spec["layer"], x.flip(1), below(p, "backward"))
        return torch.cat((ahead, back.flip(1)), dim=2)
    if kind == "conv1d-transposed":
        return activate(spec.get("activation"), conv1d_transposed(spec, x, p["kernel"], p["bias"]))
    if kind == "self-attention":
        return self_attention(spec, x, p)
    if kind == "position":
        return x + positions(x.shape[1], x.shape[2])
    if kind == "residual":
        return activate(spec.get("activation"), residual(spec, x, p))
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


def draw_param(key, shape):
    if key in ("mean", "variance"):
        value = draw(*shape)
        return torch.tensor(stored(value.abs() + 0.5)) if key == "variance" else value
    return draw(*shape).requires_grad_()


def make(name, B, T, C, layers, trains=False):
    x = draw(B, T, C)
    weights = {}
    y = x
    drawn = {"seed": 77, "windows": [100 + 10 * b for b in range(B)], "share": 1 / B}
    step = {**drawn, "penalty": 0} if trains else None
    for i, spec in enumerate(layers):
        own = {key: draw_param(key, shape) for key, shape in shapes(spec, y.shape[2]).items()}
        weights |= {f"{i}.{spec['type']}.{key}": value for key, value in own.items()}
        y = apply(spec, y, own, step, 31 + i)
    gradient = draw(*y.shape)
    penalty = step["penalty"] if trains else 0
    ((y * gradient).sum() + penalty / B).backward()
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
        "gradients": {key: stored(value.grad) for key, value in weights.items() if value.grad is not None},
        **({"step": drawn, "penalty": float(torch.as_tensor(penalty).detach())} if trains else {}),
    }


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.manual_seed(21)
    generator = f"bench/peers/make-layer-fixture.py, PyTorch {torch.__version__.split('+')[0]}, float64"
    cases = ",\n".join(json.dumps(make(*case), separators=(",", ":")) for case in CASES)
    OUT.write_text(f'{{"generator":"{generator}","cases":[\n{cases}\n]}}\n')
    print(OUT.stat().st_size, "bytes")
