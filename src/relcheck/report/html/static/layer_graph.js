"use strict";
// The page of the import graph: which package is open, what is drawn of it, and what is told of what was chosen.

const MOST_DRAWN = 48; // edges that a drawing shows before it shows only some

const tree = importTree(pageData());
const byId = (id) => document.getElementById(id);
const state = { focus: beginning(tree), asked: "auto", outside: null, zoom: null, chosen: null, told: null };
let view = null;
let drawing = null;

/** The package to begin with: the first that has more than one member. */
function beginning({ root }) {
  let node = root;
  const members = (one) => one.children.filter((child) => child.kind !== "external");
  while (members(node).length === 1 && members(node)[0].kind === "package") [node] = members(node);
  return node;
}

/** Open a package; `told` is the member to tell of. */
function openPackage(node, told = null) {
  const came = state.focus;
  Object.assign(state, { focus: node, zoom: null, chosen: null, told });
  location.hash = `#/${encodeURIComponent(node.full)}`;
  show();
  const back = lineage(came).find((one) => one.parent === node);
  if (byKeyboard.now && !byId("graph").hidden) drawing.focus(told || back);
}

addEventListener("hashchange", () => {
  const node = fromHash();
  if (node && node !== state.focus) openPackage(node);
});

/** The package that the address names; null where it names none. */
function fromHash() {
  if (!location.hash.startsWith("#/")) return location.hash ? null : beginning(tree);
  try {
    const node = tree.byName.get(decodeURIComponent(location.hash.slice(2)));
    return node && node.kind === "package" ? node : null;
  } catch {
    return null; // not of our making
  }
}

function up() {
  if (state.focus.parent) openPackage(state.focus.parent);
}

const act = {
  open: (node) => openPackage(node),
  up,
  choose: (edge) => {
    Object.assign(state, { chosen: edge, told: null });
    tell();
    byId("said").textContent = `${edgeTitle(edge)}. They are listed in the details.`;
  },
  tell: (node) => {
    Object.assign(state, { chosen: null, told: node });
    tell();
    byId("said").textContent = `${node.full} is in the details.`;
  },
};

function show() {
  view = viewOf(tree, state.focus);
  crumbs();
  draw();
  tables();
  tell();
}

/** The edges to draw, and whether what is outside is among them where nothing illegal leads there. */
function selection() {
  const outside = state.outside ?? view.edges.length <= MOST_DRAWN;
  const all = outside ? view.edges : view.edges.filter((edge) => !edge.outside || edge.illegal);
  const few = state.asked === "all" || (state.asked === "auto" && all.length <= MOST_DRAWN);
  return { outside, edges: few ? all : all.filter((edge) => edge.illegal) };
}

function draw() {
  const { outside, edges } = selection();
  byId("outside").checked = outside;
  byId("drawn").value = state.asked;
  const touched = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
  const shown = new Map([...view.shown].filter(([node, where]) => where === "inside" || outside || touched.has(node)));
  const room = Math.max(byId("graph").clientWidth - 48, 480);
  drawing = drawView(byId("drawing"), { ...view, shown }, edges, act, Math.max(room, 900));
  byId("drawing").classList.toggle("crowded", edges.length > 1.5 * MOST_DRAWN);
  const wanted = new Set(edges);
  const missing = view.edges.filter((edge) => !wanted.has(edge) && shown.has(edge.from) && shown.has(edge.to)).length;
  const illegal = edges.filter((edge) => edge.illegal).length;
  const words = [
    `${counted([...shown.values()].filter((where) => where === "inside").length, "member")} of ${state.focus.full || "the project"}`,
    `${counted(edges.length, "edge")} drawn${illegal ? `, ${illegal} with illegal imports` : ""}`,
  ];
  if (missing) words.push(`${missing} more ${missing === 1 ? "is" : "are"} drawn when you point at a box`);
  byId("status").textContent = `${words.join("; ")}.`;
  zoom(state.zoom);
}

/** Show the drawing in a size; null is the largest that needs no scrolling sideways, within reason. */
function zoom(factor) {
  const { width, height } = drawing.size;
  const fitting = Math.min(1, Math.max(0.7, (byId("graph").clientWidth - 2) / width));
  state.zoom = factor;
  const scale = factor ?? fitting;
  byId("drawing").setAttribute("width", Math.round(width * scale));
  byId("drawing").setAttribute("height", Math.round(height * scale));
}

function crumbs() {
  const way = lineage(state.focus);
  byId("crumbs").replaceChildren(
    ...way.map((node) =>
      element(
        "li",
        null,
        node === state.focus
          ? element("span", { "aria-current": "page", class: "name" }, node.label)
          : element("button", { type: "button", class: "link name", onclick: () => openPackage(node) }, node.label),
      ),
    ),
  );
}

function tell() {
  drawing.mark(state.chosen, state.told);
  const node = state.told;
  const parts = state.chosen ? aboutEdge(state.chosen) : node ? aboutModule(node) : aboutPackage();
  byId("details").replaceChildren(...parts);
}

function redraw() {
  draw();
  tell();
}

byId("drawn").addEventListener("change", (event) => {
  state.asked = event.target.value;
  redraw();
});
byId("outside").addEventListener("change", (event) => {
  state.outside = event.target.checked;
  redraw();
});
byId("fit").addEventListener("click", () => zoom(null));
for (const [id, factor] of [["smaller", 0.8], ["larger", 1.25]]) {
  byId(id).addEventListener("click", () => {
    const now = Number(byId("drawing").getAttribute("width")) / drawing.size.width;
    zoom(Math.min(4, Math.max(0.2, now * factor)));
  });
}
for (const id of ["graph", "table"]) {
  byId(`as-${id}`).addEventListener("click", () => {
    for (const one of ["graph", "table"]) {
      byId(one).hidden = one !== id;
      byId(`as-${one}`).setAttribute("aria-pressed", String(one === id));
    }
    byId("drawing-tools").hidden = id !== "graph";
    byId("status").hidden = id !== "graph";
    if (id === "graph") redraw(); // what is hidden has no width to fit into
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input, select")) {
    event.preventDefault();
    byId("search").focus();
  }
});

state.focus = fromHash() || state.focus;
show();
