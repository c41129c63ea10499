"""Writes test/fixtures/nn/: reference values of the default LSTM autoencoder and of the same with GRUs, computed by PyTorch in float64.

Run with the environment of bench/peers/install.sh:
    bench/peers/.venv/bin/python bench/peers/make-nn-fixture.py
"""

import json
import platform
from pathlib import Path

import torch

OUT = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "nn"
ADAM = {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7}
STEPS = 20
CASES = [
    ("lstm-autoencoder.json", dict(T=5, C=3, units=8, latent=4, B=6, seed=11)),
    ("lstm-autoencoder-odd.json", dict(T=4, C=2, units=5, latent=3, B=3, seed=12)),
    ("gru.json", dict(T=5, C=3, units=7, latent=4, B=6, seed=13, cell=torch.nn.GRU)),
]


class Autoencoder(torch.nn.Module):
    """cell(units, sequence) -> cell(latent, last state) -> repeat T -> cell(units, sequence) -> dense per step."""

    def __init__(self, channels, units, latent, cell):
        super().__init__()
        self.encoder1 = cell(channels, units, batch_first=True)
        self.encoder2 = cell(units, latent, batch_first=True)
        self.decoder = cell(latent, units, batch_first=True)
        self.dense = torch.nn.Linear(units, channels)
        self.two_biases = cell is torch.nn.GRU
        if not self.two_biases:
            for lstm in (self.encoder1, self.encoder2, self.decoder):
                # telltale's LSTM has one bias per gate; PyTorch adds two, so the second is a constant zero.
                torch.nn.init.zeros_(lstm.bias_hh_l0)
                lstm.bias_hh_l0.requires_grad_(False)

    def forward(self, x):
        hidden, _ = self.encoder1(x)
        latent = self.encoder2(hidden)[0][:, -1]
        repeated = latent.unsqueeze(1).expand(-1, x.shape[1], -1)
        decoded, _ = self.decoder(repeated)
        return self.dense(decoded)

    def named(self):
        """(name, tensor, transposed) of every trained parameter, in telltale's order."""
        for name in ("encoder1", "encoder2", "decoder"):
            layer = getattr(self, name)
            yield f"{name}.W", layer.weight_ih_l0, True
            yield f"{name}.U", layer.weight_hh_l0, True
            yield f"{name}.b", layer.bias_ih_l0, False
            if self.two_biases:
                yield f"{name}.c", layer.bias_hh_l0, False
        yield "dense.W", self.dense.weight, True
        yield "dense.b", self.dense.bias, False


def tensor(value):
    value = value.detach()
    return {"shape": list(value.shape), "data": [float(f"{v:.9g}") for v in value.flatten().tolist()]}


def parameters(model, pick=lambda p: p):
    return {name: tensor(pick(p).T if turned else pick(p)) for name, p, turned in model.named()}


def make(T, C, units, latent, B, seed, cell=torch.nn.LSTM):
    torch.manual_seed(seed)
    model = Autoencoder(C, units, latent, cell)
    with torch.no_grad():
        for _, p, _ in model.named():
            # Larger than usual initial values, so that gates and tanh leave their linear range.
            # Rounded as stored, so that a reader starts from exactly these numbers.
            p.copy_(torch.tensor([float(f"{v:.9g}") for v in (torch.randn(p.numel()) * 0.5).tolist()]).view(p.shape))
    x = torch.randn(B, T, C)
    x = torch.tensor([float(f"{v:.9g}") for v in x.flatten().tolist()]).view(B, T, C)

    result = {
        "generator": f"bench/peers/make-nn-fixture.py, PyTorch {torch.__version__.split('+')[0]}, float64",
        "size": {"T": T, "C": C, "units": units, "latent": latent, "B": B},
        "adam": ADAM,
        "x": tensor(x),
        "weights": parameters(model),
    }
    y = model(x)
    loss = torch.nn.functional.mse_loss(y, x)
    loss.backward()
    result["y"] = tensor(y)
    result["loss"] = float(f"{loss.item():.9g}")
    result["gradients"] = parameters(model, lambda p: p.grad)

    optimizer = torch.optim.Adam(
        [p for _, p, _ in model.named()], lr=ADAM["lr"], betas=(ADAM["beta1"], ADAM["beta2"]), eps=ADAM["epsilon"]
    )
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), x)
        loss.backward()
        optimizer.step()
        losses.append(float(f"{loss.item():.9g}"))
    result["trainingLosses"] = losses
    result["trainedWeights"] = parameters(model)
    return result


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    for file, size in CASES:
        text = json.dumps(make(**size), separators=(",", ":")) + "\n"
        (OUT / file).write_text(text)
        print(file, len(text), "bytes; Python", platform.python_version(), "PyTorch", torch.__version__)
