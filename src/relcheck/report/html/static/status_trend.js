"use strict";
// Rows by their status over time: a step for each day on which a document changed, and the same as a table.

const CHART = { width: 920, height: 300, left: 44, right: 16, top: 16, bottom: 34 };

function drawTrend(place, trend, statuses) {
  const points = trend.points;
  const parts = [element("h2", null, "Statuses over time")];
  const remarks = [];
  if (trend.cutOff) remarks.push("This clone has only a part of the history, so the trend begins late.");
  if (trend.leftOut) remarks.push(`${counted(trend.leftOut, "commit")} between these points left out.`);
  if (points.length < 2) {
    remarks.push(points.length ? "The documents have one state in the history so far." : "No matrix has a column for the status.");
  }
  if (remarks.length) parts.push(element("p", { class: "quiet" }, remarks.join(" ")));
  const used = [...statuses, { name: "", tone: "0" }].filter((status) => points.some((point) => point.counts[status.name]));
  if (points.length > 1) parts.push(element("div", { class: "canvas" }, trendChart(points, used)));
  if (points.length) parts.push(trendLegend(points, used), trendTable(points, used));
  place.replaceChildren(...parts);
}

function trendChart(points, statuses) {
  const times = points.map((point) => Date.parse(point.day));
  const span = times.at(-1) - times[0] || 1;
  const most = Math.max(1, ...points.map((point) => total(point)));
  const x = (time) => CHART.left + ((time - times[0]) / span) * (CHART.width - CHART.left - CHART.right);
  const y = (count) => CHART.height - CHART.bottom - (count / most) * (CHART.height - CHART.top - CHART.bottom);
  const below = points.map(() => 0);
  const areas = statuses.map((status) => {
    const lower = [...below];
    points.forEach((point, index) => (below[index] += point.counts[status.name] || 0));
    return drawn("path", { class: `area tone-${status.tone}`, d: steps(times, below, lower, x, y) }, drawn("title", null, status.name || "no status"));
  });
  const lines = ticks(most).map((count) =>
    drawn("g", { class: "tick" }, drawn("line", { x1: CHART.left, x2: CHART.width - CHART.right, y1: y(count), y2: y(count) }), drawn("text", { x: CHART.left - 8, y: y(count) + 4, "text-anchor": "end" }, String(count))),
  );
  const days = dayTicks(points).map((index) =>
    drawn("text", { class: "day", x: x(times[index]), y: CHART.height - 12, "text-anchor": index === 0 ? "start" : index === points.length - 1 ? "end" : "middle" }, points[index].day),
  );
  const label = `Rows by status from ${points[0].day} to ${points.at(-1).day}; the table below has the numbers`;
  return drawn("svg", { class: "chart", viewBox: `0 0 ${CHART.width} ${CHART.height}`, width: CHART.width, height: CHART.height, role: "img", "aria-label": label }, areas, lines, days);
}

function total(point) {
  return Object.values(point.counts).reduce((one, other) => one + other, 0);
}

/** A band between two lines of steps: a status holds until the next point. */
function steps(times, upper, lower, x, y) {
  const there = times.flatMap((time, index) => (index ? [[x(time), y(upper[index - 1])], [x(time), y(upper[index])]] : [[x(time), y(upper[0])]]));
  const back = times.flatMap((time, index) => (index ? [[x(time), y(lower[index - 1])], [x(time), y(lower[index])]] : [[x(time), y(lower[0])]])).reverse();
  return `M${[...there, ...back].map(([left, top]) => `${left.toFixed(1)},${top.toFixed(1)}`).join(" L")} Z`;
}

function ticks(most) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((one) => most / one <= 5) || most;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}

/** Days that have room for their names: the first, the last, and some between. */
function dayTicks(points) {
  const times = points.map((point) => Date.parse(point.day));
  const span = times.at(-1) - times[0] || 1;
  const shown = [0];
  for (let index = 1; index < points.length - 1; index += 1) {
    const far = (one, other) => Math.abs(times[one] - times[other]) / span > 0.14;
    if (far(index, shown.at(-1)) && far(index, points.length - 1)) shown.push(index);
  }
  return [...shown, points.length - 1];
}

function trendLegend(points, statuses) {
  const last = points.at(-1);
  return element(
    "ul",
    { class: "trend-legend", "aria-label": "Today" },
    statuses.map((status) => element("li", null, element("span", { class: `swatch tone-${status.tone}`, "aria-hidden": "true" }), `${status.name || "no status"} `, element("strong", null, String(last.counts[status.name] || 0)))),
  );
}

function trendTable(points, statuses) {
  const head = element("tr", null, element("th", { scope: "col" }, "Day"), element("th", { scope: "col" }, "Commit"), statuses.map((status) => element("th", { scope: "col", class: "number" }, status.name || "no status")));
  const rows = [...points].reverse().map((point) =>
    element("tr", null, element("th", { scope: "row" }, point.day), element("td", null, point.commit ? named(point.commit) : "today"), statuses.map((status) => element("td", { class: "number" }, String(point.counts[status.name] || 0)))),
  );
  return element("details", { class: "numbers", open: points.length < 2 }, element("summary", null, "The numbers"), element("table", null, element("thead", null, head), element("tbody", null, rows)));
}
