// *Predict first*: the next number is asked for before it is shown.

class Quiz {
  constructor(program, panel) {
    this.program = program;
    this.panel = panel;
    this.right = 0;
    this.asked = 0;
    this.tries = 0;
    this.hints = 0;
    this.step = null;
  }

  /** Whether there is anything to be guessed in a step. */
  static isQuestion(step) {
    return step.kind === "forward" || step.kind === "edge";
  }

  ask(step, walk) {
    Object.assign(this, { step, walk, tries: 0, hints: 0 });
    this.asked++;
  }

  get answer() {
    return this.step.kind === "forward" ? this.step.value : this.step.product;
  }

  /** The question, in words. */
  text() {
    const { panel, program, step } = this;
    if (step.kind === "forward") {
      const node = program.byId.get(step.node);
      return `What is ${node.name} = ${pretty(node.formula)}?`;
    }
    const [from, to] = [panel.name(step.from), panel.name(step.to)];
    return `What does ${from} add to the gradient of ${to}?`;
  }

  /** A hint: first the rule, then the numbers that go into it. */
  hint() {
    const { panel, program, step, walk } = this;
    this.hints++;
    const node = program.byId.get(step.kind === "forward" ? step.node : step.from);
    if (step.kind === "forward") {
      const known = [...new Set(node.operands.filter(isNode))].map((id) => `${panel.name(id)} = ${show(walk.values[id])}`);
      return `${node.name} = ${pretty(node.formula)}${known.length > 0 ? `, with ${known.join(", ")}` : ""}.`;
    }
    const [from, to] = [node.name, panel.name(step.to)];
    const rule = `grad(${from}) times the local derivative ∂${from}/∂${to}, which is ${pretty(node.formulas[step.operand])}.`;
    return this.hints === 1 ? rule : `${rule} In numbers: ${show(step.adjoint)} × ${show(step.local)}.`;
  }

  /** Judges a guess: `right`, `wrong`, or `unreadable`. Only the first try counts. */
  judge(text) {
    const guess = read(text);
    if (Number.isNaN(guess) && !Number.isNaN(this.answer)) return "unreadable";
    this.tries++;
    const right = isClose(guess, this.answer, decimals(text));
    if (right && this.tries === 1) this.right++;
    return right ? "right" : "wrong";
  }

  score() {
    return `${this.right} of ${this.asked} right at the first try`;
  }
}

/** How many decimals were typed. */
const decimals = (text) => (text.trim().replace(",", ".").match(/\.(\d+)$/)?.[1] ?? "").length;

/** Whether a guess is the number: to one percent, or rounded to two decimals or more. */
function isClose(guess, truth, places) {
  if (Object.is(guess, truth)) return true;
  const rounding = places >= 2 ? 0.5 * 10 ** -places * 1.000001 : 0;
  return Math.abs(guess - truth) <= Math.max(rounding, 0.01 * Math.abs(truth), 1e-9);
}
