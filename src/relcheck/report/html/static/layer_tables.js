"use strict";
// The same as the drawing, as tables.

function tables() {
  const opener = (node) =>
    node.kind === "package"
      ? element("button", { type: "button", class: "link", onclick: () => openPackage(node) }, named(node.full))
      : named(node.full);
  const sums = new Map([...view.shown].map(([node]) => [node, { out: 0, into: 0, bad: illegalOf(view.inner.get(node) || []).length }]));
  for (const edge of view.edges) {
    sums.get(edge.from).out += edge.imports.length;
    sums.get(edge.from).bad += edge.illegal;
    sums.get(edge.to).into += edge.imports.length;
  }
  byId("table").replaceChildren(
    tableOf(
      "Imports",
      ["Importer", "Imported", "Imports", "Illegal", "Contracts", "Places"],
      view.edges.map((edge) => ({
        illegal: edge.illegal,
        cells: [
          opener(edge.from),
          opener(edge.to),
          edge.imports.length,
          edge.illegal,
          contractsOf(edge.imports).join(", "),
          element("button", { type: "button", class: "link", "aria-label": `Places of: ${edgeTitle(edge)}`, onclick: () => act.choose(edge) }, "show"),
        ],
      })),
    ),
    tableOf(
      "Packages and modules",
      ["Name", "Kind", "Modules", "Imports of others", "Imported by others", "Illegal"],
      [...view.shown].map(([node, where]) => ({
        illegal: sums.get(node).bad,
        cells: [
          opener(node),
          where === "outside" && node.kind !== "external" ? `${node.kind}, outside` : node.kind,
          node.modules,
          sums.get(node).out,
          sums.get(node).into,
          sums.get(node).bad,
        ],
      })),
    ),
  );
}

function tableOf(caption, heads, rows) {
  const numeric = (value) => typeof value === "number";
  const first = rows[0]?.cells || [];
  return element(
    "table",
    null,
    element("caption", null, `${caption}: ${rows.length}`),
    element("thead", null, element("tr", null, heads.map((head, index) => element("th", { scope: "col", class: numeric(first[index]) ? "number" : null }, head)))),
    element(
      "tbody",
      null,
      rows.map((row) =>
        element(
          "tr",
          { class: row.illegal ? "illegal" : null },
          row.cells.map((cell) => element("td", { class: numeric(cell) ? "number" : null }, numeric(cell) ? cell.toLocaleString("en") : cell)),
        ),
      ),
    ),
  );
}
