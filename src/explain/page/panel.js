// What is said of a step: the chain rule in symbols and in numbers, a sentence to be read aloud, a line for the record.

class Panel {
  constructor(program) {
    this.program = program;
    this.output = this.name(program.output);
  }

  name(id) {
    return this.program.byId.get(id).name;
  }

  /** Where the step stands in its phase. */
  phase(walk, place) {
    const kind = walk.steps[place].kind;
    const same = walk.steps.filter((step) => step.kind === kind);
    const count = `${same.indexOf(walk.steps[place]) + 1} of ${same.length}`;
    return { inputs: "Start", forward: `Forward, ${count}`, seed: "Seed", edge: `Reverse, edge ${count}`, gradient: "End" }[kind];
  }

  title(step) {
    const { program } = this;
    switch (step.kind) {
      case "inputs":
        return "The inputs are given";
      case "forward":
        return `${this.name(step.node)} = ${pretty(program.byId.get(step.node).formula)}`;
      case "seed":
        return "The sweep back begins";
      case "edge":
        return `From ${this.name(step.from)} to ${this.name(step.to)}`;
      case "gradient":
        return `The gradient of ${this.output}`;
    }
  }

  /** The calculation, as elements. */
  work(step, walk) {
    switch (step.kind) {
      case "inputs":
        return [this.list(this.program.inputs.map((node) => [node.name, show(walk.values[node.id])]))];
      case "forward":
        return this.forwardWork(step, walk);
      case "seed":
        return [
          formula(derivative(this.output, this.output), " = ", number("1.0000", "swept")),
          element("p", {}, "Every edge now hands on: what arrived at a node, times the local derivative, is added to its operand."),
        ];
      case "edge":
        return this.edgeWork(step);
      case "gradient":
        return [this.list(this.program.inputs.map((node) => [`∂${this.output}/∂${node.name}`, show(walk.adjoints[node.id] ?? 0)]))];
    }
  }

  list(pairs) {
    const rows = pairs.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
    const list = element("dl", { class: "pairs" }, ...rows);
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Inputs, to be scrolled" }, list);
  }

  forwardWork(step, walk) {
    const node = this.program.byId.get(step.node);
    const lines = [formula(`${node.name} = `, pretty(node.formula))];
    const written = this.program.data.rules[node.rule]?.written;
    if (written) {
      const numbers = node.operands.map((operand) => valueOf(operand, walk.values));
      lines.push(formula("= ", fillWithNumbers(written, numbers)));
    }
    lines.push(formula("= ", number(show(step.value), "computed")));
    return lines;
  }

  edgeWork(step) {
    const [from, to] = [this.name(step.from), this.name(step.to)];
    const local = this.program.byId.get(step.from).formulas[step.operand];
    const named = pretty(local);
    const isNumber = !Number.isNaN(Number(local));
    const arrival = step.before === undefined ? "the first to arrive" : "accumulates";
    return [
      formula(derivative(this.output, to), " += ", derivative(this.output, from), " · ", derivative(from, to)),
      formula(derivative(from, to), " = ", ...(isNumber ? [] : [`${named} = `]), number(show(step.local))),
      formula(
        `grad(${to}) += ${show(step.adjoint)} × ${show(step.local)} = `,
        number(showSigned(step.product), "swept"),
        ` ⇒ `,
        number(show(step.total), "swept"),
        `, ${arrival}`,
      ),
      ...(step.expected > 1 ? [this.sum(step)] : []),
    ];
  }

  /** The sum where paths meet, as far as it has grown. */
  sum(step) {
    const so_far = step.contributions.length;
    const rows = step.contributions.map((each, k) =>
      element(
        "tr",
        k === so_far - 1 ? { class: "current" } : {},
        element("th", { scope: "row" }, `from ${this.path(each)}`),
        element("td", {}, showSigned(each.product)),
        element("td", {}, show(each.total)),
      ),
    );
    const open = step.expected - so_far;
    const still = open === 0 ? "All have arrived: the sum is complete." : `${open} more to come.`;
    const head = ["path", "adds", "sum"].map((text) => element("th", { scope: "col" }, text));
    return element(
      "div",
      { class: "sum" },
      element("p", {}, `${step.expected} paths meet at ${this.name(step.to)}, and what they bring is added. ${still}`),
      element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows)),
    );
  }

  /** The node that a contribution comes from; which of its operands, if both are the same node. */
  path({ from, to, operand }) {
    const { operands } = this.program.byId.get(from);
    const isTwice = operands.filter((each) => each === to).length > 1;
    return this.name(from) + (isTwice ? `, operand ${operand + 1}` : "");
  }

  /** The step as a sentence, to be read aloud. */
  sentence(step, walk) {
    const node = step.kind === "forward" ? this.program.byId.get(step.node) : null;
    switch (step.kind) {
      case "inputs":
        return `There are ${count(this.program.inputs.length, "input")}; ${count(this.program.operations.length, "operation")} will be computed from them.`;
      case "forward": {
        const known = [...new Set(node.operands.filter(isNode))].map((id) => `${this.name(id)} is ${spoken(walk.values[id])}`);
        return `${known.length > 0 && known.length < 7 ? `${known.join(", ")}. So ` : ""}${node.name} is ${spoken(step.value)}.`;
      }
      case "seed":
        return `The derivative of ${this.output} with respect to itself is 1. From here the chain rule goes back, edge by edge.`;
      case "edge": {
        const [from, to] = [this.name(step.from), this.name(step.to)];
        const then =
          step.before === undefined
            ? `It is the first to arrive at ${to}.`
            : `${to} had ${spoken(step.before)} from before, and now has ${spoken(step.total)}.`;
        return `${from} has gradient ${spoken(step.adjoint)}; its local derivative with respect to ${to} is ${spoken(step.local)}. The product ${spoken(step.product)} goes to ${to}. ${then}`;
      }
      case "gradient": {
        const all = this.program.inputs.map((each) => `${spoken(walk.adjoints[each.id] ?? 0)} for ${each.name}`);
        return all.length < 9 ? `The sweep is over. The gradient is ${all.join(", ")}.` : `The sweep is over: there is a derivative for each of ${all.length} inputs.`;
      }
    }
  }

  /** A line for the record. */
  record(step) {
    const node = step.kind === "forward" ? this.program.byId.get(step.node) : null;
    switch (step.kind) {
      case "inputs":
        return "inputs";
      case "forward":
        return `${node.name} = ${pretty(node.formula)} = ${show(step.value)}`;
      case "seed":
        return `grad(${this.output}) = 1.0000`;
      case "edge": {
        const end = step.before === undefined ? "" : ` ⇒ ${show(step.total)}, accumulates`;
        return `grad(${this.name(step.to)}) += ${show(step.adjoint)} × ${show(step.local)} = ${showSigned(step.product)}${end}`;
      }
      case "gradient":
        return "the gradient is complete";
    }
  }

  /** Where in the source the step was written, on a traced tape. */
  line(step) {
    const id = { forward: step.node, edge: step.from, seed: step.to }[step.kind];
    return id === undefined ? undefined : this.program.byId.get(id).line;
  }
}

const count = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
