// The plane of the two inputs: the score as colour, the line where it is 0, the samples.

class Plane {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.canvas = root.querySelector("canvas");
    this.canvas.width = this.canvas.height = data.cells;
    const svg = root.querySelector("svg");
    svg.setAttribute("viewBox", "0 0 100 100");
    this.boundary = shape("path", { class: "boundary" });
    // Told apart by shape as well as by colour.
    const sample = ([x, y, kind]) => {
      const [left, top] = this.place(x, y);
      const mark = kind > 0 ? shape("circle", { class: "one", r: 1.25 }) : shape("path", { class: "zero", d: "M0-1.6 1.5 1.1H-1.5z" });
      mark.setAttribute("transform", `translate(${left.toFixed(2)} ${top.toFixed(2)})`);
      return mark;
    };
    svg.replaceChildren(this.boundary, ...data.points.map(sample));
  }

  /** From inputs to percents of the picture. */
  place(x, y) {
    const [[left, right], [bottom, top]] = this.data.bounds;
    return [(100 * (x - left)) / (right - left), (100 * (top - y)) / (top - bottom)];
  }

  draw(snapshot) {
    const { cells } = this.data;
    const style = getComputedStyle(this.root);
    const [card, plus, minus] = ["--card", "--blue", "--orange"].map((name) => colour(this.root, `var(${name})`, style));
    const context = this.canvas.getContext("2d");
    const image = context.createImageData(cells, cells);
    snapshot.field.forEach((score, k) => {
      const target = score > 0 ? plus : minus;
      const share = 0.5 * Math.min(1, Math.abs(score) / this.data.sure);
      for (let c = 0; c < 3; c++) image.data[4 * k + c] = card[c] + (target[c] - card[c]) * share;
      image.data[4 * k + 3] = 255;
    });
    context.putImageData(image, 0, 0);
    this.boundary.setAttribute("d", zeroLine(snapshot.field, cells));
    this.root.setAttribute("aria-label", `Decision boundary after epoch ${snapshot.epoch}: ${percent(snapshot.accuracy)} of ${this.data.points.length} samples are on their side of it.`);
  }
}

const percent = (share) => `${Math.round(100 * share)} %`;

/** A colour of the palette as red, green and blue, whatever theme holds. */
function colour(root, value) {
  const probe = root.appendChild(element("i"));
  probe.style.color = value;
  const channels = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  probe.remove();
  return channels;
}

/** Where the field is 0, by marching squares between the middles of the cells, in percents of the picture. */
function zeroLine(field, cells) {
  const at = (row, column) => field[row * cells + column];
  const percentOf = (cell) => (100 * (cell + 0.5)) / cells;
  const lines = [];
  for (let row = 0; row + 1 < cells; row++) {
    for (let column = 0; column + 1 < cells; column++) {
      const corners = [
        [row, column],
        [row, column + 1],
        [row + 1, column + 1],
        [row + 1, column],
      ];
      const crossings = [];
      corners.forEach(([r, c], k) => {
        const [r2, c2] = corners[(k + 1) % 4];
        const [a, b] = [at(r, c), at(r2, c2)];
        if (a > 0 === b > 0) return;
        const share = a / (a - b);
        crossings.push(`${percentOf(c + (c2 - c) * share).toFixed(2)} ${percentOf(r + (r2 - r) * share).toFixed(2)}`);
      });
      for (let k = 0; k + 1 < crossings.length; k += 2) lines.push(`M${crossings[k]}L${crossings[k + 1]}`);
    }
  }
  return lines.join("");
}
