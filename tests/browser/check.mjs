// Opens pages of the report in a real browser, from the disk, and judges them:
//
//   node check.mjs SCREENSHOTS PAGE…
//
// Each page, in light and dark and at three widths: nothing on the console, no
// request but for the page itself, no finding of axe (WCAG 2.2 AA, with all
// details open), no sideways scrolling, every link leads somewhere, and every
// section is in its PDF. Screenshots are kept. CHROMIUM names the browser.

import { readFile, mkdir, access, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inflateSync } from "node:zlib";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axeSource = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const WIDTHS = [320, 768, 1440];
const SECTIONS = ["answers", "trust", "results", "waiting", "computing", "remembering", "peers", "spread", "guide"];
// Beyond this, a screenshot of the whole page is too large for the browser.
const TALLEST = 16000;

const [screenshots, ...pages] = process.argv.slice(2);
if (!screenshots || pages.length === 0) {
  console.error("usage: node check.mjs SCREENSHOTS PAGE…");
  process.exit(2);
}
await mkdir(screenshots, { recursive: true });

const failures = [];
const fail = (where, what) => {
  failures.push(`${where}: ${what}`);
  console.error(`FAILED ${where}: ${what}`);
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // Its sandbox can't be had where tests run as root.
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});

async function openPage(file, options) {
  // axe is put into the page by the test; the page's own policy stays in force
  // for everything else, as the console would tell.
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const url = pathToFileURL(file).href;
  const name = `${basename(resolve(file, ".."))}/${basename(file)} ${JSON.stringify(options)}`;
  page.on("console", (message) => fail(name, `console: ${message.text()}`));
  page.on("pageerror", (error) => fail(name, `error: ${error.message}`));
  page.on("requestfailed", (request) => fail(name, `failed request: ${request.url()}`));
  page.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("data:")) fail(name, `request: ${request.url()}`);
  });
  await page.goto(url);
  return { context, page, name };
}

async function checkLinks(file, page, name) {
  const links = await page.$$eval("a[href], link[href]", (all) => all.map((link) => link.getAttribute("href")));
  const anchors = new Set(await page.$$eval("[id]", (all) => all.map((element) => element.id)));
  const files = new Set();
  for (const link of new Set(links)) {
    if (link.startsWith("#")) {
      if (!anchors.has(link.slice(1))) fail(name, `link to nowhere: ${link}`);
    } else if (!link.startsWith("data:")) {
      const target = new URL(link, pathToFileURL(file));
      if (target.protocol === "file:") files.add(fileURLToPath(target));
      else fail(name, `link to elsewhere: ${link}`);
    }
  }
  for (const target of files) {
    await access(target).catch(() => fail(name, `link to a file that is not there: ${target}`));
  }
}

async function checkAccessibility(page, name) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
  // Evaluated by the debugger, as a page without scripts allows none of its own.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), RULES);
  for (const violation of violations) {
    const places = violation.nodes.slice(0, 3).map((node) => `${node.target} (${node.failureSummary})`);
    fail(name, `axe, ${violation.id}: ${violation.help}; ${violation.nodes.length} places: ${places.join("; ")}`);
  }
}

async function checkWidth(page, width, name) {
  const [inner, content] = await page.evaluate(() => [window.innerWidth, document.documentElement.scrollWidth]);
  if (content > inner) fail(name, `scrolls sideways at ${width} px: ${content} px of content`);
}

// The headings of a PDF are in its text, which is drawn by glyph numbers; what
// names them is the document's outline.
async function checkPdf(page, name, headings, isTagged) {
  const pdf = await page.pdf({ format: "A4", outline: true, tagged: isTagged });
  const raw = pdf.toString("latin1");
  let text = raw;
  for (const match of raw.matchAll(/stream\r?\n/g)) {
    const start = match.index + match[0].length;
    const end = raw.indexOf("endstream", start);
    try {
      text += inflateSync(pdf.subarray(start, end)).toString("latin1");
    } catch {
      // Not compressed this way: fonts and pictures.
    }
  }
  const titles = [...text.matchAll(/\/Title\s*(\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]*>)/g)].map(([, title]) => {
    const bytes = title.startsWith("<")
      ? Buffer.from(title.slice(1, -1).replace(/\s/g, ""), "hex")
      : Buffer.from(title.slice(1, -1).replace(/\\(\d{3}|.)/g, (_, code) =>
          code.length === 3 ? String.fromCharCode(parseInt(code, 8)) : code), "latin1");
    if (bytes[0] === 0xfe && bytes[1] === 0xff) return Buffer.from(bytes.subarray(2)).swap16().toString("utf16le");
    return bytes.toString("latin1");
  });
  const said = titles.map((title) => title.replace(/\s+/g, " ").trim());
  for (const heading of headings) {
    if (!said.includes(heading)) fail(name, `the PDF lacks '${heading}'; it has ${said.slice(0, 12).join(", ")}`);
  }
  return pdf;
}

async function check(file) {
  const short = basename(file).replace(/\.html$/, "") === "index"
    ? basename(resolve(file, ".."))
    : basename(file, ".html");
  const start = Date.now();
  for (const colorScheme of ["light", "dark"]) {
    for (const width of WIDTHS) {
      const { context, page, name } = await openPage(file, { colorScheme, viewport: { width, height: 900 } });
      await checkWidth(page, width, name);
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.screenshot({ path: `${screenshots}/${short}-${colorScheme}-${width}.png`, fullPage: height < TALLEST, caret: "initial" });
      if (colorScheme === "light" && width === WIDTHS[0]) await checkLinks(file, page, name);
      // Contrast depends on the scheme, the size of targets on the width. Pages
      // with thousands of rows hold nothing that the others don't, and would
      // take minutes.
      const rows = (await page.$$("tr")).length;
      const isChecked = width === 1440 || (width === 320 && colorScheme === "light");
      if (isChecked && rows < 1500) {
        await checkAccessibility(page, name);
        await checkWidth(page, width, `${name}, details open`);
      }
      await context.close();
    }
  }
  const { context, page, name } = await openPage(file, { viewport: { width: 1440, height: 900 } });
  const headings = await page.$$eval("h2", (all) => all.map((heading) => heading.textContent.replace(/\s+/g, " ").trim()));
  if (headings.length !== SECTIONS.length) fail(name, `has ${headings.length} sections`);
  for (const section of SECTIONS) {
    if (!(await page.$(`section#${section}`))) fail(name, `lacks the section ${section}`);
  }
  const pdf = await checkPdf(page, name, headings, true);
  await writeFile(`${screenshots}/${short}.pdf`, pdf);
  await context.close();
  console.log(`${short}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

// Two at a time, as pages mostly keep one core busy each.
const unchecked = pages.map((page) => resolve(page));
const checkOneByOne = async () => {
  for (let file = unchecked.shift(); file; file = unchecked.shift()) await check(file);
};
await Promise.all([checkOneByOne(), checkOneByOne()]);

await browser.close();
if (failures.length > 0) {
  console.error(`${failures.length} failures`);
  process.exit(1);
}
console.log(`${pages.length} pages, nothing to complain about; screenshots in ${screenshots}`);
