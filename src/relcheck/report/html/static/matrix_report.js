"use strict";
// The state of the page: which view, what is searched for, which guarantee is open.

const data = pageData();
const byId = (id) => document.getElementById(id);
const rows = [...document.querySelectorAll("#matrix-table tbody tr")];
const entries = data.entries.map((entry, number) => ({ ...entry, number, row: rows[number], words: wordsOf(entry) }));
const state = { view: "matrix", open: null, drawn: null };

function wordsOf(entry) {
  return JSON.stringify([entry.guarantee, entry.id, entry.status, entry.owner, entry.rows, entry.places, entry.rules, entry.tests, entry.gaps]).toLowerCase();
}

function chosen() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const status = byId("status-filter").value;
  const gaps = byId("only-gaps").checked;
  return entries.filter((entry) => words.every((word) => entry.words.includes(word)) && (!status || entry.status === status) && (!gaps || entry.gaps.length));
}

function show() {
  const shown = chosen();
  const kept = new Set(shown);
  for (const entry of entries) entry.row.hidden = !kept.has(entry);
  byId("said").textContent = state.view === "trend" ? "" : shown.length === entries.length ? counted(shown.length, "guarantee") : `${shown.length} of ${counted(entries.length, "guarantee")}`;
  byId("nothing").hidden = state.view === "trend" || shown.length > 0;
  for (const view of ["matrix", "graph", "trend"]) byId(`as-${view}`).setAttribute("aria-pressed", String(state.view === view));
  byId("graph").hidden = state.view !== "graph" || !shown.length;
  byId("trend").hidden = state.view !== "trend";
  byId("filters").hidden = state.view === "trend";
  document.querySelector("#matrix > .scroll").hidden = state.view !== "matrix" || !shown.length;
  byId("matrix").hidden = state.view === "trend" || (state.view === "graph" && !state.open) || !shown.length;
  byId("matrix").classList.toggle("alone", state.view === "graph");
  if (state.view === "graph") drawGuarantees(byId("graph"), shown, open);
  if (state.view === "trend" && !state.drawn) {
    drawTrend(byId("trend"), data.trend, data.statuses);
    state.drawn = true;
  }
}

function open(entry) {
  const before = state.open;
  state.open = entry;
  for (const one of entries) {
    one.row.classList.toggle("chosen", one === entry);
    one.row.querySelector("button.guarantee").setAttribute("aria-expanded", String(one === entry));
  }
  const details = byId("details");
  details.hidden = !entry;
  details.replaceChildren(...(entry ? aboutGuarantee(entry, () => open(null)) : []));
  byId("matrix").classList.toggle("open", Boolean(entry));
  if (state.view === "graph") byId("matrix").hidden = !entry;
  if (entry) {
    if (byKeyboard.now || state.view === "graph") details.focus({ preventScroll: true });
    if (state.view === "matrix") entry.row.scrollIntoView({ block: "nearest" }); // rows above have become higher
    if (state.view === "graph") details.scrollIntoView({ block: "nearest" });
  } else if (before && state.view === "matrix") before.row.querySelector("button.guarantee").focus();
  history.replaceState(null, "", entry ? `#/${encodeURIComponent(entry.id || entry.guarantee)}` : "#/");
}

function fromAddress() {
  let name = "";
  try {
    name = decodeURIComponent(location.hash.replace(/^#\/?/, ""));
  } catch {
    return; // no address of ours
  }
  const entry = entries.find((one) => name && (one.id === name || one.guarantee === name));
  if (entry) open(entry);
}

for (const status of data.statuses) byId("status-filter").append(element("option", { value: status.name }, status.name));
for (const id of ["search", "status-filter", "only-gaps"]) byId(id).addEventListener("input", show);
for (const view of ["matrix", "graph", "trend"]) {
  byId(`as-${view}`).addEventListener("click", () => {
    state.view = view;
    show();
  });
}
for (const entry of entries) {
  const button = entry.row.querySelector("button.guarantee");
  button.addEventListener("click", () => open(state.open === entry ? null : entry));
  button.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const shown = entries.filter((one) => !one.row.hidden);
    const next = shown[shown.indexOf(entry) + step];
    if (next) {
      event.preventDefault();
      next.row.querySelector("button.guarantee").focus();
    }
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input, select")) {
    event.preventDefault();
    byId("search").focus();
  } else if (event.key === "Escape" && state.open) open(null);
});

show();
fromAddress();
