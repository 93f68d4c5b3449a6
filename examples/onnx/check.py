"""Whether ONNX Runtime and numpy come to the outputs that gradus has: `python check.py FOLDER`, with what `examples/onnx.rs` wrote."""

import json
import math
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from safetensors import safe_open

# Outputs have to agree to this, relative to the largest of a file (or to 1, if that is larger).
TOLERANCE = {"f64": 1e-13, "f32": 1e-6}

erf = np.vectorize(math.erf)
softplus = lambda x: np.logaddexp(x, 0)

ACTIVATIONS = {
    "identity": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x, slope: np.where(x > 0, x, slope * x),
    "elu": lambda x, factor: np.where(x > 0, x, factor * np.expm1(np.minimum(x, 0))),
    "tanh": np.tanh,
    "sigmoid": lambda x: 0.5 * (1 + np.tanh(0.5 * x)),
    "softplus": softplus,
    "softsign": lambda x: x / (1 + abs(x)),
    "silu": lambda x: x * 0.5 * (1 + np.tanh(0.5 * x)),
    "gelu": lambda x: x * 0.5 * (1 + erf(x / math.sqrt(2))),
    "mish": lambda x: x * np.tanh(softplus(x)),
}


def read(csv: Path) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and outputs: the columns x1, x2, … and y1, y2, …"""
    names = csv.read_text().splitlines()[0].split(",")
    numbers = np.loadtxt(csv, delimiter=",", skiprows=1)
    return tuple(numbers[:, [name.startswith(letter) for name in names]] for letter in "xy")


def by_onnx_runtime(path: Path, inputs: np.ndarray) -> np.ndarray:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    description = json.loads({prop.key: prop.value for prop in model.metadata_props}["gradus"])
    assert description["sizes"][0] == inputs.shape[1], description
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    element = {"tensor(double)": np.float64, "tensor(float)": np.float32}[session.get_inputs()[0].type]
    outputs = session.run(["output"], {"input": inputs.astype(element)})[0]
    # Any number of samples will do.
    one = session.run(["output"], {"input": inputs[:1].astype(element)})[0]
    assert outputs.dtype == element and one.shape == (1, outputs.shape[1])
    return outputs


def by_numpy(path: Path, inputs: np.ndarray) -> np.ndarray:
    with safe_open(path, "numpy") as file:
        net = json.loads(file.metadata()["gradus"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    values = inputs
    if "standardizer" in net:
        values = (values - net["standardizer"]["means"]) / net["standardizer"]["deviations"]
    constant = [net["constant"]] if "constant" in net else []
    layers = len(net["sizes"]) - 1
    for layer in range(1, layers + 1):
        values = values @ tensors[f"fc{layer}.weight"].T + tensors[f"fc{layer}.bias"]
        if layer < layers:
            values = ACTIVATIONS[net["activation"]](values, *constant)
    return values


def main() -> None:
    folder = Path(sys.argv[1])
    worst, count = 0.0, 0
    for csv in sorted(folder.glob("*.csv")):
        inputs, expected = read(csv)
        found = {kind: by_onnx_runtime(csv.with_suffix(f".{kind}.onnx"), inputs) for kind in TOLERANCE}
        weights = csv.with_suffix(".safetensors")
        if weights.exists():
            found["numpy"] = by_numpy(weights, inputs)
            if csv.stem == "flowers":
                found["numpy"] = np.exp(found["numpy"])
                found["numpy"] /= found["numpy"].sum(axis=1, keepdims=True)
        line = f"{csv.stem:16}"
        for kind, outputs in found.items():
            error = abs(outputs - expected).max() / max(abs(expected).max(), 1)
            share = error / TOLERANCE.get(kind, TOLERANCE["f64"])
            worst, count = max(worst, share if share == share else math.inf), count + 1
            line += f"  {kind} {error:.1e}"
        print(line)
    if not count:
        sys.exit(f"nothing to check in {folder}: run the example first")
    if worst > 1:
        sys.exit("the outputs differ")
    print(f"{count} nets agree")


if __name__ == "__main__":
    main()
