import { launch, open } from "./browser.mjs";
const b = await launch();
const dir = "/tmp/wt/page/target/pages/";
for (const [name, scheme, vp, act] of [
  ["net","light",{width:1280,height:860}, async p=>{ await p.locator("#slider").fill("30"); await p.check("#whole"); }],
  ["fan","dark",{width:1280,height:860}, async p=>{ await p.locator("#slider").fill("18"); }],
  ["lesson","light",{width:1280,height:860}, async p=>{ await p.locator("#slider").fill("8"); await p.check("#predict"); await p.click("#next"); await p.fill("#guess","3"); await p.keyboard.press("Enter"); }],
  ["lesson","light",{width:360,height:740}, async p=>{ await p.locator("#slider").fill("12"); }],
  ["own","light",{width:1280,height:860}, async p=>{ await p.locator("#slider").fill("8"); await p.click("#check"); }],
  ["ops","light",{width:1280,height:860}, async p=>{ await p.locator("#slider").fill("200"); }],
]) {
  await open(b, dir+name+".html", {colorScheme: scheme, viewport: vp, reducedMotion: "reduce"}, async page => { await act(page); await page.waitForTimeout(100); await page.screenshot({path:`/tmp/shots/q-${name}-${scheme}-${vp.width}.png`}); });
}
await b.close();
