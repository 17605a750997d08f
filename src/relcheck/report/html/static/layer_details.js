"use strict";
// What is told of an edge, a module or the open package: totals, and imports with their places and what forbids them.

const LISTED = 200; // imports in a list before it asks

function aboutEdge(edge) {
  return [
    element("h2", null, named(edge.from.full), " imports ", named(edge.to.full)),
    element("p", { class: "sum" }, totals(edge.imports)),
    ...opened(edge),
    importList(edge.imports),
  ];
}

function opened(edge) {
  const packages = [edge.from, edge.to].filter((node) => node.kind === "package");
  return packages.map((node) =>
    element("button", { type: "button", class: "action", onclick: () => openPackage(node) }, "Open ", named(node.full)),
  );
}

function aboutModule(node) {
  const out = tree.imports.filter((one) => one.from === node);
  const into = tree.imports.filter((one) => one.to === node);
  return [
    element("h2", null, named(node.full)),
    element("p", { class: "sum" }, node.path ? named(node.path) : "It has no file in this project."),
    ...listed("What it imports", out),
    ...listed("Who imports it", into),
  ];
}

function aboutPackage() {
  const { focus, totals: sums } = view;
  const every = [...sums.inside, ...sums.outof, ...sums.into];
  const bad = illegalOf(every);
  const fact = (name, value) => [element("dt", null, name), element("dd", null, value)];
  return [
    element("h2", null, focus.full ? named(focus.full) : "All packages"),
    element(
      "dl",
      { class: "facts" },
      fact("Modules", focus.modules.toLocaleString("en")),
      fact("Imports inside", totals(sums.inside)),
      focus.parent ? fact("To what is outside", totals(sums.outof)) : [],
      focus.parent ? fact("From outside", totals(sums.into)) : [],
    ),
    ...(bad.length
      ? [element("h3", { class: "alarm" }, `Illegal here: ${bad.length}`), importList(bad)]
      : [element("p", { class: "fine" }, tree.imports.some((one) => one.forbidden.length) ? "No contract forbids any import here." : "No contract forbids any of these imports.")]),
  ];
}

function listed(title, imports) {
  return imports.length ? [element("h3", null, `${title}: ${totals(imports)}`), importList(imports)] : [];
}

function totals(imports) {
  const bad = illegalOf(imports).length;
  return counted(imports.length, "import") + (bad ? `, ${bad} illegal` : "");
}

/** A list of imports, the illegal ones first, with the place of each. */
function importList(imports) {
  const sorted = [...illegalOf(imports), ...imports.filter((one) => !one.forbidden.length)];
  const list = element("ul", { class: "imports" });
  const more = (from) => {
    list.append(...sorted.slice(from, from + LISTED).map(importItem));
    const rest = sorted.length - from - LISTED;
    if (rest <= 0) return;
    const button = element("button", { type: "button", class: "action" }, `Show ${Math.min(rest, LISTED)} of ${rest} more`);
    const item = element("li", null, button);
    button.addEventListener("click", () => {
      item.remove();
      more(from + LISTED);
    });
    list.append(item);
  };
  more(0);
  return list;
}

function importItem(one) {
  return element(
    "li",
    { class: one.forbidden.length ? "illegal" : null },
    element("div", { class: "place" }, named(one.place)),
    one.forbidden.length
      ? one.forbidden.map(forbidding)
      : element("div", null, named(one.from.full), " imports ", named(one.to.full), one.manner ? ` (${one.manner})` : ""),
  );
}

/** What a contract says of an import, and the steps that lead on to what it forbids. */
function forbidding(said) {
  return element(
    "div",
    { class: "why" },
    element("span", { class: "badge" }, `✕ ${said.contract}`),
    said.accepted ? element("span", { class: "badge quiet" }, "in the baseline") : [],
    element("p", null, said.message),
    said.steps.length
      ? element("ol", { class: "steps" }, said.steps.map(([place, step]) => element("li", null, named(place), element("br"), step)))
      : [],
  );
}
