// The page to step through: every number at every step is the crate's, by button, key and slider, at the recorded point and at others.

import assert from "node:assert/strict";
import { THEMES, assertAccessible, assertFits, open } from "./browser.mjs";

/** What the page writes of a number, read back; `step` is one unit of the last digit shown. */
function readShown(text) {
  const plain = text.trim().replaceAll("−", "-").replace("+", "");
  if (plain.includes("∞")) return { value: plain.startsWith("-") ? -Infinity : Infinity, step: 0 };
  const value = Number(plain);
  const [, decimals = "", exponent = "0"] = plain.match(/^-?\d+\.?(\d*)(?:e(-?\d+))?$/) ?? [];
  return { value, step: 10 ** (Number(exponent) - decimals.length) };
}

/** The number shown is the crate's, rounded to the digits shown. `slack` is for points where the page computes anew. */
function assertShows(text, expected, what, slack = 0) {
  const truth = Number(String(expected).replace("inf", "Infinity"));
  const { value, step } = readShown(text);
  if (Object.is(value, truth) || value === truth) return;
  const allowed = 0.5 * step * (1 + 1e-9) + slack * Math.max(1, Math.abs(truth));
  assert.ok(Math.abs(value - truth) <= allowed, `${what}: the page shows ${text}, the crate has ${expected}`);
}

/** What the page shows now; runs in the page. */
function lookHere() {
  const text = (selector) => document.querySelector(selector).textContent;
  return {
    place: Number(document.querySelector("#slider").value),
    phase: text("#phase"),
    title: text("#step-title"),
    numbers: [...document.querySelectorAll("#work .number")].map((number) => number.textContent),
    sums: [...document.querySelectorAll("#work .sum tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent)),
    record: document.querySelector("#transcript [aria-current]").textContent,
    sentence: text("#sentence"),
    lit: [...document.querySelectorAll("#graph .current:not(.feeding)")].map((element) => element.id),
  };
}

const look = (page) => page.evaluate(lookHere);

const EDGE = /^grad\((.*)\) \+= (\S+) × (\S+) = (\S+?)(?: ⇒ (\S+), accumulates)?$/;

/** Compares what was seen at every step with what the crate found there. */
function assertWalk(seen, point, name, slack) {
  const { forward, backward, gradient } = point;
  assert.equal(seen.length, 1 + forward.length + 1 + backward.length + 1, `${name}: number of steps`);
  forward.forEach((step, k) => {
    const at = seen[1 + k];
    assert.ok(at.title.startsWith(`${step.name} = `), `${name}: ${at.title} is not about ${step.name}`);
    assertShows(at.numbers.at(-1), step.value, `${name}, value of ${step.name}`, slack);
    assertShows(at.record.split(" = ").at(-1), step.value, `${name}, record of ${step.name}`, slack);
    assert.equal(at.lit.length, 1, `${name}: one node is lit`);
  });
  const seed = seen[1 + forward.length];
  assert.equal(seed.phase, "Seed");
  assert.equal(seed.numbers[0], "1.0000");
  const arrived = new Map();
  backward.forEach((step, k) => {
    const at = seen[2 + forward.length + k];
    const what = `${name}, edge ${k} from ${step.from} to ${step.to}`;
    assert.equal(at.title, `From ${step.from} to ${step.to}`);
    const [, to, adjoint, local, product, total] = at.record.match(EDGE) ?? assert.fail(`${what}: ${at.record}`);
    assert.equal(to, step.to);
    assertShows(adjoint, step.adjoint, `${what}, adjoint`, slack);
    assertShows(local, step.local, `${what}, local derivative`, slack);
    assertShows(product, step.product, `${what}, product`, slack);
    assert.equal(total !== undefined, step.accumulates, `${what}, accumulates`);
    if (total !== undefined) assertShows(total, step.total, `${what}, total`, slack);
    assertShows(at.numbers[0], step.local, `${what}, local derivative`, slack);
    assertShows(at.numbers[1], step.product, `${what}, product`, slack);
    assertShows(at.numbers[2], step.total, `${what}, total`, slack);
    assert.ok(at.lit.some((id) => id.startsWith("edge-")), `${what}: no edge is lit`);
    // The sum grows by one contribution with each edge.
    const rows = (arrived.get(step.to) ?? 0) + 1;
    arrived.set(step.to, rows);
    if (at.sums.length > 0) assertShows(at.sums.at(-1)[2], step.total, `${what}, running sum`, slack);
    assert.ok(at.sums.length === 0 ? rows === 1 : at.sums.length === rows, `${what}: ${at.sums.length} rows of a sum of ${rows}`);
    assert.ok(at.sentence.length > 20, `${what}: nothing is said`);
  });
  return gradient;
}

/** Steps from start to end with a real mouse, and notes what is shown at each step. */
async function walkByMouse(page) {
  await page.keyboard.press("Home");
  const seen = [await look(page)];
  const last = Number(await page.getAttribute("#slider", "max"));
  for (let k = 1; k <= last; k++) {
    await page.click("#next");
    seen.push(await look(page));
    assert.equal(seen.at(-1).place, k);
  }
  return seen;
}

/** The same by keys that the page is told of, which takes less of a long page. */
const walkByKeys = (page) =>
  page.evaluate(`(() => {
    ${lookHere}
    const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    press("Home");
    const seen = [lookHere()];
    const last = Number(document.querySelector("#slider").max);
    for (let k = 1; k <= last; k++) {
      press("ArrowRight");
      seen.push(lookHere());
    }
    return seen;
  })()`);

/** The gradient column of the inputs, at the end. */
async function assertGradient(page, gradient, name, slack) {
  const rows = await page.$$eval("#inputs tr", (rows) => rows.map((row) => [row.children[0].textContent, row.querySelector(".gradient").textContent]));
  for (const [input, shown] of rows) {
    const expected = gradient.find((each) => each.name === input)?.derivative ?? 0;
    assertShows(shown, expected, `${name}, gradient of ${input}`, slack);
  }
}

/** The numbers that stand in the picture. */
async function assertPicture(page, point, name, slack) {
  const drawn = await page.$$eval("#graph g.node[data-node]", (groups) =>
    groups.map((group) => [group.querySelector(".name").textContent, group.querySelector(".value").textContent]),
  );
  for (const step of point.forward) {
    const shown = drawn.find(([of]) => of === step.name);
    // Long names are cut in the picture.
    if (shown) assertShows(shown[1], step.value, `${name}, picture of ${step.name}`, slack);
  }
  assert.ok(drawn.length >= point.forward.length, `${name}: ${drawn.length} nodes are drawn`);
}

async function type(page, names, values) {
  const recorded = await page.$$eval("#inputs tr", (rows) => rows.map((row) => [row.children[0].textContent, row.querySelector("input").value]));
  for (const [k, name] of names.entries()) {
    const row = recorded.findIndex(([input]) => input === name);
    if (row < 0) continue;
    const field = page.locator("#inputs input").nth(row);
    if (await field.isDisabled()) {
      assert.equal(Number(recorded[row][1]), values[k], `${name} is locked, and would have to change`);
      continue;
    }
    await field.fill(String(values[k]));
    await field.dispatchEvent("change");
  }
}

/** All of a page: the recorded point and the others. */
export async function assertNumbers(browser, path, expected, byMouse) {
  await open(browser, path, {}, async (page) => {
    assert.ok((await page.title()).startsWith(expected.title));
    const { points, names, title } = expected;
    const walk = byMouse ? walkByMouse : walkByKeys;
    assertWalk(await walk(page), points[0], title, 0);
    await assertGradient(page, points[0].gradient, title, 0);
    await assertPicture(page, points[0], title, 0);
    for (const point of points.slice(1)) {
      await type(page, names, point.inputs);
      const name = `${title} at ${point.inputs.join(", ").slice(0, 40)}`;
      assertWalk(await walkByKeys(page), point, name, 1e-9);
      await assertGradient(page, point.gradient, name, 1e-9);
      await assertPicture(page, point, name, 1e-9);
    }
    await page.click("#reset");
    if (points.length > 1) assertWalk(await walkByKeys(page), points[0], `${title}, reset`, 0);
  });
}

/** Buttons, keys, slider, play. */
export async function assertControls(browser, path) {
  await open(browser, path, {}, async (page) => {
    const place = () => page.evaluate(() => Number(document.querySelector("#slider").value));
    const last = Number(await page.getAttribute("#slider", "max"));
    await page.click("#last");
    assert.equal(await place(), last);
    assert.ok(await page.isDisabled("#next"));
    await page.click("#first");
    assert.equal(await place(), 0);
    await page.keyboard.press("End");
    assert.equal(await place(), last);
    await page.keyboard.press("ArrowLeft");
    assert.equal(await place(), last - 1);
    await page.keyboard.press("Home");
    assert.equal(await place(), 0);
    await page.focus("#slider");
    for (let k = 0; k < 3; k++) await page.keyboard.press("ArrowRight");
    assert.equal(await place(), 3);
    assert.match(await page.getAttribute("#slider", "aria-valuetext"), /^step 3 of \d+: /);
    await page.locator("#slider").fill("5");
    assert.equal(await place(), 5);
    assert.equal((await look(page)).place, 5);
    // The record leads back.
    await page.click("#transcript li:nth-child(2) button");
    assert.equal(await place(), 1);
    await page.selectOption("#speed", { label: "fast" });
    await page.click("#play");
    assert.equal(await page.textContent("#play-text"), "Pause");
    await page.waitForFunction(() => Number(document.querySelector("#slider").value) >= 3, null, { timeout: 5000 });
    await page.click("#play");
    const stopped = await place();
    await page.waitForTimeout(600);
    assert.equal(await place(), stopped);
    // All controls can be reached by the tab key, and show it.
    const reached = new Set();
    for (let k = 0; k < 60; k++) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement.id));
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.ok(outline !== "none" || (await page.evaluate(() => document.activeElement === document.body)), "focus is not visible");
    }
    for (const id of ["first", "previous", "play", "next", "last", "slider", "speed", "check", "reset", "predict", "theme"]) {
      assert.ok(reached.has(id), `#${id} cannot be reached by the tab key`);
    }
  });
}

/** What is wrong, what is locked, and what is said of it. */
export async function assertInputs(browser, path, ownPath) {
  await open(browser, path, {}, async (page) => {
    await page.fill("#inputs input >> nth=0", "two");
    await page.keyboard.press("Enter");
    assert.equal(await page.getAttribute("#inputs input >> nth=0", "aria-invalid"), "true");
    assert.match(await page.textContent("#inputs-note"), /“two” is not a number/);
    await page.click("#reset");
    assert.equal(await page.getAttribute("#inputs input >> nth=0", "aria-invalid"), "false");
    // While a field has the focus, the arrows are its own.
    await page.focus("#inputs input >> nth=0");
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.inputValue("#slider"), "0");
  });
  await open(browser, ownPath, {}, async (page) => {
    const locked = await page.$$eval("#inputs input", (fields) => fields.map((field) => [field.id, field.disabled]));
    assert.deepEqual(locked.map(([, disabled]) => disabled), [true, false, true]);
    const note = await page.textContent("#inputs-note");
    assert.match(note, /x, z cannot be changed here: cube is an op of one's own.*newton_root/);
    await page.click("#check");
    assert.deepEqual(await page.$$eval("#inputs tr td:last-child", (cells) => cells.map((cell) => cell.textContent)), ["locked", "✓ PASS", "locked"]);
  });
}

/** Finite differences agree with the gradient, but for kinks, of which the page says that they are. */
export async function assertCheck(browser, path, kinks) {
  await open(browser, path, {}, async (page) => {
    await page.click("#check");
    const rows = await page.$$eval("#inputs tr", (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
    rows.forEach(([input, , gradient, numerical, error, verdict]) => {
      const expected = kinks.includes(input) ? "KINK" : "PASS";
      assert.equal(verdict, `${expected === "PASS" ? "✓" : "✗"} ${expected}`, `${path}, ${input}: ${gradient}, ${numerical}`);
      if (expected === "PASS") assert.ok(Number(error) < 1e-5);
    });
    assert.match(await page.textContent("#check-result"), /agree with central differences/);
  });
}

/** The quiz: a wrong answer, a hint, right ones, the count. */
export async function assertQuiz(browser, path, point) {
  await open(browser, path, {}, async (page) => {
    await page.check("#predict");
    await page.click("#next");
    assert.ok(await page.isVisible("#question"));
    const answers = [...point.forward.map((step) => step.value), ...point.backward.map((step) => step.product)];
    assert.ok(!(await page.textContent("#panel")).includes(answers[0].toFixed(4)), "the answer is shown before it is asked for");
    await page.fill("#guess", "123");
    await page.keyboard.press("Enter");
    assert.match(await page.textContent("#verdict"), /Not 123/);
    await page.fill("#guess", "x");
    await page.keyboard.press("Enter");
    assert.match(await page.textContent("#verdict"), /no number/);
    for (const [k, answer] of answers.entries()) {
      if (k === point.forward.length) {
        assert.equal(await page.textContent("#phase"), "Seed");
        await page.click("#next");
      }
      assert.ok(await page.isVisible("#question"), `question ${k}`);
      // Rounded, with a comma, as people write.
      await page.fill("#guess", answer.toFixed(2).replace(".", ","));
      await page.keyboard.press("Enter");
      assert.match(await page.textContent("#verdict"), /Right/, `question ${k}: ${answer}`);
      await page.keyboard.press("Enter");
    }
    assert.equal(await page.textContent("#score"), `${answers.length - 1} of ${answers.length} right at the first try`);
    await page.click("#first");
    await page.click("#next");
    await page.click("#ask-hint");
    assert.ok((await page.textContent("#hint")).length > 5);
    await page.click("#show");
    assert.match(await page.textContent("#verdict"), /^It is /);
  });
}

/** Nothing lies over anything, at any width, at a few steps of each phase. */
export async function assertLooks(browser, path, name, shoot) {
  for (const [theme, options] of Object.entries(THEMES)) {
    await open(browser, path, { ...options, reducedMotion: "reduce" }, async (page) => {
      const last = Number(await page.getAttribute("#slider", "max"));
      const nodes = await page.$$eval("#graph g.node[data-node]", (nodes) => nodes.length);
      for (const place of [2, Math.min(last - 1, nodes + 2), last]) {
        await page.locator("#slider").fill(String(place));
        if (place === last) await page.click("#check");
        await assertFits(page, `${name}, ${theme}, step ${place}`);
        await shoot(page, `${name}-${theme}-${place}`);
      }
    });
  }
}

/** What assistive tools are told, contrast, motion: in every phase and in the quiz. */
export async function assertReadable(browser, path, name) {
  for (const [theme, options] of Object.entries(THEMES)) {
    await open(browser, path, { ...options, reducedMotion: "reduce" }, async (page) => {
      const last = Number(await page.getAttribute("#slider", "max"));
      for (const place of theme === "phone" ? [last - 1] : [0, 2, last - 2, last]) {
        await page.locator("#slider").fill(String(place));
        if (place === last) await page.click("#check");
        await assertAccessible(page, `${name}, ${theme}, step ${place}`);
      }
      await page.keyboard.press("Home");
      await page.locator("#slider").fill("1");
      await page.check("#predict");
      await page.click("#next");
      await page.fill("#guess", "1e9");
      await page.keyboard.press("Enter");
      await assertAccessible(page, `${name}, ${theme}, quiz`);
    });
  }
  await open(browser, path, { colorScheme: "light", reducedMotion: "reduce" }, async (page) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.selectOption("#theme", "dark");
    assert.notEqual(await ground(), light, "the theme can be chosen");
    await assertAccessible(page, `${name}, dark by choice`);
    const moving = await page.evaluate(() => [...document.querySelectorAll("*")].filter((each) => !/^0s(, 0s)*$/.test(getComputedStyle(each).transitionDuration)).length);
    assert.equal(moving, 0, "something moves although that is not wanted");
  });
}

/** Texts of a user's stay texts. */
export async function assertHarmless(browser, path, title) {
  await open(browser, path, {}, async (page) => {
    assert.equal(await page.textContent("h1"), title);
    assert.equal(await page.locator("img").count(), 0);
    await page.click("#last");
    assert.ok((await page.textContent("#step-title")).includes("</script>"));
  });
}

/** The longest and the median time of a step in ms, layout included. */
export async function measureSteps(browser, path) {
  return open(browser, path, {}, (page) =>
    page.evaluate(() => {
      const times = [];
      const next = document.querySelector("#next");
      while (!next.disabled) {
        const begin = performance.now();
        next.click();
        document.body.getBoundingClientRect();
        times.push(performance.now() - begin);
      }
      times.sort((a, b) => a - b);
      return { longest: times.at(-1), median: times[times.length >> 1], steps: times.length };
    }),
  );
}
