"use strict";
// All that hangs on one guarantee, in the order of the chain.

function aboutGuarantee(entry, close) {
  const parts = [
    element(
      "header",
      null,
      element("h2", { id: "details-title" }, entry.guarantee),
      element("button", { type: "button", class: "close", "aria-label": "Close the details", onclick: close }, "×"),
    ),
    element(
      "p",
      { class: "quiet" },
      [entry.id, entry.status, entry.owner && `owner ${entry.owner}`, REVIEWS[entry.review]].filter(Boolean).join(" · ") || "No status",
    ),
  ];
  if (entry.gaps.length) {
    parts.push(section("Gaps", element("ul", { class: "gaps" }, entry.gaps.map((gap) => element("li", null, gap)))));
  }
  parts.push(section(counted(entry.rows.length, "row"), entry.rows.map(aboutRow)));
  if (entry.places.length) parts.push(section("Code", entry.places.map(aboutPlace)));
  if (entry.rules.length) {
    parts.push(
      section("Rules", element("ul", { class: "plain" }, entry.rules.map(([name, summary]) => element("li", null, named(name), " ", summary)))),
    );
  }
  if (entry.tests.length) parts.push(section("Tests", element("ul", { class: "plain" }, entry.tests.map(aboutTest))));
  if (entry.history.length > 1) {
    const steps = entry.history.map(([day, status]) => element("li", null, element("time", { datetime: day }, day), " ", status || "no status"));
    parts.push(section("History", element("ol", { class: "steps" }, steps)));
  }
  return parts;
}

const REVIEWS = { reviewed: "reviewed", suspect: "changed since it was reviewed", never: "never reviewed" };

function section(title, ...content) {
  return element("section", null, element("h3", null, title), ...content);
}

function aboutRow(row) {
  const cells = row.cells.flatMap(([title, value]) => [element("dt", null, title), element("dd", null, value)]);
  return element("div", { class: "row" }, named(row.at), element("dl", null, cells));
}

function aboutPlace(place) {
  const head = [named(place.path)];
  if (place.state !== "file") head.push(" ", element("span", { class: "chip bad" }, place.state));
  if (place.marker) head.push(element("span", { class: "quiet" }, " by its marker in ", named(place.marker)));
  if (place.problem) head.push(element("span", { class: "quiet" }, ` ${place.problem}`));
  const symbols = place.symbols.map(aboutSymbol);
  if (place.more) symbols.push(element("li", { class: "quiet" }, `and ${counted(place.more, "more symbol")}`));
  return element("div", { class: "place" }, element("div", null, head), symbols.length ? element("ul", { class: "symbols" }, symbols) : "");
}

function aboutSymbol(symbol) {
  const parts = [element("code", { class: "name" }, symbol.name), ` ${symbol.does}`];
  if (symbol.covered !== null) parts.push(element("span", { class: "quiet" }, ` · ${symbol.covered} % run by tests`));
  const callers = symbol.callers.map((one) => element("li", null, named(one)));
  if (symbol.moreCallers) callers.push(element("li", { class: "quiet" }, `and ${symbol.moreCallers} more`));
  if (callers.length) {
    parts.push(
      element("details", null, element("summary", null, `called ${counted(symbol.callers.length + symbol.moreCallers, "time")}`), element("ul", { class: "plain" }, callers)),
    );
  }
  return element("li", { class: `does-${symbol.verdict}` }, parts);
}

function aboutTest(test) {
  const result = test.result ? element("span", { class: test.result === "failed" ? "chip bad" : "chip quiet" }, `${test.result} (${test.count})`) : "";
  const failed = test.failed.length ? element("ul", { class: "plain" }, test.failed.map((name) => element("li", null, named(name)))) : "";
  return element("li", null, named(test.path), element("span", { class: "quiet" }, ` ${test.why} `), result, failed);
}
