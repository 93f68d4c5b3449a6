// The picture: which nodes and edges are done, which is the present one, and the numbers in them.

class Picture {
  constructor(root, program) {
    this.root = root;
    this.program = program;
    this.current = [];
    // Looked up once: a step then costs as much as it changes.
    const part = (group, name) => group && group.querySelector(name) && new Text(group.querySelector(name));
    this.nodes = new Map(
      program.nodes.map((node) => {
        const group = root.querySelector(`#node-${node.id}`);
        return [node.id, { group, value: part(group, ".value"), gradient: part(group, ".gradient") }];
      }),
    );
    this.edges = new Map();
    for (const node of program.nodes) {
      node.operands.forEach((_, operand) => {
        const group = root.querySelector(`#edge-${node.id}-${operand}`);
        if (!group) return;
        if (!group.querySelector(".local")) labelEdge(group);
        const local = part(group, ".local");
        // What the crate wrote there ends with the number: `∂ = cos(x) = 0.6`.
        const rule = local.element.textContent.split(" = ").slice(0, -1).join(" = ") || "∂";
        this.edges.set(`${node.id}-${operand}`, { group, head: node.id, local, rule, addend: part(group, ".addend") });
      });
    }
  }

  /** Shows the state after a number of steps. */
  draw(walk, place) {
    const computed = new Set(this.program.inputs.map((node) => node.id));
    const totals = new Map();
    const swept = new Map();
    for (const step of walk.steps.slice(0, place + 1)) {
      if (step.kind === "forward") computed.add(step.node);
      if (step.kind === "seed" || step.kind === "edge") totals.set(step.to, step.total);
      if (step.kind === "edge") swept.set(`${step.from}-${step.operand}`, step);
    }
    for (const [id, { group, value, gradient }] of this.nodes) {
      group?.classList.toggle("computed", computed.has(id));
      group?.classList.toggle("swept", totals.has(id));
      value?.set(computed.has(id) ? show(walk.values[id]) : "·");
      gradient?.set(show(totals.get(id)));
    }
    for (const [key, { group, head, local, rule, addend }] of this.edges) {
      const step = swept.get(key);
      group.classList.toggle("computed", computed.has(head));
      group.classList.toggle("swept", step !== undefined);
      local.set(step ? `${rule} = ${brief(step.local)}` : "");
      addend?.set(step ? `+= ${brief(step.product)}` : "");
    }
    this.light(walk.steps[place]);
  }

  /** Marks what the step is about, and brings it into view within its own box. */
  light(step) {
    this.current.forEach((group) => group.classList.remove("current", "feeding"));
    const node = (id) => this.nodes.get(id)?.group;
    const edge = (from, operand) => this.edges.get(`${from}-${operand}`)?.group;
    const lit = {
      inputs: () => [],
      forward: () => [node(step.node)],
      seed: () => [node(step.to)],
      edge: () => [edge(step.from, step.operand), node(step.to)],
      gradient: () => [],
    }[step.kind]().filter(Boolean);
    lit.forEach((group) => group.classList.add("current"));
    const feeding = step.kind === "forward" ? this.program.byId.get(step.node).operands.map((_, k) => edge(step.node, k)).filter(Boolean) : [];
    feeding.forEach((group) => group.classList.add("feeding"));
    this.current = [...lit, ...feeding];
    const seen = step.kind === "edge" ? [...lit, node(step.from)].filter(Boolean) : lit;
    if (seen.length > 0) this.reveal(seen);
  }

  /** Scrolls the box, never the page, and only as far as needed. */
  reveal(groups) {
    const box = this.root.getBoundingClientRect();
    const boxes = groups.map((group) => group.getBoundingClientRect());
    const margin = 24;
    // What does not fit as a whole is shown from its beginning.
    const shift = (low, high, from, to) => (low < from + margin || high - low > to - from ? low - from - margin : Math.max(0, high - to + margin));
    const least = (side) => Math.min(...boxes.map((each) => each[side]));
    const most = (side) => Math.max(...boxes.map((each) => each[side]));
    const left = shift(least("left"), most("right"), box.left, box.right);
    const top = shift(least("top"), most("bottom"), box.top, box.bottom);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (left !== 0 || top !== 0) this.root.scrollBy({ left, top, behavior: calm ? "instant" : "smooth" });
  }
}

/** A place for the local derivative on an edge that had none where the crate drew it, because the sweep did not come there. */
function labelEdge(group) {
  const path = group.querySelector(".path");
  const middle = path.getPointAtLength(path.getTotalLength() / 2);
  const make = (tag, attributes) => {
    const made = document.createElementNS(path.namespaceURI, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    group.append(made);
  };
  make("rect", { class: "back", x: middle.x - 36, y: middle.y - 9, width: 72, height: 18, rx: 3 });
  make("text", { class: "local", x: middle.x, y: middle.y + 4 });
}

/** A text that is only touched when it changes. */
class Text {
  constructor(element) {
    this.element = element;
    this.shown = null;
  }

  set(text) {
    if (text === this.shown) return;
    this.element.textContent = text;
    this.shown = text;
  }
}
