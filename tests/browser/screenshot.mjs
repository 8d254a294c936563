// Makes the picture that README shows of a page:
//
//   node screenshot.mjs PAGE PICTURE
//
// CHROMIUM names the browser.

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [page, picture] = process.argv.slice(2);
if (!picture) {
  console.error("usage: node screenshot.mjs PAGE PICTURE");
  process.exit(2);
}
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const tab = await browser.newPage({ viewport: { width: 1120, height: 1180 } });
await tab.goto(pathToFileURL(resolve(page)).href);
await tab.screenshot({ path: picture, caret: "initial" });
await browser.close();
