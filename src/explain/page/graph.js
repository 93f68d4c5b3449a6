// The picture: which nodes and edges are done, which is the present one, and the numbers in them.

class Picture {
  constructor(root) {
    this.root = root;
    this.svg = root.querySelector("svg");
    this.current = [];
  }

  node(id) {
    return this.svg.querySelector(`#node-${id}`);
  }

  edge(from, operand) {
    return this.svg.querySelector(`#edge-${from}-${operand}`);
  }

  /** Shows the state after a number of steps. Costs as much as there are nodes and edges. */
  draw(program, walk, place) {
    const done = walk.steps.slice(0, place + 1);
    const computed = new Set(program.inputs.map((node) => node.id));
    const totals = new Map();
    const edges = new Map();
    for (const step of done) {
      if (step.kind === "forward") computed.add(step.node);
      if (step.kind === "seed" || step.kind === "edge") totals.set(step.to, step.total);
      if (step.kind === "edge") edges.set(`${step.from}-${step.operand}`, step);
    }
    for (const node of program.nodes) {
      const group = this.node(node.id);
      if (!group) continue;
      group.classList.toggle("computed", computed.has(node.id));
      group.classList.toggle("swept", totals.has(node.id));
      setText(group, ".value", computed.has(node.id) ? show(walk.values[node.id]) : "·");
      setText(group, ".gradient", totals.has(node.id) ? show(totals.get(node.id)) : "·");
      node.operands.forEach((_, operand) => {
        const line = this.edge(node.id, operand);
        if (!line) return;
        const step = edges.get(`${node.id}-${operand}`);
        line.classList.toggle("swept", step !== undefined);
        setText(line, ".local", step ? show(step.local) : "·");
      });
    }
    this.light(walk.steps[place]);
  }

  /** Marks what the step is about, and brings it into view within its own box. */
  light(step) {
    this.current.forEach((element) => element.classList.remove("current"));
    const elements = {
      inputs: () => [],
      forward: () => [this.node(step.node)],
      seed: () => [this.node(step.to)],
      edge: () => [this.edge(step.from, step.operand), this.node(step.to)],
      gradient: () => [],
    };
    this.current = elements[step.kind]().filter(Boolean);
    this.current.forEach((element) => element.classList.add("current"));
    if (this.current.length > 0) this.reveal(this.current[this.current.length - 1]);
  }

  /** Scrolls the box, never the page, and only as far as needed. */
  reveal(element) {
    const box = this.root.getBoundingClientRect();
    const own = element.getBoundingClientRect();
    const margin = 24;
    const shift = (low, high, from, to) => (low < from + margin ? low - from - margin : Math.max(0, high - to + margin));
    const left = shift(own.left, own.right, box.left, box.right);
    const top = shift(own.top, own.bottom, box.top, box.bottom);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (left !== 0 || top !== 0) this.root.scrollBy({ left, top, behavior: calm ? "instant" : "smooth" });
  }
}

function setText(group, selector, text) {
  const element = group.querySelector(selector);
  if (element && element.textContent !== text) element.textContent = text;
}
