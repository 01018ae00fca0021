"""The networks in PyTorch, as its users would build them, for the comparison of step times."""

import torch


class Network(torch.nn.Module):
    """nn.LSTM over the rows of a digit, read out at the last row."""

    def __init__(self, recipe, columns=28):
        super().__init__()
        both = recipe.model == "bi_lstm"
        self.projection = torch.nn.Identity() if both else torch.nn.Linear(columns, recipe.units)
        self.lstm = torch.nn.LSTM(
            columns if both else recipe.units,
            recipe.units,
            recipe.layers,
            batch_first=True,
            dropout=1 - recipe.keep_prob,
            bidirectional=both,
        )
        self.readout = torch.nn.Linear(recipe.units * (2 if both else 1), 10)

    def forward(self, images):
        """Return the logits, (batch, 10)."""
        outputs, _ = self.lstm(self.projection(images))
        return self.readout(outputs[:, -1])


def torch_step(recipe, columns=28):
    """Return a function of (images, labels) that takes one training step, on a GPU where there is one."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = Network(recipe, columns).to(device)
    optimizer = torch.optim.Adam(network.parameters(), recipe.learning_rate)

    def step(images, labels):
        optimizer.zero_grad()
        logits = network(torch.from_numpy(images).to(device))
        loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels).to(device, torch.float32))
        loss.backward()
        optimizer.step()
        return loss.item()

    return step
