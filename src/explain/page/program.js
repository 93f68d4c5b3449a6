// The program that the page carries, evaluated here: forward, and in reverse with the crate's own rules.
//
// A rule is what the crate exported of a row of its table: how it is written, its partial derivatives as a small recorded graph of
// other ops, and, as text, which operands it depends on at all.

/** Numbers that JSON has no way to write come as text. */
const fromJson = (x) => (typeof x === "string" ? { nan: NaN, inf: Infinity, "-inf": -Infinity }[x] : x);

/** An operand is the place of a value, or a constant. */
const valueOf = (operand, values) => (typeof operand === "object" ? fromJson(operand.c) : values[operand]);

const isNode = (operand) => typeof operand === "number";

class Program {
  constructor(data) {
    this.data = data;
    this.nodes = data.nodes;
    this.output = data.output;
    this.byId = new Map(this.nodes.map((node) => [node.id, node]));
    this.inputs = this.nodes.filter((node) => node.op === "input");
    this.operations = this.nodes.filter((node) => node.op !== "input");
    this.conditions = new Map();
    for (const [key, rule] of Object.entries(data.rules)) {
      if (rule.depends) this.conditions.set(key, parseDepends(rule.depends, rule.operands));
    }
    this.recorded = new Map(this.inputs.map((node) => [node.id, fromJson(node.value)]));
    this.obstacles = new Map(this.nodes.map((node) => [node, this.obstacle(node)]));
    this.locks = this.findLocks();
  }

  /** Why a node's value cannot be computed here, or null. */
  obstacle(node) {
    if (node.op === "input") return null;
    const rule = this.data.rules[node.rule];
    if (!rule) return `${node.op} is an op of one's own, whose code is in Rust and not in this page`;
    const unknown = [node.op, ...rule.nodes.map((each) => each.op)].find((op) => op !== "literal" && !(op in OPS));
    if (unknown) return `this page does not know how to compute ${unknown}`;
    if (rule.depends && !this.conditions.get(node.rule)) return `this page cannot tell what ${node.op} depends on`;
    return null;
  }

  /** The inputs that flow into something that only the crate can compute, each with the reason. */
  findLocks() {
    const locks = new Map();
    const lock = (id, reason) => {
      const node = this.byId.get(id);
      if (node.op === "input") locks.set(id, locks.get(id) ?? reason);
    };
    const above = new Map();
    for (const node of this.nodes) {
      const ids = new Set([node.id]);
      node.operands.filter(isNode).forEach((operand) => above.get(operand).forEach((id) => ids.add(id)));
      above.set(node.id, ids);
      const reason = this.obstacles.get(node);
      if (reason) ids.forEach((id) => lock(id, reason));
    }
    return locks;
  }

  /** Whether these are the inputs that the crate recorded. There its own numbers are used, to the bit. */
  isRecorded(inputs) {
    return this.inputs.every((node) => Object.is(inputs.get(node.id), this.recorded.get(node.id)));
  }

  /** All values, from those of the inputs. */
  forward(inputs) {
    const values = {};
    for (const node of this.nodes) {
      const operands = node.operands.map((operand) => valueOf(operand, values));
      if (node.op === "input") values[node.id] = inputs.get(node.id);
      else values[node.id] = this.obstacles.get(node) ? fromJson(node.value) : OPS[node.op](...operands);
    }
    return values;
  }

  /** The partial derivatives of a node; null where it does not depend on the operand. */
  locals(node, values) {
    if (this.obstacles.get(node)) return this.recordedLocals(node);
    const rule = this.data.rules[node.rule];
    const operands = node.operands.map((operand) => valueOf(operand, values));
    const places = [...operands, values[node.id]];
    for (const each of rule.nodes) {
      const operandsOfEach = each.operands.map((operand) => valueOf(operand, places));
      places.push(each.op === "literal" ? fromJson(each.value) : OPS[each.op](...operandsOfEach));
    }
    const depends = this.conditions.get(node.rule)?.(operands);
    return rule.partials.map((partial, k) => (depends && !depends[k] ? null : valueOf(partial, places)));
  }

  recordedLocals(node) {
    return node.locals.map((local) => (local === null ? null : fromJson(local)));
  }

  /** The steps of the reverse sweep, one per edge, in the crate's order: from the last node to the first. */
  reverse(localsOf) {
    const adjoints = { [this.output]: 1 };
    const steps = [];
    for (const node of [...this.operations].reverse()) {
      const adjoint = adjoints[node.id];
      // A node that nothing reached hands on nothing. One whose adjoint is 0 does.
      if (adjoint === undefined) continue;
      localsOf(node).forEach((local, operand) => {
        const to = node.operands[operand];
        if (local === null || !isNode(to)) return;
        const before = adjoints[to];
        const product = local * adjoint;
        adjoints[to] = before === undefined ? product : before + product;
        steps.push({ kind: "edge", from: node.id, operand, to, local, adjoint, product, before, total: adjoints[to] });
      });
    }
    return { steps, adjoints };
  }

  recordedValues() {
    return Object.fromEntries(this.nodes.map((node) => [node.id, fromJson(node.value)]));
  }

  /** The whole walk: the inputs, each op, the seed, each edge, the gradient. */
  walk(inputs) {
    const recorded = this.isRecorded(inputs);
    const values = recorded ? this.recordedValues() : this.forward(inputs);
    const { steps, adjoints } = this.reverse((node) => (recorded ? this.recordedLocals(node) : this.locals(node, values)));
    const arriving = new Map();
    for (const step of steps) {
      step.contributions = [...(arriving.get(step.to) ?? []), step];
      arriving.set(step.to, step.contributions);
    }
    steps.forEach((step) => (step.expected = arriving.get(step.to).length));
    return {
      values,
      adjoints,
      steps: [
        { kind: "inputs" },
        ...this.operations.map((node) => ({ kind: "forward", node: node.id, value: values[node.id] })),
        { kind: "seed", to: this.output, total: 1 },
        ...steps,
        { kind: "gradient" },
      ],
    };
  }

  /** The output alone. */
  evaluate(inputs) {
    return this.forward(inputs)[this.output];
  }

  /** Where this page's arithmetic and the crate's differ at the recorded point by more than rounding, or null. */
  disagreement() {
    const values = this.forward(this.recorded);
    const differs = (a, b) => !(Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(1e-3, Math.abs(a), Math.abs(b)));
    for (const node of this.operations) {
      if (differs(values[node.id], fromJson(node.value))) return node.op;
      const locals = this.locals(node, values);
      if (locals.some((local, k) => (local === null) !== (node.locals[k] === null))) return node.op;
      if (locals.some((local, k) => local !== null && differs(local, fromJson(node.locals[k])))) return node.op;
    }
    return null;
  }
}

// ---- what an op depends on ------------------------------------------------------------------

/**
 * Reads a row's `depends`, such as `[!(a > b), !(b > a)]`, into a function of the operands. It is an expression of Rust with
 * comparisons, `!`, `&&`, `||`, and the functions of CONDITIONS. Returns null for anything else.
 */
function parseDepends(text, names) {
  const tokens = text.match(/&&|\|\||[<>=!]=|[A-Za-z_][A-Za-z_0-9]*|\d+(?:\.\d+)?|::|\S/g);
  let next = 0;
  const peek = () => tokens[next];
  const take = (token) => {
    if (tokens[next] !== token) throw new SyntaxError(`expected ${token}, found ${tokens[next]}`);
    next++;
  };
  const binary = (operators, operand) => () => {
    let left = operand();
    while (peek() in operators) {
      const [operator, first, second] = [operators[tokens[next++]], left, operand()];
      left = (x) => operator(first(x), second(x));
    }
    return left;
  };
  const atom = () => {
    const token = tokens[next++];
    if (token === "!") {
      const operand = atom();
      return (x) => !operand(x);
    }
    if (token === "(") {
      const inside = either();
      take(")");
      return inside;
    }
    if (token === "-") {
      const operand = atom();
      return (x) => -operand(x);
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (token === "true" || token === "false") return () => token === "true";
    if (names.includes(token)) return (x) => x[names.indexOf(token)];
    if (peek() === "::") {
      next++;
      return atom();
    }
    if (!(token in CONDITIONS)) throw new SyntaxError(`unknown ${token}`);
    take("(");
    const argument = either();
    take(")");
    return (x) => CONDITIONS[token](argument(x));
  };
  const compare = binary(
    {
      "<": (a, b) => a < b,
      ">": (a, b) => a > b,
      "<=": (a, b) => a <= b,
      ">=": (a, b) => a >= b,
      "==": (a, b) => a === b,
      "!=": (a, b) => a !== b,
    },
    atom,
  );
  const both = binary({ "&&": (a, b) => a && b }, compare);
  const either = binary({ "||": (a, b) => a || b }, both);
  try {
    const parts = [];
    take("[");
    while (peek() !== "]") {
      parts.push(either());
      if (peek() !== "]") take(",");
    }
    return parts.length === names.length ? (x) => parts.map((part) => part(x)) : null;
  } catch {
    return null;
  }
}
