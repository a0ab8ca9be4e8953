// Answers queries with newsgen's index, and with MiniSearch if MODULES has it; benchmarks/search.py calls it.
// node search.mjs SITE SCRIPT QUERIES [MODULES DOCUMENTS]: prints the numbers of the articles found, best first.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [site, script, queries, modules, documents] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const { find, SIZE } = await import(pathToFileURL(script));
const asked = read(queries);

const files = new Map();
let wire = 0, seen = new Set();
const get = async (path) => {
  if (!files.has(path)) {
    const data = readFileSync(`${site}/search/${path}`);
    files.set(path, { value: JSON.parse(data), size: gzipSync(data).length });
  }
  if (!seen.has(path)) seen.add(path), wire += files.get(path).size;
  return files.get(path).value;
};
const index = await get("index.json");
const sizes = [], times = [];
const own = async (query) => {
  seen = new Set(["index.json"]), wire = files.get("index.json").size;
  const start = performance.now();
  const { hits } = await find(index, get, query, { limit: 6 });
  const cards = await Promise.all(hits.map(({ shard, article }) => get(`${shard.name}/c${Math.floor(article / SIZE)}.json`)));
  times.push(performance.now() - start);
  sizes.push(wire);
  return hits.map(({ article }, i) => +cards[i].columns[4][article % SIZE].split("/").at(-2));
};

const found = { newsgen: [] };
for (const query of asked) found.newsgen.push(await own(query));
let mini;
if (modules) {
  const MiniSearch = createRequire(`${modules}/`)("minisearch");
  const fields = ["title", "excerpt", "labels"];
  mini = new MiniSearch({ fields, searchOptions: { boost: { title: 6 }, prefix: (_, i, all) => i === all.length - 1 } });
  mini.addAll(read(documents));
  found.minisearch = asked.map((query) => mini.search(query).slice(0, 8).map(({ id }) => id));
}
const sorted = (values) => [...values].sort((one, other) => one - other);
const at = (values, share) => sorted(values)[Math.floor(share * (values.length - 1))];
const size = { median: at(sizes, 0.5), most: at(sizes, 0.95), ms: at(times, 0.5), mini: mini ? gzipSync(JSON.stringify(mini)).length : 0 };
process.stdout.write(JSON.stringify({ found, size }));
