// The page of a training: what it shows at each epoch is what the crate's tape finds there.

import assert from "node:assert/strict";
import { THEMES, assertAccessible, assertFits, open } from "./browser.mjs";

const numberIn = (text) => Number(text.replaceAll("−", "-"));

export async function assertTraining(browser, path, expected) {
  await open(browser, path, {}, async (page) => {
    const last = Number(await page.getAttribute("#slider", "max"));
    assert.equal(last + 1, expected.snapshots.length);
    await page.click("#first");
    for (const [place, snapshot] of expected.snapshots.entries()) {
      if (place > 0) await page.keyboard.press("ArrowRight");
      assert.equal(await page.textContent("#place"), `Epoch ${snapshot.epoch}`);
      const [, loss, accuracy] = (await page.textContent("#now")).match(/the loss is (\S+); (\d+) % of/);
      assert.ok(Math.abs(numberIn(loss) - snapshot.loss) <= 0.5001e-4, `loss ${loss}, the crate has ${snapshot.loss}`);
      assert.equal(Number(accuracy), Math.round(100 * snapshot.accuracy));
      // Numbers of the neuron are rounded to 1/32767 of the largest.
      const rows = await page.$$eval("#numbers tr", (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
      rows.forEach(([name, value, partial], k) => {
        const at = expected.neuron[k];
        assert.ok(Math.abs(numberIn(value) - snapshot.parameters[at]) < 4e-4, `${name}: ${value}, ${snapshot.parameters[at]}`);
        assert.ok(Math.abs(numberIn(partial) - snapshot.gradient[at]) < 4e-4, `∂${name}: ${partial}, ${snapshot.gradient[at]}`);
      });
      assert.equal(rows.length, expected.neuron.length);
    }
    // The plane has the colour of the score wherever a sample lies that is clearly on one side.
    const colours = await page.evaluate((points) => {
      const canvas = document.querySelector("#plane canvas");
      const { bounds } = JSON.parse(document.querySelector("#data").textContent);
      const [[left, right], [bottom, top]] = bounds;
      return points.map(([x, y]) => {
        const at = [(canvas.width * (x - left)) / (right - left), (canvas.height * (top - y)) / (top - bottom)];
        return [...canvas.getContext("2d").getImageData(Math.floor(at[0]), Math.floor(at[1]), 1, 1).data];
      });
    }, expected.points);
    let looked = 0;
    colours.forEach(([red, , blue], k) => {
      if (Math.abs(expected.scores[k]) < 0.4) return;
      looked++;
      assert.equal(blue > red, expected.scores[k] > 0, `sample ${k} with score ${expected.scores[k]}`);
    });
    assert.ok(looked > 10);
    assert.ok((await page.getAttribute("#plane .boundary", "d")).length > 100, "there is a boundary");
    assert.match(await page.getAttribute("#plane", "aria-label"), /Decision boundary after epoch \d+: \d+ % of/);
    // Another neuron, by its list and in the picture.
    await page.selectOption("#neuron", { index: 1 });
    const second = await page.textContent("#numbers");
    await page.locator("#weights .row").nth(0).click();
    assert.notEqual(await page.textContent("#numbers"), second);
    assert.equal(await page.inputValue("#neuron"), "0 0");
    await page.keyboard.press("Home");
    assert.ok(await page.isDisabled("#first"));
    await page.click("#play");
    await page.waitForFunction(() => document.querySelector("#next").disabled, null, { timeout: 30000 });
    assert.equal(await page.textContent("#play-text"), "Play");
    // The canvas follows the theme.
    const corner = () => page.evaluate(() => [...document.querySelector("#plane canvas").getContext("2d").getImageData(0, 0, 1, 1).data].join());
    const light = await corner();
    await page.selectOption("#theme", "dark");
    assert.notEqual(await corner(), light);
  });
}

export async function assertTrainingLooks(browser, path, shoot) {
  for (const [theme, options] of Object.entries(THEMES)) {
    await open(browser, path, { ...options, reducedMotion: "reduce" }, async (page) => {
      await assertFits(page, `training, ${theme}`);
      await assertAccessible(page, `training, ${theme}`);
      await shoot(page, `training-${theme}`);
      await page.locator("#slider").fill("3");
      await assertFits(page, `training, ${theme}, early`);
    });
  }
}
