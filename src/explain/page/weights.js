// The parameters as heat maps, a layer each. A layer is a weight of two axes and, if it follows, a bias.

const CELL = 15;
const GAP = 5;

/** The layers of a model: weights row by row, a neuron each. */
function layersOf(entries) {
  const layers = [];
  entries.forEach((entry, k) => {
    if (entry.shape.length !== 2) return;
    const [neurons, inputs] = entry.shape;
    const bias = entries[k + 1]?.shape.length === 1 && entries[k + 1].shape[0] === neurons ? entries[k + 1] : null;
    layers.push({ name: entry.name.replace(/\.weight$/, ""), neurons, inputs, weight: entry, bias });
  });
  return layers;
}

/** Where the parameters of a neuron stand, and what they are called. */
function parametersOf(layer, neuron) {
  const { weight, bias, inputs } = layer;
  const places = Array.from({ length: inputs }, (_, k) => ({ name: `weight from ${k + 1}`, place: weight.start + neuron * inputs + k }));
  return bias ? [...places, { name: "bias", place: bias.start + neuron }] : places;
}

class Weights {
  constructor(box, layers, choose) {
    this.layers = layers;
    this.maps = layers.map((layer, l) => {
      const width = CELL * layer.inputs + (layer.bias ? GAP + CELL : 0);
      const height = CELL * layer.neurons;
      const svg = shape("svg", { viewBox: `-2 -2 ${width + 4} ${height + 4}`, width: width + 4, height: height + 4, role: "img" });
      const cells = [];
      for (let neuron = 0; neuron < layer.neurons; neuron++) {
        const row = shape("g", { class: "row" });
        parametersOf(layer, neuron).forEach(({ place }, k) => {
          const x = k * CELL + (k === layer.inputs ? GAP : 0);
          const y = neuron * CELL;
          const rect = shape("rect", { class: "cell", x, y, width: CELL, height: CELL });
          const dash = shape("path", { class: "dash", d: `M${x + 4} ${y + CELL / 2}h${CELL - 8}` });
          row.append(rect, dash);
          cells.push({ place, rect, dash });
        });
        row.addEventListener("click", () => choose(l, neuron));
        svg.append(row);
      }
      const chosen = shape("rect", { class: "chosen", width, height: CELL, x: 0 });
      svg.append(chosen);
      box.append(element("div", {}, element("h3", {}, `${layer.name}: ${layer.inputs} → ${layer.neurons}`), svg));
      return { svg, cells, chosen, name: layer.name };
    });
  }

  /** Colours all cells; the largest number of a layer over all epochs has the full colour. */
  draw(snapshot, largest) {
    this.maps.forEach(({ cells, svg, name }, l) => {
      for (const { place, rect, dash } of cells) {
        const value = snapshot.parameters[place];
        const share = Math.min(1, Math.sqrt(Math.abs(value) / (largest[l] || 1)));
        rect.style.fill = `color-mix(in srgb, var(${value < 0 ? "--orange" : "--blue"}) ${Math.round(100 * share)}%, var(--card))`;
        dash.style.visibility = value < 0 && share > 0.25 ? "visible" : "hidden";
      }
      svg.setAttribute("aria-label", `Weights of ${name} after epoch ${snapshot.epoch}; the table beside has the numbers of one neuron.`);
    });
  }

  choose(layer, neuron) {
    this.maps.forEach(({ chosen }, l) => {
      chosen.style.visibility = l === layer ? "visible" : "hidden";
      chosen.setAttribute("y", neuron * CELL);
    });
  }
}
