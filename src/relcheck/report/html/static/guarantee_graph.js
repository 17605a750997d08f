"use strict";
// Guarantees on the left, their files in the middle, rules and tests on the right; lines between what hangs together.
// Within a column everything stands near the middle of what it is tied to, so that few lines cross.

const COLUMN = { width: 270, gap: 130, head: 34, height: 30, space: 10, letters: 36 };
const SWEEPS = 6;

/** Draw the entries. `open` is called with an entry that is chosen. */
function drawGuarantees(canvas, entries, open) {
  const { columns, edges } = guaranteeGraph(entries);
  untangleColumns(columns);
  const height = place(columns) + 8;
  const width = 3 * COLUMN.width + 2 * COLUMN.gap + 4;
  const lines = edges.map(drawnTie);
  const boxes = columns.flat().map((node) => drawnNode(node, open));
  const titles = ["Guarantees", "Code", "Rules and tests"].map((title, number) =>
    drawn("text", { class: "column-title", x: 4 + number * (COLUMN.width + COLUMN.gap), y: 18 }, title),
  );
  const svg = drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Arrow keys move, Enter shows the details" }, titles, lines, boxes);
  canvas.replaceChildren(svg, graphLegend());
  follow(svg, columns, edges);
}

function graphLegend() {
  const sample = (...shapes) => drawn("svg", { width: 34, height: 18, viewBox: "0 0 34 18", "aria-hidden": "true" }, shapes);
  const box = (kind) => drawn("g", { class: `node ${kind}` }, drawn("rect", { x: 1, y: 1, width: 32, height: 16, rx: 5 }));
  const line = (kind) => drawn("path", { class: `tie ${kind}`, d: "M0,9 H34" });
  const key = (...names) => names.map((name) => element("kbd", null, name));
  return element(
    "p",
    { class: "legend" },
    element("span", null, sample(box("guarantee")), "guarantee, with the colour of its status"),
    element("span", null, sample(box("bad")), "! gaps, a missing file, or tests that fail"),
    element("span", null, sample(box("rule")), "rule"),
    element("span", null, sample(line("bad")), "leads to what is not there"),
    element("span", null, key("←", "↑", "↓", "→"), " move, ", key("Enter"), " details"),
  );
}

/** Give each node its place, as near to what it is tied to on the left as those above it allow; returns the lowest end. */
function place(columns) {
  const step = COLUMN.height + COLUMN.space;
  let end = 0;
  columns.forEach((column, number) => {
    let free = COLUMN.head;
    column.forEach((node, index) => {
      const ties = node.ties.filter((other) => other.column < number);
      const wanted = ties.length ? ties.reduce((sum, other) => sum + other.y, 0) / ties.length : free;
      const latest = Math.max(free, end - (column.length - index) * step); // no column becomes longer for it
      node.x = 2 + number * (COLUMN.width + COLUMN.gap);
      node.y = number ? Math.min(Math.max(free, wanted), latest) : free;
      free = node.y + step;
    });
    end = Math.max(end, free);
  });
  return end;
}

function guaranteeGraph(entries) {
  const nodes = new Map();
  const columns = [[], [], []];
  const edges = [];
  const node = (column, key, made) => {
    if (!nodes.has(key)) {
      nodes.set(key, { key, column, ties: [], ...made });
      columns[column].push(nodes.get(key));
    }
    return nodes.get(key);
  };
  const tie = (from, to, bad) => {
    if (from.ties.includes(to)) return;
    from.ties.push(to);
    to.ties.push(from);
    edges.push({ from, to, bad });
  };
  for (const entry of entries) {
    const one = node(0, `g ${entry.number}`, { label: entry.guarantee, kind: "guarantee", entry, tone: entry.tone, bad: entry.gaps.length > 0 });
    const files = entry.places.map((place) => {
      const lost = place.state !== "file" && place.state !== "folder";
      const file = node(1, `f ${place.path}`, { label: place.path, kind: "file", bad: lost });
      tie(one, file, lost);
      return file;
    });
    const near = files.filter((file) => !file.bad);
    const proofs = [
      ...entry.rules.map(([name]) => node(2, `r ${name}`, { label: name, kind: "rule" })),
      ...entry.tests.map((test) => node(2, `t ${test.path}`, { label: test.path, kind: "test", bad: test.result === "failed" })),
    ];
    for (const proof of proofs) {
      if (proof.kind === "rule" || !near.length) tie(one, proof, proof.bad);
      else for (const file of near) tie(file, proof, proof.bad);
    }
  }
  columns[0].sort((one, other) => Number(!one.ties.length) - Number(!other.ties.length)); // what leads nowhere comes last
  return { columns, edges };
}

/** Each column by the middle of what its nodes are tied to, forth and back a few times; guarantees keep their order. */
function untangleColumns(columns) {
  const number = () => columns.forEach((column) => column.forEach((node, index) => (node.order = index)));
  number();
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const column of columns.slice(1)) {
      for (const node of column) {
        const others = node.ties.map((other) => other.order + other.column / 100);
        node.middle = others.length ? others.reduce((one, other) => one + other, 0) / others.length : node.order;
      }
      column.sort((one, other) => one.middle - other.middle || one.order - other.order);
      number();
    }
  }
}

function drawnTie(edge) {
  const x1 = edge.from.x + COLUMN.width;
  const y1 = edge.from.y + COLUMN.height / 2;
  const x2 = edge.to.x;
  const y2 = edge.to.y + COLUMN.height / 2;
  const bend = (x2 - x1) / 2;
  edge.line = drawn("path", { class: `tie${edge.bad ? " bad" : ""}`, d: `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}` });
  return edge.line;
}

function drawnNode(node, open) {
  const room = COLUMN.letters - (node.bad ? 3 : 0) - (node.tone ? 2 : 0);
  const label = node.label.length > room ? shortenedLabel(node, room - 1) : node.label;
  const said = `${NODE_KINDS[node.kind]} ${node.label}${node.bad ? BAD_NODES[node.kind] : ""}, tied to ${counted(node.ties.length, "other")}`;
  node.box = drawn(
    "g",
    { class: `node ${node.kind}${node.bad ? " bad" : ""}`, transform: `translate(${node.x},${node.y})`, tabindex: "-1", role: node.entry ? "button" : "img", "aria-label": said },
    drawn("title", null, node.label),
    drawn("rect", { width: COLUMN.width, height: COLUMN.height, rx: 6 }),
    node.tone ? drawn("circle", { class: `tone-${node.tone}`, cx: 15, cy: COLUMN.height / 2, r: 5 }) : "",
    drawn("text", { x: node.tone ? 27 : 12, y: COLUMN.height / 2 + 4.5 }, label),
    node.bad ? drawn("text", { class: "sign", x: COLUMN.width - 16, y: COLUMN.height / 2 + 5 }, "!") : "",
  );
  if (node.entry) node.box.addEventListener("click", () => open(node.entry));
  return node.box;
}

const NODE_KINDS = { guarantee: "Guarantee", file: "File", rule: "Rule", test: "Tests" };
const BAD_NODES = { guarantee: ", with gaps", file: ", missing", test: ", failed", rule: "" };

/** Of a path the end tells more, of a sentence the beginning. */
function shortenedLabel(node, room) {
  return node.kind === "guarantee" ? `${node.label.slice(0, room)}…` : `…${node.label.slice(-room)}`;
}

/** Light up what hangs together with the box that is pointed at or has the focus; arrow keys go to its neighbours. */
function follow(svg, columns, edges) {
  const every = columns.flat();
  const light = (node) => {
    const lit = node ? reached(node) : new Set();
    svg.classList.toggle("lit", Boolean(node));
    for (const one of every) one.box.classList.toggle("on", lit.has(one));
    for (const edge of edges) edge.line.classList.toggle("on", lit.has(edge.from) && lit.has(edge.to));
  };
  const focus = (node) => {
    for (const one of every) one.box.setAttribute("tabindex", one === node ? "0" : "-1");
  };
  if (every.length) focus(every[0]);
  for (const node of every) {
    node.box.addEventListener("pointerenter", () => light(node));
    node.box.addEventListener("pointerleave", () => light(null));
    node.box.addEventListener("focus", () => (focus(node), light(node)));
    node.box.addEventListener("blur", () => light(null));
    node.box.addEventListener("keydown", (event) => {
      const to = neighbour(columns, node, event.key);
      if ((event.key === "Enter" || event.key === " ") && node.entry) {
        event.preventDefault();
        node.box.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      } else if (to) {
        event.preventDefault();
        focus(to);
        to.box.focus();
      }
    });
  }
}

function neighbour(columns, node, key) {
  const column = columns[node.column];
  const at = column.indexOf(node);
  if (key === "ArrowDown") return column[at + 1];
  if (key === "ArrowUp") return column[at - 1];
  const side = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  return side ? node.ties.filter((other) => Math.sign(other.column - node.column) === side).sort((one, other) => Math.abs(one.y - node.y) - Math.abs(other.y - node.y))[0] : undefined;
}

/** The node, and what lies to the left and to the right of it along lines. */
function reached(node) {
  const found = new Set([node]);
  for (const side of [-1, 1]) {
    const waiting = [node];
    while (waiting.length) {
      const one = waiting.pop();
      for (const other of one.ties) {
        if (Math.sign(other.column - one.column) === side && !found.has(other)) {
          found.add(other);
          waiting.push(other);
        }
      }
    }
  }
  return found;
}
