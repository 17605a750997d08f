"use strict";
// A layered drawing of a directed graph (Sugiyama, Tagawa and Toda, 1981): edges run downwards, but for those that close
// a cycle. The same graph gets the same drawing: nothing is random, and ties go by the order in which things are given.

const GAP = { row: 64, close: 36, node: 28, edge: 16 };

const MOST_SIFTED = 400;
const MOST_BENDS = 12000; // beyond, an edge runs straight behind the boxes of the rows between

/** Where nodes ({width, height}) and edges ({from, to: indices, weight, silent}) go. An edge whose weight is below 0 wants
 * to run upwards; a silent one has a say in the rows, and no route. `boxes` are the upper left corners and sizes of nodes;
 * a route is its points from top to bottom and whether the edge runs against them. */
function layeredLayout(nodes, edges, widest) {
  const touched = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
  const connected = nodes.map((_, index) => index).filter((index) => touched.has(index));
  const position = new Map(flowOrder(connected, edges).map((node, index) => [node, index]));
  const downwards = edges.map((edge) => (position.get(edge.from) < position.get(edge.to) ? edge : turned(edge)));
  const rows = rowsOf(connected, downwards, position, nodes, widest);
  const { layers, chains } = withBends(rows, downwards, nodes);
  untangle(layers);
  spread(layers);
  const boxes = [];
  const silent = edges.filter((edge) => edge.silent).length;
  const gap = 2 * silent > edges.length ? GAP.close : GAP.row;
  let y = 0;
  for (const layer of layers) {
    const top = y;
    const height = Math.max(...layer.map((item) => item.height));
    for (const item of layer) Object.assign(item, { top, bottom: top + height });
    y += height + gap;
  }
  if (layers.length) y -= gap;
  for (const item of layers.flat()) {
    if (item.node === null) continue;
    const inset = (item.bottom - item.top - item.height) / 2;
    boxes[item.node] = { x: item.x - item.width / 2, y: item.top + inset, width: item.width, height: item.height };
  }
  const left = least(layers.flat().map((item) => item.x - item.width / 2));
  for (const box of boxes) if (box) box.x -= left;
  for (const item of layers.flat()) item.x -= left;
  placeAlone(nodes, touched, boxes, y, widest);
  const routes = chains.map((chain, index) => chain && { points: [], upwards: downwards[index].turned === true, chain });
  ports(routes.filter(Boolean), boxes);
  const right = most([...boxes.map((box) => box.x + box.width), ...layers.flat().map((item) => item.x)]);
  return { boxes, routes, width: right, height: most(boxes.map((box) => box.y + box.height)) };
}

function turned(edge) {
  return { ...edge, from: edge.to, to: edge.from, turned: true };
}

/** The largest of some numbers above 0; Math.max takes no more than a stack holds. */
function most(numbers) {
  return numbers.reduce((one, other) => Math.max(one, other), 0);
}

/** The least of some numbers; 0 of none. */
function least(numbers) {
  return numbers.length ? numbers.reduce((one, other) => Math.min(one, other)) : 0;
}

/** The nodes in an order against which little runs. */
function flowOrder(nodes, all) {
  const edges = all.map((edge) => (edge.weight < 0 ? { from: edge.to, to: edge.from, weight: -edge.weight } : edge));
  const order = greedyOrder(nodes, edges);
  return nodes.length <= MOST_SIFTED ? sifted(order, edges) : order;
}

/** Move each node to where the least runs against it, for as long as that helps. */
function sifted(order, edges) {
  const between = new Map(order.map((node) => [node, new Map()])); // what is lost by standing behind the other
  const add = (node, other, weight) => between.get(node).set(other, (between.get(node).get(other) || 0) + weight);
  for (const edge of edges) {
    add(edge.from, edge.to, edge.weight);
    add(edge.to, edge.from, -edge.weight);
  }
  for (let pass = 0, moved = true; moved && pass < 12; pass += 1) {
    moved = false;
    for (const node of [...order]) {
      const here = order.indexOf(node);
      const losses = between.get(node);
      let [best, least] = [here, -1e-9];
      for (let at = here - 1, gain = 0; at >= 0; at -= 1) {
        gain -= losses.get(order[at]) || 0;
        if (gain < least) [best, least] = [at, gain];
      }
      for (let at = here + 1, gain = 0; at < order.length; at += 1) {
        gain += losses.get(order[at]) || 0;
        if (gain < least) [best, least] = [at, gain];
      }
      if (best === here) continue;
      order.splice(here, 1);
      order.splice(best, 0, node);
      moved = true;
    }
  }
  return order;
}

/** A good order to begin with (Eades, Lin and Smyth, 1993). */
function greedyOrder(nodes, edges) {
  const into = new Map(nodes.map((node) => [node, 0]));
  const outof = new Map(nodes.map((node) => [node, 0]));
  const near = new Map(nodes.map((node) => [node, []]));
  for (const edge of edges) {
    outof.set(edge.from, outof.get(edge.from) + edge.weight);
    into.set(edge.to, into.get(edge.to) + edge.weight);
    near.get(edge.from).push(edge);
    near.get(edge.to).push(edge);
  }
  const left = new Set(nodes);
  const first = [];
  const last = [];
  const tiny = 1e-9;
  const take = (node, list) => {
    left.delete(node);
    list.push(node);
    for (const edge of near.get(node)) {
      if (edge.from === node) into.set(edge.to, into.get(edge.to) - edge.weight);
      else outof.set(edge.from, outof.get(edge.from) - edge.weight);
    }
  };
  while (left.size) {
    let taken = false;
    for (const node of [...left]) if (outof.get(node) < tiny) (taken = true), take(node, last);
    for (const node of [...left]) if (into.get(node) < tiny) (taken = true), take(node, first);
    if (taken) continue;
    let best = null;
    for (const node of left) {
      if (best === null || outof.get(node) - into.get(node) > outof.get(best) - into.get(best) + tiny) best = node;
    }
    take(best, first);
  }
  return [...first, ...last.reverse()];
}

/** Rows of nodes, the importers above; a row that is too wide is two. */
function rowsOf(nodes, edges, position, sizes, widest) {
  const below = new Map(nodes.map((node) => [node, []]));
  const above = new Map(nodes.map((node) => [node, []]));
  for (const edge of edges) {
    below.get(edge.from).push(edge.to);
    above.get(edge.to).push(edge.from);
  }
  const ordered = [...nodes].sort((a, b) => position.get(a) - position.get(b));
  const height = new Map();
  for (const node of [...ordered].reverse()) {
    height.set(node, Math.max(-1, ...below.get(node).map((one) => height.get(one))) + 1);
  }
  // Whoever is imported more than it imports goes up to its importers, which shortens the edges.
  for (const node of ordered) {
    if (above.get(node).length > below.get(node).length) {
      height.set(node, Math.min(...above.get(node).map((one) => height.get(one))) - 1);
    }
  }
  const rows = [];
  const levels = [];
  for (const node of ordered) (levels[height.get(node)] ??= []).push(node);
  for (const level of levels.reverse()) {
    let row = [];
    let width = 0;
    for (const node of level || []) {
      if (row.length && width + sizes[node].width > widest) {
        rows.push(row);
        row = [];
        width = 0;
      }
      row.push(node);
      width += sizes[node].width + GAP.node;
    }
    if (row.length) rows.push(row);
  }
  return rows;
}

/** The rows as items, with a bend in each row that an edge passes. */
function withBends(rows, edges, sizes) {
  const rowOf = new Map();
  const items = new Map();
  const layers = rows.map((row, index) =>
    row.map((node) => {
      rowOf.set(node, index);
      const item = { node, width: sizes[node].width, height: sizes[node].height, x: 0, up: [], down: [] };
      items.set(node, item);
      return item;
    }),
  );
  const span = (edge) => (edge.silent ? 0 : rowOf.get(edge.to) - rowOf.get(edge.from) - 1);
  const straight = edges.reduce((sum, edge) => sum + span(edge), 0) > MOST_BENDS;
  const chains = edges.map((edge) => {
    if (edge.silent) return null;
    if (straight && span(edge)) return [items.get(edge.from), items.get(edge.to)];
    const chain = [items.get(edge.from)];
    for (let row = rowOf.get(edge.from) + 1; row < rowOf.get(edge.to); row += 1) {
      const bend = { node: null, width: 0, height: 0, x: 0, up: [], down: [] };
      layers[row].push(bend);
      chain.push(bend);
    }
    chain.push(items.get(edge.to));
    chain.slice(1).forEach((item, index) => {
      item.up.push(chain[index]);
      chain[index].down.push(item);
    });
    return chain;
  });
  return { layers, chains };
}

/** Order each row by the mean of its neighbours, down and up again, and keep the order with the fewest crossings. */
function untangle(layers) {
  const number = (layer) => layer.forEach((item, index) => (item.order = index));
  layers.forEach(number);
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(layers);
  for (let sweep = 0; sweep < 16 && fewest > 0; sweep += 1) {
    const downwards = sweep % 2 === 0;
    const turn = downwards ? layers : [...layers].reverse();
    for (const layer of turn) {
      for (const item of layer) {
        const near = downwards ? item.up : item.down;
        item.key = near.length ? near.reduce((sum, one) => sum + one.order, 0) / near.length : item.order;
      }
      layer.sort((a, b) => a.key - b.key || a.order - b.order);
      number(layer);
    }
    const crossed = crossings(layers);
    if (crossed < fewest) {
      fewest = crossed;
      best = layers.map((layer) => [...layer]);
    }
  }
  best.forEach((layer, index) => {
    layers[index].splice(0, layer.length, ...layer);
    number(layers[index]);
  });
}

/** How many pairs of edges cross between rows (Barth, Mutzel and Jünger, 2004). */
function crossings(layers) {
  let total = 0;
  for (const layer of layers) {
    const size = most(layer.flatMap((item) => item.down.map((one) => one.order))) + 1;
    const tree = new Array(size + 1).fill(0);
    let seen = 0;
    for (const item of layer) {
      const ends = item.down.map((one) => one.order).sort((a, b) => a - b);
      for (const end of ends) {
        let before = 0;
        for (let at = end + 1; at > 0; at -= at & -at) before += tree[at];
        total += seen - before;
      }
      for (const end of ends) {
        seen += 1;
        for (let at = end + 1; at <= size; at += at & -at) tree[at] += 1;
      }
    }
  }
  return total;
}

/** Draw each item to the mean of its neighbours without changing the order of its row. */
function spread(layers) {
  for (const layer of layers) align(layer, layer.map(() => 0));
  for (let sweep = 0; sweep < 14; sweep += 1) {
    const turn = sweep % 2 === 0 ? layers : [...layers].reverse();
    for (const layer of turn) {
      const wanted = layer.map((item) => {
        const near = sweep >= 10 ? [...item.up, ...item.down] : sweep % 2 === 0 ? item.up : item.down;
        return near.length ? near.reduce((sum, one) => sum + one.x, 0) / near.length : item.x;
      });
      align(layer, wanted);
    }
  }
}

/** The places nearest to the wanted ones that keep items apart: isotonic regression by pooling. */
function align(layer, wanted) {
  const offsets = [];
  let offset = 0;
  layer.forEach((item, index) => {
    if (index) {
      const before = layer[index - 1];
      const gap = item.node === null && before.node === null ? GAP.edge : GAP.node;
      offset += (before.width + item.width) / 2 + gap;
    }
    offsets.push(offset);
  });
  const pools = [];
  layer.forEach((item, index) => {
    const weight = item.node === null ? 3 : 1; // a straight edge is worth more than a centred box
    let pool = { sum: (wanted[index] - offsets[index]) * weight, weight, size: 1 };
    while (pools.length && pools.at(-1).sum / pools.at(-1).weight >= pool.sum / pool.weight) {
      const before = pools.pop();
      pool = { sum: before.sum + pool.sum, weight: before.weight + pool.weight, size: before.size + pool.size };
    }
    pools.push(pool);
  });
  let index = 0;
  for (const pool of pools) {
    for (let one = 0; one < pool.size; one += 1, index += 1) layer[index].x = pool.sum / pool.weight + offsets[index];
  }
}

/** What has no edge stands in rows below the rest. */
function placeAlone(nodes, touched, boxes, top, widest) {
  const room = Math.max(Math.min(widest, 900), most(boxes.map((box) => box.x + box.width)));
  let x = 0;
  let y = top ? top + GAP.row / 2 : 0;
  nodes.forEach((node, index) => {
    if (touched.has(index)) return;
    if (x && x + node.width > room) {
      x = 0;
      y += node.height + 18;
    }
    boxes[index] = { x, y, width: node.width, height: node.height };
    x += node.width + 18;
  });
}

/** The points of each route: edges leave and reach a box side by side, in the order of where they come from. */
function ports(routes, boxes) {
  const sides = new Map();
  const at = (box, side, route, towards) => {
    const key = `${box} ${side}`;
    if (!sides.has(key)) sides.set(key, []);
    sides.get(key).push({ route, towards });
  };
  for (const route of routes) {
    const { chain } = route;
    at(chain[0].node, "bottom", route, chain[1].x);
    at(chain.at(-1).node, "top", route, chain.at(-2).x);
  }
  for (const [key, ends] of sides) {
    const [node, side] = key.split(" ");
    const box = boxes[Number(node)];
    ends.sort((a, b) => a.towards - b.towards);
    const step = Math.min(18, (box.width - 24) / Math.max(ends.length - 1, 1));
    ends.forEach(({ route }, index) => {
      const x = box.x + box.width / 2 + (index - (ends.length - 1) / 2) * step;
      route[side] = { x, y: side === "top" ? box.y : box.y + box.height };
    });
  }
  for (const route of routes) {
    const bends = route.chain.slice(1, -1).map((bend) => ({ x: bend.x, y: bend.top, through: bend.bottom }));
    route.points = [route.bottom, ...bends, route.top];
  }
}
