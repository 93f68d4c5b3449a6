// A headless Chromium that is shown a page from disk, and what it must never do there.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

export const THEMES = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { colorScheme: "light", viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
};

/** Opens a page, hands it to `visit`, and fails if it complained or asked for anything but itself. */
export async function open(browser, path, options, visit) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const url = pathToFileURL(path).href;
  page.on("request", (request) => {
    const asked = request.url();
    if (asked !== url && !asked.startsWith("data:")) complaints.push(`asked for ${asked}`);
  });
  await page.goto(url);
  const result = await visit(page);
  assert.deepEqual(complaints, [], `${path} complained`);
  await context.close();
  return result;
}

/** Fails if axe-core finds anything against WCAG 2.2, level AA, contrast included. */
export async function assertAccessible(page, what) {
  // Not through a script element, which the page's policy forbids, as it should.
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html.slice(0, 120)} (${node.failureSummary})`).join("; ")}`);
  assert.deepEqual(found, [], what);
  assert.ok(passes.some(({ id }) => id === "color-contrast"), `${what}: contrast was not looked at`);
}

/** Fails if the page is broader than the window, or texts lie over each other. */
export async function assertFits(page, what) {
  const { broad, overlaps } = await page.evaluate(() => {
    const texts = [...document.querySelectorAll("h1, h2, p, label, button, select, th, td, dt, dd, input, svg text")]
      .filter((element) => !element.closest("[hidden], [aria-hidden=true] .fraction, .controls, .skip"))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ element, box }) => box.width > 0 && box.height > 0 && element.textContent.trim() !== "");
    // Texts in the graph may be scrolled out of sight: only those within one box are compared.
    const home = (element) => element.closest(".scroll, ol, dl") ?? document.body;
    const overlaps = [];
    texts.forEach((a, i) =>
      texts.slice(i + 1).forEach((b) => {
        if (home(a.element) !== home(b.element) || a.element.contains(b.element) || b.element.contains(a.element)) return;
        const breadth = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const height = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (breadth > 1.5 && height > 3) overlaps.push(`“${a.element.textContent.trim()}” and “${b.element.textContent.trim()}”`);
      }),
    );
    return { broad: document.documentElement.scrollWidth > window.innerWidth, overlaps };
  });
  assert.equal(broad, false, `${what}: the page is broader than the window`);
  assert.deepEqual(overlaps, [], `${what}: texts lie over each other`);
}
