"use strict";
// The drawing of a view: boxes and edges of SVG that can be pointed at, focused and chosen.

const LABEL = { most: 34, font: "600 13px system-ui, sans-serif", small: "700 11.5px system-ui, sans-serif" };
const AGAINST = 4; // how many legal imports it takes for an illegal one to run downwards
const measuring = document.createElement("canvas").getContext("2d");

/** How wide a text will be, in pixels. */
function textWidth(text, font) {
  measuring.font = font;
  return measuring.measureText(text).width;
}

function shortLabel(label) {
  if (label.length <= LABEL.most) return label;
  const half = Math.floor((LABEL.most - 1) / 2);
  return `${label.slice(0, half)}…${label.slice(-half)}`;
}

/** What a box says: its name, what it holds, and how many imports inside of it are illegal. */
function boxOf(node, where, inner) {
  const title = shortLabel(where === "outside" ? node.full : node.label);
  const bad = illegalOf(inner).length;
  const holds = node.kind === "package" ? counted(node.modules, "module") : node.kind === "external" ? "not of this project" : "";
  const lines = [holds, bad ? `✕ ${bad} illegal inside` : ""].filter(Boolean);
  const width = Math.max(textWidth(title, LABEL.font), ...lines.map((line) => textWidth(line, LABEL.small))) + 32;
  return { node, where, title, holds, bad, width: Math.max(64, Math.ceil(width)), height: 26 + 16 * lines.length };
}

/** Draw a view into `svg`. `edges` are those to be drawn; `act` has `open`, `choose` (an edge), `tell` (a module) and
 * `up`. Returns functions to mark what is chosen, to focus, and to measure. */
function drawView(svg, view, edges, act, widest) {
  const members = [...view.shown].map(([node, where]) => boxOf(node, where, view.inner.get(node) || []));
  const indexOf = new Map(members.map((box, index) => [box.node, index]));
  const among = view.edges.filter((edge) => indexOf.has(edge.from) && indexOf.has(edge.to));
  const wanted = new Set(edges);
  const plan = layeredLayout(
    members,
    among.map((edge) => ({
      from: indexOf.get(edge.from),
      to: indexOf.get(edge.to),
      weight: edge.imports.length - AGAINST * edge.illegal || 0.001, // below 0: what is illegal is to run upwards
      silent: !wanted.has(edge),
    })),
    widest,
  );
  const margin = 24;
  const size = { width: Math.ceil(plan.width) + 2 * margin, height: Math.ceil(plan.height) + 2 * margin };
  svg.setAttribute("viewBox", `${-margin} ${-margin} ${size.width} ${size.height}`);
  const lines = drawn("g", { class: "edges", role: "group", "aria-label": "Imports" });
  const plates = drawn("g", { class: "plates", "aria-hidden": "true" });
  const [hints, hintTotals] = [1, 2].map(() => drawn("g", { class: "hints", "aria-hidden": "true" }));
  const boxes = drawn("g", { class: "boxes", role: "group", "aria-label": "Packages and modules" });
  svg.replaceChildren(markers(), lines, plates, hints, boxes, hintTotals);

  const taken = [];
  const drawnEdges = new Map(); // an edge has its line and its plate, which lies above all lines
  among.forEach((edge, index) => {
    const route = plan.routes[index];
    if (!route) return;
    const plate = plateOf(edge, labelSpot(route, edge, taken), act);
    const mark = (name, on) => [line, plate].forEach((one) => one.classList.toggle(name, on));
    const line = edgeLine(edge, pathOf(route), act, (on) => mark("near", on));
    drawnEdges.set(edge, { line, plate, mark });
  });
  for (const { line, plate } of [...drawnEdges.values()].reverse()) {
    lines.append(line); // what is illegal is first among the edges, and is to lie above the others
    plates.append(plate);
  }

  const hidden = among.filter((edge) => !wanted.has(edge));
  const light = (node) => {
    svg.classList.toggle("pointed", node !== null);
    for (const [edge, { mark }] of drawnEdges) mark("lit", node !== null && (edge.from === node || edge.to === node));
    for (const one of [hints, hintTotals]) one.replaceChildren();
    if (node === null) return;
    for (const edge of hidden) {
      if (edge.from !== node && edge.to !== node) continue;
      const [from, to] = [edge.from, edge.to].map((one) => plan.boxes[indexOf.get(one)]);
      const line = direct(from, to);
      hints.append(drawn("path", { class: "line", d: line.path, "marker-end": "url(#arrow)" }));
      hintTotals.append(...plateParts(edge, { ...line.middle, width: textWidth(edgeLabel(edge), LABEL.small) + 8 }));
    }
  };
  const drawnBoxes = new Map();
  const asRead = members.map((_, index) => index).sort((a, b) => {
    return plan.boxes[a].y - plan.boxes[b].y || plan.boxes[a].x - plan.boxes[b].x;
  });
  for (const index of asRead) {
    const shape = boxShape(members[index], plan.boxes[index], act, light);
    drawnBoxes.set(members[index].node, shape);
    boxes.append(shape);
  }
  roving([...drawnBoxes.values()], asRead.map((index) => plan.boxes[index]));
  roving([...drawnEdges.values()].map(({ line }) => line), null);
  return {
    size,
    mark: (edge, node) => {
      for (const [one, { mark }] of drawnEdges) mark("chosen", one.key === edge?.key);
      for (const [one, shape] of drawnBoxes) shape.classList.toggle("chosen", one === node);
    },
    focus: (node) => (drawnBoxes.get(node) || boxes.querySelector("[tabindex='0']"))?.focus(),
  };
}

function markers() {
  const arrow = (id) =>
    drawn(
      "marker",
      { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" },
      drawn("path", { d: "M0,0.5 L8,4 L0,7.5 z" }),
    );
  return drawn("defs", null, arrow("arrow"), arrow("arrow-illegal"));
}

function boxShape(box, at, act, light) {
  const { node, where, bad } = box;
  const opens = node.kind === "package";
  const said = [
    where === "outside" || node.kind === "external" ? node.full : node.label,
    opens ? `package, ${box.holds}` : node.kind,
    where === "outside" ? "outside of this view" : "",
    bad ? `${counted(bad, "illegal import")} inside` : "",
    opens ? "opens" : "",
  ];
  const corner = 7;
  const shape = drawn(
    "g",
    {
      class: `box ${node.kind} ${where}${bad ? " bad" : ""}`,
      role: "button",
      tabindex: "-1",
      transform: `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})`,
      "aria-label": said.filter(Boolean).join(", "),
      "data-name": node.full,
      onclick: () => (opens ? act.open(node) : act.tell(node)),
      onkeydown: (event) => pressed(event, () => (opens ? act.open(node) : act.tell(node)), act.up),
      onpointerenter: () => light(node),
      onpointerleave: () => light(null),
      onfocus: (event) => event.target.matches(":focus-visible") && light(node),
      onblur: () => light(null),
    },
    drawn("title", null, node.full || node.label),
    opens ? drawn("rect", { class: "behind", x: 4, y: 4, width: at.width, height: at.height, rx: corner }) : [],
    drawn("rect", { class: "face", width: at.width, height: at.height, rx: corner }),
    drawn("text", { class: "title", x: at.width / 2, y: 18 }, box.title),
    box.holds ? drawn("text", { class: "holds", x: at.width / 2, y: 34 }, box.holds) : [],
    bad ? drawn("text", { class: "inside-illegal", x: at.width / 2, y: box.holds ? 50 : 34 }, `✕ ${bad} illegal inside`) : [],
  );
  return shape;
}

/** `12`, or `12 · ✕ 2 onion` where the contract `onion` forbids two of these. */
function edgeLabel(edge) {
  if (!edge.illegal) return `${edge.imports.length}`;
  const [first, ...more] = contractsOf(edge.imports);
  const name = first.length > 16 ? `${first.slice(0, 15)}…` : first;
  return `${edge.imports.length} · ✕ ${edge.illegal} ${name}${more.length ? ` +${more.length}` : ""}`;
}

function edgeTitle(edge) {
  const illegal = edge.illegal ? `, ${edge.illegal} illegal (${contractsOf(edge.imports).join(", ")})` : "";
  return `${edge.from.full} imports ${edge.to.full}: ${counted(edge.imports.length, "import")}${illegal}`;
}

function edgeLine(edge, path, act, near) {
  return drawn(
    "g",
    {
      class: `edge${edge.illegal ? " illegal" : ""}${edge.outside ? " outside" : ""}`,
      role: "button",
      tabindex: "-1",
      "aria-label": edgeTitle(edge),
      "data-from": edge.from.full,
      "data-to": edge.to.full,
      onclick: () => act.choose(edge),
      onkeydown: (event) => pressed(event, () => act.choose(edge), act.up),
      onpointerenter: () => near(true),
      onpointerleave: () => near(false),
      onfocus: () => near(true),
      onblur: () => near(false),
    },
    drawn("title", null, edgeTitle(edge)),
    drawn("path", { class: "grip", d: path }),
    drawn("path", { class: "line", d: path, "marker-end": edge.illegal ? "url(#arrow-illegal)" : "url(#arrow)" }),
  );
}

function plateOf(edge, spot, act) {
  return drawn(
    "g",
    {
      class: `plate${edge.illegal ? " illegal" : ""}`,
      "data-from": edge.from.full,
      "data-to": edge.to.full,
      onclick: () => act.choose(edge),
    },
    drawn("title", null, edgeTitle(edge)),
    plateParts(edge, spot),
  );
}

/** The total of an edge, with what keeps lines from running through it. */
function plateParts(edge, { x, y, width }) {
  const place = { x: (x - width / 2).toFixed(1), y: (y - 8).toFixed(1), width: width.toFixed(1), height: 16, rx: 4 };
  return [
    drawn("rect", place),
    drawn("text", { class: "total", x: x.toFixed(1), y: (y + 4).toFixed(1) }, edgeLabel(edge)),
  ];
}

function pressed(event, enter, up) {
  if (event.key === "Enter" || event.key === " ") enter();
  else if (event.key === "Escape" || event.key === "Backspace") up();
  else return;
  event.preventDefault();
}

/** One of several elements is a stop of the tab key; arrow keys go to the others. With places they go to the nearest
 * in that direction, without to the next. */
function roving(shapes, places) {
  if (!shapes.length) return;
  shapes[0].setAttribute("tabindex", "0");
  const centre = (index) => ({ x: places[index].x + places[index].width / 2, y: places[index].y + places[index].height / 2 });
  const next = (index, key) => {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    if (!places) return (index + (dx + dy) + shapes.length) % shapes.length;
    const here = centre(index);
    let best = index;
    let least = Infinity;
    for (let other = 0; other < shapes.length; other += 1) {
      const there = centre(other);
      const along = (there.x - here.x) * dx + (there.y - here.y) * dy;
      const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
      const far = along + 3 * aside * (dx ? 1 : 0.3);
      if (along > 4 && far < least) [best, least] = [other, far];
    }
    return best;
  };
  shapes.forEach((shape, index) => {
    shape.addEventListener("keydown", (event) => {
      if (!event.key.startsWith("Arrow")) return;
      event.preventDefault();
      const other = shapes[next(index, event.key)];
      shape.setAttribute("tabindex", "-1");
      other.setAttribute("tabindex", "0");
      other.focus();
    });
  });
}

/** The curves of a route: between rows they bend, past the boxes of a row they run straight. */
function curves(route) {
  const found = [];
  let from = route.points[0];
  for (const point of route.points.slice(1)) {
    found.push({ from, to: point });
    from = { x: point.x, y: point.through ?? point.y };
  }
  return found;
}

function pathOf(route) {
  const round = (number) => number.toFixed(1);
  const pieces = curves(route).map((curve) => {
    const { from, to } = route.upwards ? { from: curve.to, to: curve.from } : curve;
    const middle = round((from.y + to.y) / 2);
    return [from, `C${round(from.x)},${middle} ${round(to.x)},${middle} ${round(to.x)},${round(to.y)}`];
  });
  if (route.upwards) pieces.reverse();
  return pieces.map(([from, curve]) => `${"ML"[Number(curve !== pieces[0][1])]}${round(from.x)},${round(from.y)} ${curve}`).join(" ");
}

/** A place on the edge for its total that no other total has, if there is one. */
function labelSpot(route, edge, taken) {
  const width = textWidth(edgeLabel(edge), LABEL.small) + 8;
  const every = curves(route);
  const middle = (every.length - 1) / 2;
  const byMiddle = [...every].sort((a, b) => Math.abs(every.indexOf(a) - middle) - Math.abs(every.indexOf(b) - middle));
  let first = null;
  for (const share of [0.5, 0.36, 0.64, 0.24, 0.76]) {
    for (const { from, to } of byMiddle) {
      const bend = 3 * share * share - 2 * share * share * share; // where the control points stand at half the height
      const spot = { x: from.x + (to.x - from.x) * bend, y: bezier(from.y, to.y, share), width };
      first ??= spot;
      if (taken.every((one) => Math.abs(one.x - spot.x) > (one.width + width) / 2 || Math.abs(one.y - spot.y) > 15)) {
        taken.push(spot);
        return spot;
      }
    }
  }
  return first;
}

function bezier(start, end, share) {
  const rest = 1 - share;
  const middle = (start + end) / 2;
  return rest ** 3 * start + 3 * rest ** 2 * share * middle + 3 * rest * share ** 2 * middle + share ** 3 * end;
}

/** A line from box to box that takes no heed of what is between, and its middle. */
function direct(from, to) {
  const fx = from.x + from.width / 2;
  const tx = to.x + to.width / 2;
  const line = (fy, ty, bend) => ({
    path: `M${fx},${fy} C${fx},${bend} ${tx},${bend} ${tx},${ty}`,
    middle: { x: (fx + tx) / 2, y: (fy + ty + 6 * bend) / 8 },
  });
  const [bottom, under] = [from.y + from.height, to.y + to.height];
  if (to.y >= bottom) return line(bottom, to.y, (bottom + to.y) / 2);
  if (under <= from.y) return line(from.y, under, (from.y + under) / 2);
  return line(bottom, under, Math.max(bottom, under) + 40);
}
