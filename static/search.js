// Search: finds articles in the files that newsgen writes below /search/. docs/search.md explains them.
// terms() has the same rules as newsgen/search/terms.py, weights and files are those of newsgen/search/index.py.
export const SHORT = 10, SIZE = 84, PER_FILE = 135, STEP = 2, LEVELS = 26, SATURATION = 3;
const LONGER = 0.8; // how much a longer word counts that begins with an unfinished one
const WORDS = 32; // words of a query that are looked for
const MARKS = /[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0640\u064b-\u065f\u0670]/g;
const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ł: "l", ı: "i", ς: "σ", ى: "ي" };
const UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\u{20000}-\u{3134f}";
const START = new RegExp(`^[${UNSPACED}]`, "u");
const RUN = new RegExp(`[${UNSPACED}]+|(?:(?![${UNSPACED}])[\\p{L}\\p{N}]|[\u0900-\u0963\u0966-\u0dff])+`, "gu");
const WRITTEN = new RegExp(`[${UNSPACED}]+|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}\u0640])+`, "gu"); // before folding

export const fold = (text) => text.normalize("NFKD").toLowerCase().replace(MARKS, "").normalize("NFC")
  .replace(/[ßæœøđłıςى]/g, (letter) => LETTERS[letter]);

// The terms of a text, each with its place in the folded text. `query` leaves out the last character of a run.
export const terms = (text, query) => {
  const found = [];
  for (const { 0: run, index } of text.matchAll(RUN)) {
    const letters = [...run];
    if (!START.test(run)) found.push({ term: letters.slice(0, SHORT).join(""), index, end: index + run.length });
    else {
      let at = index;
      letters.forEach((letter, i) => {
        const term = letter + (letters[i + 1] ?? "");
        if (letters[i + 1] || !query || letters.length === 1) found.push({ term, index: at, end: at + term.length });
        at += letter.length;
      });
    }
  }
  return found;
};

export const fileOf = (term, files) => {
  const letters = [...term].slice(0, START.test(term) ? 1 : 3);
  return letters.reduce((sum, letter) => 1009 * sum + letter.codePointAt(0), 0) % files;
};

// Add the articles of a list to `found`: a share of the level of each, if it is higher than the one there.
const mark = (list, { levels, articles }, share = 1) => {
  let number = 0, next = 0;
  for (let i = 0; i < list.length; i++) {
    const code = list.charCodeAt(i);
    if (code < 58) number = number * 10 + code - 48;
    else {
      const odd = code > 90, level = Math.ceil(share * (code - (odd ? 96 : 64)));
      next += 2 * number + odd;
      if (!levels[next]) articles.push(next);
      if (level > levels[next]) levels[next] = level;
      next += 1, number = 0;
    }
  }
};

// The articles of a shard that have a term, in any order, and the level of each article.
const read = async (shard, { term, prefix, group }, get) => {
  const found = { levels: new Uint8Array(shard.size), articles: [] };
  const lists = await get(`${shard.name}/t${fileOf(term, Math.ceil(shard.size / PER_FILE))}.json`);
  if (Object.hasOwn(lists, term)) mark(lists[term], found);
  else if (!group && term.length > 2) prefix = true;
  if (prefix) for (const key in lists) if (key.startsWith(term)) mark(lists[key], found, key === term ? 1 : LONGER);
  return found;
};

// What to look for: the words of a query, the last of which may be unfinished.
export const wanted = (query) => {
  const folded = fold(query), found = terms(folded, true), once = new Map();
  found.forEach(({ term, end }, i) => {
    const unfinished = i + 1 === found.length && end === folded.length;
    once.set(term, { term, prefix: unfinished && (term.length > 2 || START.test(term)) });
  });
  return [...once.values()].slice(0, WORDS);
};

// Find articles. Returns how many have all words, and the first `limit` of these, or of all that have some.
// `get` loads a file of the index; `index` is its index.json.
export const find = async (index, get, query, { limit = 10, newest = false, year = 0, groups = [] } = {}) => {
  const words = wanted(query), filters = groups.map((term) => ({ term, group: true }));
  if (!words.length && query.trim()) return { count: 0, hits: [] };
  const shards = index.shards.map(([name, months]) => ({ name, months, size: months.reduce((sum, month) => sum + month[2], 0) }))
    .filter((shard) => !year || shard.months.some((month) => month[0] === year));
  const found = await Promise.all(shards.map((shard) => Promise.all([...words, ...filters].map((word) => read(shard, word, get)))));
  const total = shards.reduce((sum, shard) => sum + shard.size, 0);
  const rarity = words.map((_, i) => {
    const count = found.reduce((sum, lists) => sum + lists[i].articles.length, 0);
    return count && Math.log(1 + (total - count + 0.5) / (count + 0.5));
  });
  const value = Array.from({ length: LEVELS + 1 }, (_, i) => i / (SATURATION * STEP + i));
  const now = shards.length ? Math.max(...shards.map((shard) => 12 * shard.months.at(-1)[0] + shard.months.at(-1)[1])) : 0;
  // How many words an article has, and 64 for each filter.
  const all = words.length + 64 * filters.length, ranked = shards.map((shard, s) => {
    const scores = new Float64Array(shard.size), has = new Uint8Array(shard.size);
    found[s].forEach(({ levels, articles }, i) => {
      for (const article of articles)
        if (i < words.length) scores[article] += rarity[i] * value[levels[article]], has[article] += 1;
        else has[article] += 64;
    });
    return { shard, scores, has };
  }).reverse();

  // Insert the articles that have so many words, newest first. Returns how many there are.
  const rank = (best, number) => {
    let count = 0;
    for (const { shard, scores, has } of ranked) {
      let end = shard.size;
      for (const [own, month, size] of [...shard.months].reverse()) {
        const start = end - size, here = has.subarray(start, end);
        // The browser's own search for a number is fast before this script is compiled.
        let place = year && own !== year ? -1 : here.lastIndexOf(number);
        for (; place >= 0; place = place ? here.lastIndexOf(number, place - 1) : -1) {
          const article = start + place, time = 12 * own + month - 1 + place / size;
          count += 1;
          if (newest || !words.length) insert(best, { shard, article, score: time, whole: number === all }, limit);
          else if (best.length < limit || scores[article] > best[limit - 1].score) {
            const recent = 1 - index.recency + index.recency * 0.5 ** ((now - time) / 12);
            insert(best, { shard, article, score: scores[article] * recent, whole: number === all }, limit);
          }
        }
        end = start;
      }
    }
    return count;
  };
  const hits = [], some = [], count = rank(hits, all);
  if (count < limit) for (let less = 1; less < words.length; less++) rank(some, all - less);
  return { count, hits: [...hits, ...some].slice(0, limit) };
};

const insert = (best, hit, limit) => {
  if (best.length === limit && best[limit - 1].score >= hit.score) return;
  let place = best.length;
  while (place && best[place - 1].score < hit.score) place -= 1;
  best.splice(place, 0, hit);
  if (best.length > limit) best.pop();
};

// The parts of a text that match the words, as pairs of places.
const matching = (text, words) => {
  const matches = (part) => terms(fold(part)).some(({ term }) =>
    words.some((word) => (word.prefix ? term.startsWith(word.term) : term === word.term)));
  const found = [];
  const add = (from, to) => (found.at(-1)?.[1] >= from ? found.at(-1)[1] = to : found.push([from, to]));
  for (const { 0: run, index } of text.matchAll(WRITTEN)) {
    if (!START.test(run)) {
      if (matches(run)) add(index, index + run.length);
      continue;
    }
    const letters = [...run], has = (part) => words.some(({ term }) => term === fold(part));
    let at = index;
    letters.forEach((letter, i) => {
      const pair = letter + (letters[i + 1] ?? "");
      if (has(pair)) add(at, at + pair.length);
      else if (has(letter)) add(at, at + letter.length);
      at += letter.length;
    });
  }
  return found;
};

// Add a text to an element, with the words marked.
const show = (element, text, words) => {
  let last = 0;
  for (const [from, to] of matching(text, words)) {
    element.append(text.slice(last, from), make("mark", {}, text.slice(from, to)));
    last = to;
  }
  element.append(text.slice(last));
};

const make = (name, values, ...children) => {
  const element = Object.assign(document.createElement(name), values);
  element.append(...children);
  return element;
};

const PAGE = 6; // results to show at first, and more on request

const start = (form) => {
  const { zone, index: folder } = form.dataset, base = new URL(folder, location);
  const language = document.documentElement.lang, site = document.title;
  const [status, list, more] = ["found", "results", "more"].map((name) => document.getElementById(`theme-${name}`));
  const box = form.elements.q, selects = [...form.querySelectorAll("[data-filter]")], details = form.querySelector("details");
  const select = Object.fromEntries(selects.map((each) => [each.dataset.filter, each]));
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: zone });
  const files = new Map();
  const get = (path) => {
    if (!files.has(path)) {
      const loading = fetch(new URL(path, base)).then((answer) => answer.ok ? answer.json() : Promise.reject(new Error(answer.status)));
      loading.catch(() => files.delete(path));
      files.set(path, loading);
    }
    return files.get(path);
  };

  const card = (block, number, words) => {
    const [title, excerpt, place, time, url, image, lang, video] = block.columns.map((column) => column[number]);
    const article = make("article"), link = make("a", { href: url }), meta = make("p", { className: "meta" });
    show(link, title, words);
    if (image) article.append(make("img", { src: image, alt: "", width: 3, height: 2, loading: "lazy", decoding: "async" }));
    article.append(make("h2", {}, link));
    if (excerpt) {
      const text = make("p", { className: "excerpt" });
      show(text, excerpt, words);
      article.append(text);
      if (lang) text.lang = lang;
    }
    if (lang) link.lang = lang;
    if (place >= 0) meta.append(make("span", { className: "source" }, block.sources[place]), " ");
    const when = new Date(1000 * time);
    meta.append(make("time", { dateTime: when.toISOString() }, date.format(when)));
    if (video) meta.append(" ", make("span", { className: "kind" }, list.dataset.video));
    article.append(meta);
    return article;
  };

  let turn = 0, limit = PAGE, filled = false, settled = false;
  const fill = async () => {
    if (filled) return;
    filled = true;
    const [groups, { shards }] = await Promise.all([get("groups.json"), get("index.json")]);
    const years = [...new Set(shards.flatMap(([, months]) => months.map(([year]) => year)))].reverse();
    const options = { topic: groups.topics, source: groups.sources, author: groups.authors, year: years.map((year) => [` ${year}`, year]) };
    for (const [name, all] of Object.entries(options)) {
      select[name].append(...all.map(([term, label]) => new Option(label, term.slice(1))));
      select[name].parentElement.hidden = all.length < 2;
    }
  };

  const update = async () => {
    const mine = ++turn, query = box.value.trim(), kinds = { topic: "#", source: "@", author: "~" };
    document.title = query ? `${query} – ${site}` : site;
    const groups = Object.entries(kinds).filter(([name]) => select[name].value).map(([name, sign]) => sign + select[name].value);
    const year = +select.year.value;
    if (!query && !groups.length && !year) {
      list.replaceChildren();
      status.textContent = "";
      more.hidden = true;
      return;
    }
    try {
      const index = await get("index.json");
      const { count, hits } = await find(index, get, box.value, { limit, newest: select.order.value === "newest", year, groups });
      const blocks = await Promise.all(hits.map(({ shard, article }) => get(`${shard.name}/c${Math.floor(article / SIZE)}.json`)));
      if (mine !== turn) return;
      const words = wanted(box.value), stories = make("div", { className: "stories" }), before = list.querySelectorAll("article").length;
      let some = false;
      hits.forEach((hit, i) => {
        if (!hit.whole && !some) {
          some = true;
          if (count) stories.append(make("p", { className: "meta" }, list.dataset.some));
        }
        stories.append(card(blocks[i], hit.article % SIZE, words));
      });
      list.replaceChildren(make("div", {}, stories));
      more.hidden = count <= hits.length;
      const number = new Intl.NumberFormat(language).format(count);
      const none = settled || query.length > 2 ? status.dataset.none : ""; // not at the first letters
      status.textContent = count ? status.dataset.found.replace("{number}", number) : none;
      if (!count && hits.length) status.textContent += ` ${list.dataset.some}:`;
      return before;
    } catch {
      if (mine === turn) status.textContent = status.dataset.failed;
    }
  };

  const address = () => {
    const url = new URL(base);
    if (box.value.trim()) url.searchParams.set("q", box.value.trim());
    for (const each of selects) if (each.value) url.searchParams.set(each.dataset.filter, each.value);
    return url;
  };
  const changed = (save) => {
    limit = PAGE;
    if (address().href !== location.href) history[save](null, "", address());
    return update();
  };
  const follow = async () => {
    const told = new URL(location).searchParams;
    box.value = told.get("q") ?? "";
    if (selects.some((each) => told.get(each.dataset.filter))) {
      details.open = true;
      await fill().catch(() => {});
    }
    for (const each of selects) each.value = [...each.options].some((option) => option.value === told.get(each.dataset.filter)) ? told.get(each.dataset.filter) : "";
    limit = PAGE;
    settled = box.value !== "";
    await update();
  };

  get("index.json").catch(() => {}); // it is there when the first word is typed
  form.noValidate = true; // filters need no words
  details.hidden = false;
  details.addEventListener("toggle", () => fill().catch(() => { filled = false; }));
  // Going back returns to the queries that were sent or followed, not to each letter.
  box.addEventListener("input", () => {
    changed(settled ? "pushState" : "replaceState");
    settled = false;
  });
  for (const each of selects) each.addEventListener("change", () => changed("pushState"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    settled = true;
    changed("pushState");
  });
  more.firstElementChild.addEventListener("click", async () => {
    limit += PAGE;
    const before = await update();
    list.querySelectorAll("article a")[before]?.focus();
  });
  addEventListener("popstate", follow);
  follow();
};

const form = globalThis.document?.getElementById("theme-search");
if (form) start(form);
