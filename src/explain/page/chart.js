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
  static WIDTH = 520;
  static HEIGHT = 250;
  static LEFT = 58;
  static BOTTOM = 34;
  static TOP = 14;
  static RIGHT = 14;

  /** `title` is read to those who do not see the picture. */
  constructor(box, epochs, title) {
    this.box = box;
    this.epochs = epochs;
    this.svg = shape("svg", { class: "chart", viewBox: `0 0 ${Chart.WIDTH} ${Chart.HEIGHT}`, role: "img", "aria-label": title });
    box.replaceChildren(this.svg);
  }

  x(epoch) {
    const last = this.epochs.at(-1) || 1;
    return Chart.LEFT + ((Chart.WIDTH - Chart.LEFT - Chart.RIGHT) * epoch) / last;
  }

  y(value) {
    const [low, high] = this.range;
    return Chart.HEIGHT - Chart.BOTTOM - ((Chart.HEIGHT - Chart.TOP - Chart.BOTTOM) * (value - low)) / (high - low);
  }

  /** Draws lines, each a list of values and a class; the last is the one that is marked. */
  draw(lines) {
    const all = lines.flatMap(({ values }) => values).filter(Number.isFinite);
    const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
    this.range = high > low ? [low, high] : [low - 1, high + 1];
    this.marked = lines.at(-1).values;
    const axes = shape("g", {});
    for (const value of ticks(...this.range)) {
      axes.append(shape("path", { class: "axis", d: `M${Chart.LEFT} ${this.y(value)}H${Chart.WIDTH - Chart.RIGHT}` }));
      axes.append(shape("text", { x: Chart.LEFT - 7, y: this.y(value) + 4, "text-anchor": "end" }, tick(value)));
    }
    for (const epoch of ticks(0, this.epochs.at(-1) || 1).filter(Number.isInteger)) {
      axes.append(shape("text", { x: this.x(epoch), y: Chart.HEIGHT - 14, "text-anchor": "middle" }, tick(epoch)));
    }
    axes.append(shape("text", { x: Chart.WIDTH - Chart.RIGHT, y: Chart.HEIGHT - 1, "text-anchor": "end" }, "epoch"));
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
    this.marker.setAttribute("d", `M${x} ${Chart.TOP}V${Chart.HEIGHT - Chart.BOTTOM}`);
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

const tick = (value) => String(Number(value.toPrecision(6))).replace("-", "−");
