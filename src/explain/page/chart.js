// Lines over the epochs, with the present one marked.

const SVG = "http://www.w3.org/2000/svg";

/** A new element of a picture. */
function shape(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

class Chart {
  static LEFT = 58;
  static BOTTOM = 34;
  static TOP = 14;
  static RIGHT = 14;

  /** `scale` is linear or logarithmic; `title` is read to those who do not see the picture. */
  constructor(box, epochs, { height, scale, title }) {
    this.epochs = epochs;
    this.scale = scale;
    // Drawn as broad as it is shown, so that its text has the size of other text.
    this.width = Math.max(270, Math.min(620, box.clientWidth));
    this.height = Math.min(height, 0.75 * this.width);
    this.svg = shape("svg", { class: "chart", viewBox: `0 0 ${this.width} ${this.height}`, role: "img", "aria-label": title });
    box.replaceChildren(this.svg);
  }

  x(epoch) {
    const last = this.epochs.at(-1) || 1;
    return Chart.LEFT + ((this.width - Chart.LEFT - Chart.RIGHT) * epoch) / last;
  }

  y(value) {
    const at = this.isLogarithmic ? Math.log : Number;
    const [low, high] = this.range.map(at);
    return this.height - Chart.BOTTOM - ((this.height - Chart.TOP - Chart.BOTTOM) * (at(value) - low)) / (high - low);
  }

  /** Draws lines, each a list of values and a class; the last is the one that is marked. */
  draw(lines) {
    const all = lines.flatMap(({ values }) => values).filter(Number.isFinite);
    this.isLogarithmic = this.scale === "logarithmic" && Math.min(...all) > 0;
    const floor = this.isLogarithmic ? all[0] : 0;
    const [low, high] = [Math.min(floor, ...all), Math.max(floor, ...all)];
    this.range = high > low ? [low, high] : this.isLogarithmic ? [low / 2, 2 * high] : [low - 1, high + 1];
    this.marked = lines.at(-1).values;
    const axes = shape("g", {});
    for (const value of (this.isLogarithmic ? decades : ticks)(...this.range)) {
      axes.append(shape("path", { class: "axis", d: `M${Chart.LEFT} ${this.y(value)}H${this.width - Chart.RIGHT}` }));
      axes.append(shape("text", { x: Chart.LEFT - 7, y: this.y(value) + 4, "text-anchor": "end" }, tick(value)));
    }
    for (const epoch of ticks(0, this.epochs.at(-1) || 1).filter(Number.isInteger)) {
      axes.append(shape("text", { x: this.x(epoch), y: this.height - 14, "text-anchor": "middle" }, tick(epoch)));
    }
    axes.append(shape("text", { x: this.width - Chart.RIGHT, y: this.height - 1, "text-anchor": "end" }, "epoch"));
    const drawn = lines.map(({ values, kind }) => {
      const points = values.map((value, k) => `${this.x(this.epochs[k]).toFixed(1)} ${this.y(value).toFixed(1)}`);
      return shape("path", { class: kind, d: `M${points.join("L")}` });
    });
    this.marker = shape("path", { class: "marker" });
    this.dot = shape("circle", { class: "dot", r: 5 });
    this.svg.replaceChildren(axes, ...drawn, this.marker, this.dot);
  }

  /** Marks an epoch. */
  mark(place) {
    const x = this.x(this.epochs[place]);
    this.marker.setAttribute("d", `M${x} ${Chart.TOP}V${this.height - Chart.BOTTOM}`);
    this.dot.setAttribute("cx", x);
    this.dot.setAttribute("cy", this.y(this.marked[place]));
  }
}

/** Some five round numbers in a range. */
function ticks(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high * (1 + 1e-9); k++) found.push(k * step);
  return found;
}

/** 1, 2 and 5 times powers of ten in a range; powers alone if that would be many. */
function decades(low, high) {
  const all = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    all.push(...[1, 2, 5].map((factor) => factor * 10 ** power));
  }
  const inside = all.filter((value) => value >= low && value <= high);
  return inside.length < 9 ? inside : inside.filter((value) => Number.isInteger(Math.round(1e9 * Math.log10(value)) / 1e9));
}

const tick = (value) => String(Number(value.toPrecision(6))).replace("-", "−");
