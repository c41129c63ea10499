"""Layers that act otherwise in training than in scoring, for make-layer-fixture.py.

A step of training is {"seed", "windows", "share", "penalty"}; without one a layer acts as in scoring. Noise is drawn as src/nn/noise.ts
draws it: by seed, layer and window alone.
"""

import math

import torch
import torch.nn.functional as F

MASK = 0xFFFFFFFF


def mix(value):
    h = value & MASK
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & MASK
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & MASK
    return h ^ (h >> 16)


def uniform(step, stream, shape):
    """[batch, ...] uniform numbers, those of a window one after another."""
    count = math.prod(shape[1:])
    rows = []
    for window in step["windows"]:
        state = mix(mix(mix(step["seed"]) ^ stream) ^ window)
        row = []
        for _ in range(count):
            state = (state + 0x9E3779B9) & MASK
            row.append((mix(state) >> 8) / 16777216)
        rows.append(row)
    return torch.tensor(rows).view(shape)


def normal(step, stream, shape):
    pairs = uniform(step, stream, (*shape, 2))
    return torch.sqrt(-2 * torch.log(1 - pairs[..., 0])) * torch.cos(2 * math.pi * pairs[..., 1])


def drop_mask(step, stream, shape, rate):
    return (uniform(step, stream, shape) >= rate).to(torch.get_default_dtype()) / (1 - rate)


def dropout(x, rate, step, stream, per_window):
    if step is None or rate == 0:
        return x
    batch, steps, width = x.shape
    return x * drop_mask(step, stream, (batch, 1 if per_window else steps, width), rate)


def batch_norm(spec, x, p, step):
    """In training the expected "gradients" of the statistics are what the batch measured."""
    columns = x.transpose(1, 2)
    eps = spec.get("epsilon", 1e-5)
    if step is not None:
        p["mean"].grad = x.mean(dim=(0, 1)).detach()
        p["variance"].grad = x.var(dim=(0, 1), unbiased=False).detach()
        return F.batch_norm(columns, None, None, p["scale"], p["offset"], training=True, eps=eps).transpose(1, 2)
    return F.batch_norm(columns, p["mean"], p["variance"], p["scale"], p["offset"], eps=eps).transpose(1, 2)


def activity_regularization(spec, x, step):
    if step is not None:
        step["penalty"] += spec.get("l1", 0) * x.abs().sum() + spec.get("l2", 0) * (x * x).sum()
    return x


def variational(spec, x, p, step, stream):
    mean = x @ p["meanKernel"] + p["meanBias"]
    if step is None:
        return mean
    log_variance = x @ p["varianceKernel"] + p["varianceBias"]
    own = torch.distributions.Normal(mean, torch.exp(log_variance / 2))
    divergence = torch.distributions.kl_divergence(own, torch.distributions.Normal(0.0, 1.0))
    step["penalty"] += spec["klWeight"] * divergence.sum()
    return mean + torch.exp(log_variance / 2) * normal(step, stream, mean.shape)


def dropping_recurrent(spec, x, p, step, stream):
    """LSTM or GRU whose state enters the gates times a mask that is the same at every step; a GRU carries the whole state."""
    units = spec["units"]
    if "dropout" in spec:
        x = dropout(x, spec["dropout"], step, 31 * stream, per_window=True)
        stream = 31 * stream + 1
    mask = 1
    if spec.get("recurrentDropout"):
        mask = drop_mask(step, stream, (x.shape[0], units), spec["recurrentDropout"])
    states, h, c = [], torch.zeros(x.shape[0], units), torch.zeros(x.shape[0], units)
    for t in range(x.shape[1]):
        given = x[:, t] @ p["kernel"] + p["bias"]
        if spec["type"] == "lstm":
            i, f, g, o = (given + (h * mask) @ p["recurrent"]).split(units, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        else:
            (xr, xz, xn), (hr, hz, hn) = (v.split(units, dim=1) for v in (given, (h * mask) @ p["recurrent"] + p["recurrentBias"]))
            z = torch.sigmoid(xz + hz)
            h = (1 - z) * torch.tanh(xn + torch.sigmoid(xr + hr) * hn) + z * h
        states.append(h)
    every = torch.stack(states, dim=1)
    return every if spec.get("returnSequences") else every[:, -1:]
