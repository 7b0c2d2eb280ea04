// Fails when the script of the first load is over its limit: the entry and all it imports statically, gzipped.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 250;
const built = process.argv[2] ?? "dist";
const manifest = JSON.parse(readFileSync(join(built, "manifest.json"), "utf8"));

function closure(key, seen = new Set()) {
  if (!seen.has(key)) {
    seen.add(key);
    for (const next of manifest[key].imports ?? []) closure(next, seen);
  }
  return seen;
}

const kilobytes = (key) => gzipSync(readFileSync(join(built, manifest[key].file))).length / 1000;
const first = [...closure("index.html")];
const total = first.reduce((sum, key) => sum + kilobytes(key), 0);
const later = Object.keys(manifest).filter((key) => manifest[key].file.endsWith(".js") && !first.includes(key));
for (const key of later) process.stdout.write(`later  ${kilobytes(key).toFixed(1).padStart(6)} KB  ${key}\n`);
process.stdout.write(`first  ${total.toFixed(1).padStart(6)} KB of ${LIMIT_KB} KB gzipped script\n`);
if (total > LIMIT_KB) {
  process.stderr.write("The first load is too large: import the page or the library lazily.\n");
  process.exit(1);
}
