"""PyTorch on the CPU: nn.LSTM, nn.GRU and nn.Conv1d modules, Adam, eager mode."""

import argparse

import torch
from problems import LATENT, UNITS, batches, rate_of, serve


class Recurrent(torch.nn.Module):
    def __init__(self, channels, layer):
        super().__init__()
        self.encoder1 = layer(channels, UNITS)
        self.encoder2 = layer(UNITS, LATENT)
        self.decoder = layer(LATENT, UNITS)
        self.dense = torch.nn.Linear(UNITS, channels)

    def forward(self, x):
        """[T, B, C], time-major: the faster of PyTorch's two layouts."""
        hidden, _ = self.encoder1(x)
        states, _ = self.encoder2(hidden)
        decoded, _ = self.decoder(states[-1:].expand(x.shape[0], -1, -1))
        return self.dense(decoded)


def convolutional(channels):
    """[B, C, T], the layout of nn.Conv1d."""

    def conv(inputs, filters, stride=1):
        return torch.nn.Conv1d(inputs, filters, 5, stride=stride, padding=2)

    relu = torch.nn.ReLU()
    encoder = (conv(channels, UNITS), relu, conv(UNITS, LATENT, 2), relu)
    decoder = (torch.nn.Upsample(scale_factor=2), conv(LATENT, UNITS), relu, torch.nn.Conv1d(UNITS, channels, 1))
    return torch.nn.Sequential(*encoder, *decoder)


def autoencoder(problem):
    if problem.layers == "conv1d":
        return convolutional(problem.channels)
    return Recurrent(problem.channels, {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[problem.layers])


def inputs(problem, batch):
    layout = (0, 2, 1) if problem.layers == "conv1d" else (1, 0, 2)
    return [torch.from_numpy(x).permute(layout).contiguous() for x in batches(problem, batch)]


def train(problem, batch, seconds):
    model = autoencoder(problem)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

    def step(x):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), x).backward()
        optimizer.step()

    return rate_of(step, inputs(problem, batch), batch, seconds)


@torch.inference_mode()
def score(problem, batch, seconds):
    model = autoencoder(problem).eval()
    return rate_of(lambda x: (model(x) - x).square().mean((0, 2)), inputs(problem, batch), batch, seconds)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--threads", type=int, default=1)
    threads = arguments.parse_args().threads
    torch.set_num_threads(threads)
    serve("PyTorch", torch.__version__.split("+")[0], threads, {"train": train, "layers": train, "score": score, "latency": score})
