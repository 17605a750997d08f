"use strict";
// The search for a package or a module.

const FOUND = 40; // names in the list

function matching(words) {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return [];
  const named = [...tree.byName.values()].filter((node) => node.full && `${node.full} ${node.path}`.toLowerCase().includes(wanted));
  const rank = (node) => (node.label.toLowerCase() === wanted ? 0 : node.label.toLowerCase().startsWith(wanted) ? 1 : 2);
  return named.sort((a, b) => rank(a) - rank(b) || a.full.length - b.full.length || compare(a.full, b.full));
}

function search() {
  const found = matching(byId("search").value);
  byId("found").replaceChildren(
    ...found.slice(0, FOUND).map((node, index) =>
      element("li", { role: "option", id: `found-${index}`, "aria-selected": "false", onpointerdown: () => visit(node) }, named(node.full), element("span", { class: "kind" }, node.kind)),
    ),
    ...(found.length > FOUND ? [element("li", { class: "rest" }, `and ${found.length - FOUND} more`)] : []),
    ...(found.length || !byId("search").value.trim() ? [] : [element("li", { class: "rest" }, "Nothing has this in its name or path.")]),
  );
  byId("found").hidden = !byId("search").value.trim();
  byId("search").setAttribute("aria-expanded", String(!byId("found").hidden));
  point(found.length ? 0 : -1);
  state.found = found;
}

function point(index) {
  state.pointed = index;
  [...byId("found").querySelectorAll("[role=option]")].forEach((item, at) => {
    item.setAttribute("aria-selected", String(at === index));
    if (at === index) item.scrollIntoView({ block: "nearest" });
  });
  if (index >= 0) byId("search").setAttribute("aria-activedescendant", `found-${index}`);
  else byId("search").removeAttribute("aria-activedescendant");
}

function visit(node) {
  byId("found").hidden = true;
  byId("search").setAttribute("aria-expanded", "false");
  byId("search").value = "";
  if (node.kind === "package") openPackage(node);
  else openPackage(node.parent, node);
}

byId("search").addEventListener("input", search);
byId("search").addEventListener("blur", () => (byId("found").hidden = true));
byId("search").addEventListener("keydown", (event) => {
  const last = Math.min((state.found || []).length, FOUND) - 1;
  if (event.key === "ArrowDown") point(Math.min(state.pointed + 1, last));
  else if (event.key === "ArrowUp") point(Math.max(state.pointed - 1, 0));
  else if (event.key === "Enter" && !byId("found").hidden && state.found[state.pointed]) visit(state.found[state.pointed]);
  else if (event.key === "Escape") byId("found").hidden = true;
  else return;
  event.preventDefault();
});
