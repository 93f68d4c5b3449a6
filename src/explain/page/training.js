// The page of a training: a slider over the epochs, and what it moves.

/** Reads numbers back: bytes, or words of two, as shares of the largest. */
function unpack(text, Kind, largest) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const most = Kind === Int8Array ? 127 : 32767;
  return Array.from(new Kind(bytes.buffer), (number) => (largest * number) / most);
}

class Training {
  constructor(data) {
    this.snapshots = data.snapshots.map((snapshot) => ({
      ...snapshot,
      field: unpack(snapshot.field, Int8Array, data.sure),
      parameters: unpack(snapshot.parameters, Int16Array, data.scales.parameters),
      gradient: unpack(snapshot.gradient, Int16Array, data.scales.gradient),
    }));
    this.epochs = this.snapshots.map(({ epoch }) => epoch);
    this.layers = layersOf(data.entries);
    this.largest = this.layers.map((layer) => {
      const places = Array.from({ length: layer.neurons }, (_, neuron) => parametersOf(layer, neuron)).flat();
      return Math.max(...this.snapshots.flatMap(({ parameters }) => places.map(({ place }) => Math.abs(parameters[place]))));
    });
    this.place = this.snapshots.length - 1;
    this.timer = null;
    this.plane = new Plane(byId("plane"), data);
    this.loss = new Chart(byId("loss"), this.epochs, "The loss over the epochs, from the table of the slider");
    this.loss.draw([{ values: this.snapshots.map(({ loss }) => loss), kind: "line" }]);
    this.weights = new Weights(byId("weights"), this.layers, (layer, neuron) => this.choose(layer, neuron));
    this.gradient = new Chart(byId("gradient"), this.epochs, "The gradient of the chosen neuron over the epochs");
    this.listNeurons();
    this.listen();
    this.choose(0, 0);
    const parameters = this.snapshots[0].parameters.length;
    byId("lead").textContent = `${data.points.length} samples, ${parameters} parameters, ${this.epochs.at(-1)} epochs.`;
  }

  get last() {
    return this.snapshots.length - 1;
  }

  listNeurons() {
    const option = (layer, l, neuron) => element("option", { value: `${l} ${neuron}` }, `${layer.name}, ${neuron + 1}`);
    const all = this.layers.flatMap((layer, l) => Array.from({ length: layer.neurons }, (_, neuron) => option(layer, l, neuron)));
    byId("neuron").append(...all);
  }

  /** Shows the gradient of a neuron: each partial thin, their length thick. */
  choose(layer, neuron) {
    this.chosen = parametersOf(this.layers[layer], neuron);
    byId("neuron").value = `${layer} ${neuron}`;
    this.weights.choose(layer, neuron);
    const partials = this.chosen.map(({ place }) => this.snapshots.map(({ gradient }) => gradient[place]));
    const length = this.epochs.map((_, k) => Math.hypot(...partials.map((values) => values[k])));
    this.gradient.draw([...partials.map((values) => ({ values, kind: "line thin" })), { values: length, kind: "line" }]);
    this.show();
  }

  go(place) {
    this.place = Math.max(0, Math.min(place, this.last));
    this.show();
  }

  show() {
    const { place, last } = this;
    const snapshot = this.snapshots[place];
    const before = this.snapshots[Math.max(0, place - 1)];
    this.plane.draw(snapshot);
    this.weights.draw(snapshot, this.largest);
    this.loss.mark(place);
    this.gradient.mark(place);
    const sentence = `After epoch ${snapshot.epoch} the loss is ${show(snapshot.loss)}; ${percent(snapshot.accuracy)} of the samples are told apart rightly.`;
    const change = place > 0 ? ` Since epoch ${before.epoch} it ${snapshot.loss <= before.loss ? "fell" : "rose"} by ${show(Math.abs(snapshot.loss - before.loss))}.` : "";
    byId("now").textContent = sentence + change;
    const row = ({ name, place: at }) =>
      element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, show(snapshot.parameters[at])), element("td", {}, show(snapshot.gradient[at])));
    byId("numbers").replaceChildren(...this.chosen.map(row));
    byId("slider").max = last;
    byId("slider").value = place;
    byId("slider").setAttribute("aria-valuetext", `epoch ${snapshot.epoch}, loss ${spoken(snapshot.loss)}`);
    byId("place").textContent = `Epoch ${snapshot.epoch}`;
    byId("first").disabled = byId("previous").disabled = place === 0;
    byId("last").disabled = byId("next").disabled = place === last;
  }

  play() {
    if (this.place === this.last) this.go(0);
    this.setPlaying(true);
    this.timer = setInterval(() => {
      this.go(this.place + 1);
      if (this.place === this.last) this.pause();
    }, 160);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.setPlaying(false);
  }

  setPlaying(playing) {
    byId("play-text").textContent = playing ? "Pause" : "Play";
    byId("play-icon").setAttribute("d", playing ? "M4 3h3v10H4zM9 3h3v10H9z" : "M4 3l9 5-9 5z");
    // What changes several times a second is not read out; the state at the end is.
    byId("now").setAttribute("aria-live", playing ? "off" : "polite");
  }

  listen() {
    const by = (action) => () => {
      this.pause();
      action();
    };
    const actions = {
      first: () => this.go(0),
      previous: () => this.go(this.place - 1),
      next: () => this.go(this.place + 1),
      last: () => this.go(this.last),
    };
    for (const [id, action] of Object.entries(actions)) byId(id).addEventListener("click", by(action));
    byId("play").addEventListener("click", () => (this.timer === null ? this.play() : this.pause()));
    byId("slider").addEventListener("input", ({ target }) => by(() => this.go(Number(target.value)))());
    byId("neuron").addEventListener("change", ({ target }) => this.choose(...target.value.split(" ").map(Number)));
    // The canvas has its colours from the theme.
    byId("theme").addEventListener("change", () => this.show());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.show());
    const keys = { ArrowLeft: actions.previous, ArrowRight: actions.next, Home: actions.first, End: actions.last };
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
      if (event.key === " " && !event.target.matches("button, a")) {
        byId("play").click();
        event.preventDefault();
      } else if (keys[event.key]) {
        by(keys[event.key])();
        event.preventDefault();
      }
    });
  }
}

followTheme();
new Training(JSON.parse(byId("data").textContent));
