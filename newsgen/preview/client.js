// The preview's script in the browser: it receives changes, updates the page in place, and shows errors and the bar, in a
// shadow tree that the site's styles do not reach.
"use strict";
(() => {
  let told = JSON.parse(document.currentScript.dataset.newsgen);
  let source; // the page as it was sent, without changes by scripts and readers
  const make = (tag, set = {}, ...inner) => {
    const element = Object.assign(document.createElement(tag), set);
    element.append(...inner);
    return element;
  };

  // Apply only the differences between `was` and `now` to `live`: focus, scroll and open details stay.
  const patch = (live, was, now) => {
    if (was.isEqualNode(now)) return;
    if (was.nodeName !== now.nodeName) return live.replaceWith(document.importNode(now, true));
    if (now.nodeType !== Node.ELEMENT_NODE) return void (live.data = now.data);
    for (const { name } of was.attributes) if (!now.hasAttribute(name)) live.removeAttribute(name);
    for (const { name, value } of now.attributes) if (was.getAttribute(name) !== value) live.setAttribute(name, value);
    patchChildren(live, [...was.childNodes], [...now.childNodes]);
  };
  const patchChildren = (parent, was, now) => {
    const live = [...parent.childNodes];
    if (live.length !== was.length || live.some((node, i) => node.nodeName !== was[i].nodeName))
      return parent.replaceChildren(...now.map((node) => document.importNode(node, true))); // a script changed it: the children cannot be matched
    while (was.length && now.length && was.at(-1).isEqualNode(now.at(-1))) was.pop(), now.pop();
    // Match each new child with an old one: equal or with the same id, else the next unmatched one of its kind.
    const key = (node) => (node.id ? "#" + node.id : node.outerHTML ?? node.nodeName + node.data);
    const left = was.map((node, i) => ({ i, key: key(node), node }));
    const take = (fits) => left.splice(left.findIndex(fits) >>> 0, 1)[0]?.i;
    const from = now.map((node) => take((one) => one.key === key(node)));
    now.forEach((node, n) => (from[n] ??= take((one) => one.node.nodeName === node.nodeName && !one.node.id && !node.id)));
    for (const one of left) live[one.i].remove();
    let next = parent.firstChild;
    now.forEach((node, n) => {
      const known = live[from[n]];
      if (known && known === next) next = next.nextSibling;
      else parent.insertBefore(known ?? document.importNode(node, true), next);
      if (known) patch(known, was[from[n]], node);
    });
  };
  const scripts = (page) => [...page.querySelectorAll("script:not([data-newsgen], [type$=json])")].map((one) => one.outerHTML).join();

  const morph = async () => {
    const answer = await fetch(location.href);
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").documentElement;
    const block = now.querySelector("script[data-newsgen]");
    if (!block || scripts(now) !== scripts(source)) return location.reload();
    for (const part of ["head", "body"]) patch(document[part], source.querySelector(part), now.querySelector(part));
    source = now;
    told = JSON.parse(block.dataset.newsgen);
    draw();
  };

  // Files that the page names without a digest: style sheets and images are requested again in place.
  const renew = (files, imports) => {
    const changed = (url) => url && files.includes(new URL(url, location).pathname);
    const anew = (element, name) => (element[name] = Object.assign(new URL(element[name]), { search: "newsgen=" + Date.now() }).href);
    const sheets = [...document.querySelectorAll("link[rel~=stylesheet]")].filter((sheet) => sheet.href.startsWith(location.origin));
    const named = sheets.filter((sheet) => changed(sheet.href));
    const imported = imports && !named.length && files.some((file) => file.endsWith(".css")); // imported by one of them
    for (const sheet of imported ? sheets : named) anew(sheet, "href");
    for (const image of document.images) if (changed(image.src)) anew(image, "src");
    if ([...document.scripts].some((one) => changed(one.src))) location.reload();
  };

  // A page that is hidden does not listen: a browser has six connections for a site.
  let events;
  const listen = () => {
    events?.close();
    if (document.hidden) return;
    events = new EventSource("/__newsgen/events?" + new URLSearchParams({ route: told.route, number: told.number }));
    events.onmessage = ({ data }) => {
      const before = told, news = JSON.parse(data);
      told = { ...told, ...news };
      const same = news.page === before.page;
      if (same) draw();
      else if (news.tag !== before.tag || !before.page) location.reload();
      else morph().catch(() => location.reload());
      renew(news.files, same);
    };
  };

  const link = (text, href) => make("a", href ? { href } : {}, text);
  const section = ({ severity, code, message, hint, file, line, column, source, edit }) =>
    make("section", { className: "problem " + severity },
      make("p", {}, link(file + (line ? `:${line}:${column}` : ""), edit), ` ${message} `, make("code", {}, code)),
      ...(source ? [make("pre", {}, `${source}\n${" ".repeat(Math.max(0, column - 1))}^`)] : []),
      ...(hint ? [make("p", { className: "hint" }, hint)] : []));
  const counted = (n, word) => (n ? [`${n} ${word}${n === 1 ? "" : "s"}`] : []);
  let closed = "", hidden = localStorage.getItem("newsgen-bar") === "off";
  const close = () => ((closed = JSON.stringify(told.problems)), draw());
  const toggle = () => ((hidden = !hidden), localStorage.setItem("newsgen-bar", hidden ? "off" : "on"), draw());
  const draw = () => {
    for (const one of document.links) {
      const badge = told.badges?.[one.getAttribute("href")];
      if (badge && one.textContent.trim()) one.dataset.newsgenBadge = badge;
      else delete one.dataset.newsgenBadge;
    }
    const parts = [];
    if (told.problems.length && closed !== JSON.stringify(told.problems))
      parts.push(make("div", { className: "overlay", role: "alert" }, ...told.problems.map(section),
        make("p", {}, told.page ? "Below is the page as it was last good. " : "", make("button", { title: "Escape", onclick: close }, "Close"))));
    const [errors, warnings] = told.counts;
    if (told.bar && !hidden)
      parts.push(make("div", { className: "bar" }, ...(told.badge ? [make("b", {}, told.badge)] : []),
        ...(told.made ?? []).map(([file, edit]) => link(file, edit)),
        ...(told.why ? [make("span", { title: told.why }, `${told.ms} ms: ${told.why}`)] : []),
        link([...counted(errors, "error"), ...counted(warnings, "warning")].join(", ") || "no problems", "/__newsgen/problems"),
        link("pages", "/__newsgen/pages"), make("button", { title: "Alt+N shows and hides this bar", onclick: toggle }, "×")));
    root.replaceChildren(make("link", { rel: "stylesheet", href: "/__newsgen/client.css" }), ...parts);
  };
  addEventListener("keydown", (event) => {
    if (event.altKey && event.code === "KeyN") toggle();
    else if (event.key === "Escape") close();
  });

  const host = make("newsgen-preview"), root = host.attachShadow({ mode: "open" });
  const begin = () => {
    source = document.documentElement.cloneNode(true);
    document.documentElement.append(make("link", { rel: "stylesheet", href: "/__newsgen/client.css" }), host);
    draw();
    listen();
    document.addEventListener("visibilitychange", listen);
  };
  document.addEventListener("readystatechange", begin, { once: true }); // everything is parsed, and no deferred script has run
})();
