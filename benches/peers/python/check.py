"""Checks that all peers and a finite difference agree, and that they find what `expected.json` says.

`check.py --write` writes `expected.json` instead of comparing with it: per net and batch the loss in
float64 at the starting parameters, and after ten steps.
"""

import json
import sys
from pathlib import Path

import numpy as np

import problem
from peers import PEERS, Numpy, missing

EXPECTED = Path(__file__).resolve().parents[2] / "workloads" / "expected.json"
STEPS = 10
# Of the difference between two peers, beside the largest partial. Sums are taken in different orders.
TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
# Of a central difference, which may step over the kink of some relu.
STEP, DIFFERENCE_TOLERANCE = 1e-7, 1e-6


def make(peer, net, batch, dtype):
    return peer(net, problem.parameters(net, dtype), *problem.data(net, batch, dtype))


def measure(peer):
    """The loss at the start, its gradient as one array, and the loss after ten steps."""
    loss, gradient = peer.gradient(peer.start())
    after, _ = peer.gradient(peer.train(peer.start(), STEPS))
    gradient = np.concatenate([np.asarray(g) for g in map(np.ravel, gradient)])
    return float(loss), gradient.astype(np.float64), float(after)


def central_difference(peer):
    """The gradient of the loss by two evaluations for each parameter."""
    state = peer.start()
    partials = []
    for values in (p.reshape(-1) for p in state):
        for i, value in enumerate(values):
            values[i] = value + STEP
            above, _ = peer.gradient(state)
            values[i] = value - STEP
            below, _ = peer.gradient(state)
            values[i] = value
            partials.append((above - below) / (2 * STEP))
    return np.array(partials)


def compare(what, found, expected, tolerance):
    error = np.max(np.abs(np.subtract(found, expected))) / np.max(np.abs(expected))
    # Written so that a NaN fails.
    if not error <= tolerance:
        sys.exit(f"{what}: off by {error:.1e} of the largest value, at most {tolerance:.0e} is allowed")
    return error


def main():
    absent = missing()
    cases = []
    for net in problem.NETS:
        for batch in net.batches:
            case = f"{net.name} {net.activation}, batch {batch}"
            reference = make(Numpy, net, batch, "float64")
            loss, gradient, after = measure(reference)
            cases.append(
                {"net": net.name, "activation": net.activation, "batch": batch}
                | {"loss_at_start": float(loss), f"loss_after_{STEPS}_steps": after}
            )
            difference = central_difference(reference)
            worst = {"difference": compare(f"{case}, central difference", difference, gradient, DIFFERENCE_TOLERANCE)}
            for dtype, tolerance in TOLERANCE.items():
                for framework, variants in PEERS.items():
                    for variant, peer in variants.items() if framework not in absent else ():
                        found = measure(make(peer, net, batch, dtype))
                        for what, f, e in zip(["loss", "gradient", "loss later"], found, (loss, gradient, after)):
                            error = compare(f"{case}, {framework} {variant} {dtype}: {what}", f, e, tolerance)
                            worst[dtype] = max(worst.get(dtype, 0), error)
            print(f"{case}: agree;", ", ".join(f"{name} {error:.0e}" for name, error in worst.items()))

    if sys.argv[1:] == ["--write"]:
        text = json.dumps({"learning_rate": problem.LEARNING_RATE, "cases": cases}, indent=2)
        EXPECTED.write_text(text + "\n")
    else:
        expected = json.loads(EXPECTED.read_text())
        assert expected["learning_rate"] == problem.LEARNING_RATE, "run check.py --write"
        assert len(expected["cases"]) == len(cases), "run check.py --write"
        for e, f in zip(expected["cases"], cases):
            for key in e:
                if key.startswith("loss"):
                    compare(f"{f}, {key} in expected.json", f[key], e[key], TOLERANCE["float64"])
                else:
                    assert e[key] == f[key], "run check.py --write"
    print("checked:", ", ".join(name for name in PEERS if name not in absent))
    if absent:
        print("not installed:", ", ".join(absent))


main()
