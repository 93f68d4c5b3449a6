// The page to step through: the buttons, the keys, and what they show.

class Player {
  constructor(program) {
    this.program = program;
    this.panel = new Panel(program);
    this.picture = new Picture(byId("graph"), program);
    this.quiz = new Quiz(program, this.panel);
    this.inputs = new Inputs(program, () => this.recompute());
    this.place = 0;
    this.asking = false;
    this.timer = null;
    this.listen();
    this.recompute();
  }

  get last() {
    return this.walk.steps.length - 1;
  }

  /** Everything anew, at the same place as far as there is one. */
  recompute() {
    this.walk = this.program.walk(this.inputs.values);
    byId("transcript").replaceChildren();
    this.go(Math.min(this.place, this.last));
  }

  /** To a step, without asking. */
  go(place) {
    this.asking = false;
    this.place = Math.max(0, Math.min(place, this.last));
    byId("verdict").textContent = "";
    this.show();
  }

  /** One step on; in the quiz, a question first. */
  next() {
    if (this.asking) return this.remind();
    const step = this.walk.steps[this.place + 1];
    if (!step) return this.pause();
    if (byId("predict").checked && Quiz.isQuestion(step)) this.ask(step);
    else this.go(this.place + 1);
  }

  previous() {
    if (this.asking) this.go(this.place);
    else this.go(this.place - 1);
  }

  // ---- showing ------------------------------------------------------------------------------

  show() {
    const { panel, walk, place } = this;
    const step = walk.steps[place];
    byId("phase").textContent = panel.phase(walk, place);
    byId("phase").dataset.kind = step.kind;
    byId("step-title").textContent = panel.title(step);
    byId("question").hidden = true;
    byId("work").replaceChildren(...panel.work(step, walk));
    byId("sentence").textContent = panel.sentence(step, walk);
    this.showLine(step);
    this.picture.draw(walk, place);
    this.inputs.showGradient(walk, place);
    this.write();
    this.showControls();
  }

  showLine(step) {
    const line = this.panel.line(step);
    byId("line").textContent = line ? `written at ${line}` : "";
  }

  showControls() {
    const { place, last } = this;
    const slider = byId("slider");
    slider.max = last;
    slider.value = place;
    slider.setAttribute("aria-valuetext", `step ${place} of ${last}: ${this.panel.title(this.walk.steps[place])}`);
    byId("place").textContent = `Step ${place} of ${last}`;
    byId("first").disabled = byId("previous").disabled = place === 0 && !this.asking;
    byId("next").disabled = byId("last").disabled = place === last;
    byId("score").hidden = this.quiz.asked === 0;
    byId("score").textContent = this.quiz.score();
  }

  /** The record of the steps so far; it only ever grows or shrinks at its end. */
  write() {
    const list = byId("transcript");
    while (list.childElementCount > this.place + 1) list.lastElementChild.remove();
    while (list.childElementCount <= this.place) {
      const place = list.childElementCount;
      const button = element("button", { type: "button" }, this.panel.record(this.walk.steps[place]));
      button.addEventListener("click", () => this.go(place));
      list.append(element("li", {}, button));
    }
    list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    list.lastElementChild.firstElementChild.setAttribute("aria-current", "step");
    list.scrollTop = list.scrollHeight;
  }

  // ---- the quiz -----------------------------------------------------------------------------

  ask(step) {
    this.asking = true;
    this.pause();
    this.quiz.ask(step, this.walk);
    byId("phase").textContent = this.panel.phase(this.walk, this.place + 1);
    byId("phase").dataset.kind = step.kind;
    byId("step-title").textContent = this.panel.title(step);
    byId("work").replaceChildren();
    byId("sentence").textContent = "";
    byId("verdict").textContent = "";
    byId("hint").textContent = "";
    byId("question").hidden = false;
    byId("question-text").textContent = this.quiz.text();
    byId("guess").value = "";
    byId("guess").focus({ preventScroll: true });
    this.showLine(step);
    this.picture.light(step);
    this.showControls();
  }

  remind() {
    byId("verdict").textContent = "Answer first, or let it be shown.";
    byId("guess").focus();
  }

  answer() {
    const text = byId("guess").value;
    const verdict = this.quiz.judge(text);
    if (verdict === "right") this.reveal(`✓ Right: ${show(this.quiz.answer)}.`);
    else if (verdict === "wrong") byId("verdict").textContent = `✗ Not ${text.trim()}. ${this.quiz.hint()}`;
    else byId("verdict").textContent = "That is no number: write one like 2, -0.5 or 1/3.";
  }

  reveal(verdict) {
    this.go(this.place + 1);
    byId("verdict").textContent = verdict;
    byId("next").focus({ preventScroll: true });
  }

  // ---- playing ------------------------------------------------------------------------------

  play() {
    if (this.place === this.last) this.go(0);
    this.setPlaying(true);
    const tick = () => {
      this.next();
      if (this.place === this.last) this.pause();
      else if (this.timer !== null) this.timer = setTimeout(tick, Number(byId("speed").value));
    };
    this.timer = setTimeout(tick, 300);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.setPlaying(false);
  }

  setPlaying(playing) {
    byId("play-text").textContent = playing ? "Pause" : "Play";
    byId("play-icon").setAttribute("d", playing ? "M4 3h3v10H4zM9 3h3v10H9z" : "M4 3l9 5-9 5z");
  }

  toggle() {
    if (this.timer === null) this.play();
    else this.pause();
  }

  // ---- listening ----------------------------------------------------------------------------

  listen() {
    const by = (action) => () => {
      this.pause();
      action();
    };
    byId("first").addEventListener("click", by(() => this.go(0)));
    byId("previous").addEventListener("click", by(() => this.previous()));
    byId("next").addEventListener("click", by(() => this.next()));
    byId("last").addEventListener("click", by(() => this.go(this.last)));
    byId("play").addEventListener("click", () => this.toggle());
    byId("slider").addEventListener("input", ({ target }) => by(() => this.go(Number(target.value)))());
    byId("whole").addEventListener("change", ({ target }) => byId("graph").classList.toggle("whole", target.checked));
    byId("predict").addEventListener("change", () => this.go(this.place));
    byId("ask-hint").addEventListener("click", () => (byId("hint").textContent = this.quiz.hint()));
    byId("show").addEventListener("click", () => this.reveal(`It is ${show(this.quiz.answer)}.`));
    byId("guess-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.answer();
    });
    addEventListener("keydown", (event) => this.key(event));
  }

  /** Keys that the focused control wants for itself are left to it. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = event.target;
    if (focused.matches("input:not([type=checkbox]), select, textarea")) return;
    const scrolls = focused.matches(".scroll") && focused.scrollWidth > focused.clientWidth;
    const actions = {
      ArrowRight: () => !scrolls && this.next(),
      ArrowLeft: () => !scrolls && this.previous(),
      Home: () => this.go(0),
      End: () => this.go(this.last),
      " ": () => !focused.matches("button, a, input") && this.toggle(),
    };
    const action = actions[event.key];
    if (!action) return;
    if (event.key !== " ") this.pause();
    if (action() !== false) event.preventDefault();
  }
}

followTheme();
const program = new Program(JSON.parse(byId("data").textContent));
byId("lead").textContent = `${count(program.inputs.length, "input")}, ${count(program.operations.length, "operation")}: forward to the value, back to the gradient, one edge at a time.`;
new Player(program);
