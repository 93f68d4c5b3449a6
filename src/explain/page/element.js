// Elements of the page, made and found.

const byId = (id) => document.getElementById(id);

/** A new element with attributes and children, which are elements or text. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A stacked fraction. Screen readers get the sentence instead, so formulas are hidden from them as a whole. */
const fraction = (top, bottom) =>
  element("span", { class: "fraction" }, element("span", {}, top), element("span", {}, bottom));

/** ∂y/∂x. */
const derivative = (of, by) => fraction(`∂${of}`, `∂${by}`);

/** A line of a calculation. */
const formula = (...parts) => element("p", { class: "formula", "aria-hidden": "true" }, ...parts);

/** A number that stands out. */
const number = (text, kind = "") => element("b", { class: `number ${kind}` }, text);

/** The choice of theme: that of the system, or one of its own for this page. */
function followTheme() {
  byId("theme").addEventListener("change", ({ target }) => (document.documentElement.dataset.theme = target.value));
}
