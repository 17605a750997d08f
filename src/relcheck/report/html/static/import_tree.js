"use strict";
// Packages as a tree, and the imports between the members of one of them, added up.

/** The tree of what the page was written with. A node has `label`, `full` (its dotted name), `kind` (package, module,
 * external), `parent`, `children` and `modules`, the number of files below it. A package whose own file imports or is
 * imported has that file as a child. */
function importTree(data) {
  let number = 0;
  const add = (label, full, kind, parent) => {
    const node = { id: number, label, full, kind, parent, children: [], modules: 0, path: "" };
    number += 1;
    if (parent) parent.children.push(node);
    return node;
  };
  const root = add("All packages", "", "package", null);
  const byName = new Map([["", root]]);
  const place = (full) => {
    const known = byName.get(full);
    if (known) return known;
    const dot = full.lastIndexOf(".");
    const parent = place(full.slice(0, Math.max(dot, 0)));
    parent.kind = "package";
    const node = add(full.slice(dot + 1), full, "module", parent);
    byName.set(full, node);
    return node;
  };
  const used = new Set(data.imports.flatMap(([importer, imported]) => [importer, imported]));
  const listed = data.modules.map(([full]) => place(full));
  const leaves = listed.map((node, index) => {
    const path = data.paths[data.modules[index][1]] ?? "";
    let leaf = node;
    if (node.children.length && (path || used.has(index))) {
      leaf = add(path ? "__init__" : "(itself)", node.full, "module", node);
      node.children.unshift(node.children.pop());
    }
    node.path = leaf.path = path;
    for (let one = leaf; path && one; one = one.parent) one.modules += 1;
    return leaf;
  });
  leaves.push(...data.externals.map((name) => add(name, name, "external", root)));
  const imports = data.imports.map(([importer, imported, path, line, column, manner, forbidden], index) => ({
    index,
    from: leaves[importer],
    to: leaves[imported],
    place: `${data.paths[path]}:${line}:${column}`,
    manner: data.manners[manner],
    forbidden: (forbidden || []).map((one) => data.forbidden[one]),
  }));
  return { root, byName, imports };
}

/** A package and the packages that hold it, the outermost first. */
function lineage(node) {
  return node ? [...lineage(node.parent), node] : [];
}

/** What is to be seen of a package: its members, what is outside and has to do with them, and the edges, each with its
 * imports; those inside of a member are added up in `inner`. What is outside is as far away as it can be named by one
 * name beside the package. */
function viewOf(tree, focus) {
  const above = new Set(lineage(focus));
  const shown = new Map();
  const edges = new Map();
  const inner = new Map();
  for (const child of focus.children) if (child.kind !== "external") shown.set(child, "inside");
  const standsFor = (node) => {
    while (!above.has(node.parent)) node = node.parent;
    return node;
  };
  const totals = { inside: [], into: [], outof: [] };
  for (const one of tree.imports) {
    const from = standsFor(one.from);
    const to = standsFor(one.to);
    const inside = from.parent === focus && from.kind !== "external";
    const intoInside = to.parent === focus && to.kind !== "external";
    if (!inside && !intoInside) continue;
    (inside ? (intoInside ? totals.inside : totals.outof) : totals.into).push(one);
    if (from === to) {
      if (!inner.has(from)) inner.set(from, []);
      inner.get(from).push(one);
      continue;
    }
    const key = `${from.id} ${to.id}`;
    if (!edges.has(key)) edges.set(key, { key, from, to, imports: [], illegal: 0, outside: !(inside && intoInside) });
    const edge = edges.get(key);
    edge.imports.push(one);
    edge.illegal += one.forbidden.length ? 1 : 0;
    for (const node of [from, to]) if (!shown.has(node)) shown.set(node, "outside");
  }
  const byWeight = (a, b) => b.illegal - a.illegal || compare(a.from.full, b.from.full) || compare(a.to.full, b.to.full);
  return { focus, shown, edges: [...edges.values()].sort(byWeight), inner, totals };
}

function illegalOf(imports) {
  return imports.filter((one) => one.forbidden.length);
}

function contractsOf(imports) {
  return [...new Set(imports.flatMap((one) => one.forbidden.map((said) => said.contract)))].sort(compare);
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
