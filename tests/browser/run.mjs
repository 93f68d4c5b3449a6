// Clicks through the pages in `target/pages`, which the example `browser_pages` writes. With `--pictures FOLDER` it also leaves a
// picture of every page in light, dark and phone width.

import assert from "node:assert/strict";
import { mkdir, readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { launch } from "./browser.mjs";
import * as steps from "./steps.mjs";
import { assertTraining, assertTrainingLooks } from "./training.mjs";

const folder = fileURLToPath(new URL("../../target/pages/", import.meta.url));
const pictures = process.argv.includes("--pictures") ? process.argv[process.argv.indexOf("--pictures") + 1] : null;
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : null;
const html = (name) => `${folder}${name}.html`;
const expected = async (name) => JSON.parse(await readFile(`${folder}${name}.json`, "utf8"));

async function shoot(page, name) {
  if (!pictures) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: !name.includes("-viewport") });
}

const browser = await launch();
let failures = 0;

async function check(name, run) {
  if (only && !name.includes(only)) return;
  const begin = performance.now();
  try {
    const note = (await run()) ?? "";
    console.log(`ok    ${name} (${((performance.now() - begin) / 1000).toFixed(1)} s) ${note}`);
  } catch (error) {
    failures++;
    console.log(`FAIL  ${name}\n${error.stack}`);
  }
}

const names = ["lesson", "micrograd", "square", "net", "fan", "branches", "own", "ops"];
for (const name of names) {
  const byMouse = ["lesson", "fan"].includes(name);
  await check(`numbers: ${name}`, async () => steps.assertNumbers(browser, html(name), await expected(name), byMouse));
}
await check("controls", () => steps.assertControls(browser, html("net")));
await check("inputs", () => steps.assertInputs(browser, html("lesson"), html("own")));
await check("finite differences: net", () => steps.assertCheck(browser, html("net"), []));
await check("finite differences: every op", () => steps.assertCheck(browser, html("ops"), ["round.a"]));
await check("quiz", async () => steps.assertQuiz(browser, html("lesson"), (await expected("lesson")).points[0]));
await check("texts of a user", async () => steps.assertHarmless(browser, html("hostile"), (await expected("hostile")).title));
for (const name of [...names, "hostile"]) await check(`looks: ${name}`, () => steps.assertLooks(browser, html(name), name, shoot));
await check("readable: net", () => steps.assertReadable(browser, html("net"), "net"));
await check("readable: own", () => steps.assertReadable(browser, html("own"), "own"));
await check("training", async () => assertTraining(browser, html("training"), await expected("training")));
await check("looks: training", () => assertTrainingLooks(browser, html("training"), shoot));
await check("size and speed", async () => {
  const size = (await stat(html("net"))).size;
  assert.ok(size < 300_000, `a page of ${size} bytes`);
  const { longest, median, steps: count } = await steps.measureSteps(browser, html("net"));
  assert.ok(median < 16, `a step takes ${median} ms`);
  return `${Math.round(size / 1000)} kB; ${count} steps, median ${median.toFixed(1)} ms, longest ${longest.toFixed(1)} ms`;
});

await browser.close();
console.log(failures === 0 ? "all pages passed" : `${failures} failed`);
process.exit(failures === 0 ? 0 : 1);
