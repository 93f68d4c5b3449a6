// The table of inputs: their values can be changed, their gradient grows, and can be checked against finite differences.

// As the crate's own checks have them.
const CHECK = { step: 1e-5, threshold: 1e-5, floor: 1e-8 };

class Inputs {
  constructor(program, changed) {
    this.program = program;
    this.changed = changed;
    this.values = new Map(program.recorded);
    const wrong = program.disagreement();
    if (wrong) {
      const reason = `this page's ${wrong} does not agree with the crate's`;
      program.inputs.forEach((node) => program.locks.set(node.id, reason));
    }
    this.rows = new Map(program.inputs.map((node) => [node.id, this.row(node)]));
    byId("inputs").append(...[...this.rows.values()].map((row) => row.element));
    const locked = program.inputs.filter((node) => program.locks.has(node.id));
    byId("reset").disabled = byId("check").disabled = locked.length === program.inputs.length;
    const reasons = [...new Set(locked.map((node) => program.locks.get(node.id)))].join("; ");
    this.rule =
      locked.length === 0
        ? "Change a value, and everything is computed again in this page."
        : `${locked.map((node) => node.name).join(", ")} cannot be changed here: ${reasons}. The numbers shown are the crate's.`;
    byId("inputs-note").textContent = this.rule;
    byId("check").addEventListener("click", () => this.check());
    byId("reset").addEventListener("click", () => this.reset());
  }

  row(node) {
    const locked = this.program.locks.has(node.id);
    const field = element("input", {
      type: "text",
      inputmode: "decimal",
      "aria-label": `value of ${node.name}`,
      "aria-describedby": "inputs-note",
      id: `input-${node.id}`,
      disabled: locked,
    });
    field.value = full(this.values.get(node.id));
    field.addEventListener("change", () => this.take(node, field));
    const cells = ["gradient", "check", "check", "check"].map((kind) => element("td", { class: kind }));
    const name = element("th", { scope: "row" }, element("label", { for: field.id }, node.name));
    return { field, cells, element: element("tr", {}, name, element("td", {}, field), ...cells) };
  }

  take(node, field) {
    const value = read(field.value);
    const fine = Number.isFinite(value);
    field.setAttribute("aria-invalid", String(!fine));
    byId("inputs-note").textContent = fine ? this.rule : `${node.name} stays as it was: “${field.value}” is not a number. Write one like 2, -0.5 or 1e-3.`;
    if (!fine) return;
    this.values.set(node.id, value);
    this.forgetCheck();
    this.changed();
  }

  reset() {
    this.values = new Map(this.program.recorded);
    for (const [id, { field }] of this.rows) {
      field.value = full(this.values.get(id));
      field.setAttribute("aria-invalid", "false");
    }
    byId("inputs-note").textContent = this.rule;
    this.forgetCheck();
    this.changed();
  }

  /** The gradient as far as the sweep has come. */
  showGradient(walk, place) {
    const totals = new Map();
    walk.steps.slice(0, place + 1).forEach((step) => step.total !== undefined && totals.set(step.to, step.total));
    // Beside the differences stands the whole gradient.
    const over = this.checked || place === walk.steps.length - 1;
    byId("gradient-head").textContent = over ? "gradient" : "gradient so far";
    for (const [id, { cells }] of this.rows) cells[0].textContent = show(over ? (walk.adjoints[id] ?? 0) : totals.get(id));
  }

  forgetCheck() {
    this.checked = false;
    byId("inputs").closest("table").classList.remove("checked");
    byId("check-result").textContent = "";
  }

  /** Central differences for each input that the page can move, beside the gradient. */
  check() {
    const walk = this.program.walk(this.values);
    const verdicts = [];
    for (const [id, { cells }] of this.rows) {
      if (this.program.locks.has(id)) {
        [cells[1].textContent, cells[2].textContent, cells[3].textContent] = ["·", "·", "locked"];
        continue;
      }
      const gradient = walk.adjoints[id] ?? 0;
      const { numerical, smooth } = centralDifference(this.program, this.values, id);
      const scale = Math.max(Math.abs(gradient), Math.abs(numerical), CHECK.floor);
      const error = Math.abs(gradient - numerical) / scale;
      const verdict = error < CHECK.threshold ? "PASS" : smooth ? "FAIL" : "KINK";
      cells[1].textContent = show(numerical);
      cells[2].textContent = Number.isNaN(error) ? "NaN" : error.toExponential(1);
      cells[3].textContent = `${verdict === "PASS" ? "✓" : "✗"} ${verdict}`;
      cells[3].dataset.verdict = verdict;
      verdicts.push(verdict);
    }
    this.checked = true;
    this.showGradient(walk, 0);
    byId("inputs").closest("table").classList.add("checked");
    const passed = verdicts.filter((verdict) => verdict === "PASS").length;
    const kinks = verdicts.includes("KINK") ? " At a kink the slopes of both sides differ, and a difference across it is neither." : "";
    byId("check-result").textContent = `${passed} of ${verdicts.length} derivatives agree with central differences.${kinks}`;
  }
}

/** The slope across a step of both sides, and whether the slopes of each side agree, however near one looks. */
function centralDifference(program, inputs, id) {
  const x = inputs.get(id);
  const at = (moved) => program.evaluate(new Map(inputs).set(id, moved));
  const here = at(x);
  const sides = (step) => [(at(x + step) - here) / step, (here - at(x - step)) / step];
  const gap = ([right, left]) => Math.abs(right - left);
  const numerical = (at(x + CHECK.step) - at(x - CHECK.step)) / (2 * CHECK.step);
  // Where the function is smooth, the gap shrinks with the step.
  const smooth = !(gap(sides(CHECK.step / 8)) > 0.5 * gap(sides(CHECK.step)));
  return { numerical, smooth };
}
