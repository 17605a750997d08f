"use strict";
// What every page needs: its data, and elements out of texts. Markup out of strings is forbidden by the page's policy.

/** What the page was written with. */
function pageData() {
  return JSON.parse(document.getElementById("page-data").textContent);
}

/** An element of HTML. Attributes that are functions listen (`onclick`), false and null ones are left out; children are
 * nodes or texts. */
function element(tag, attributes, ...children) {
  return furnished(document.createElement(tag), attributes, children);
}

/** An element of SVG; otherwise as `element`. */
function drawn(tag, attributes, ...children) {
  return furnished(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function furnished(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat());
  return node;
}

/** `1 import`, `2 imports`. */
function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** A name of the repository: it keeps its letters to itself, whatever direction they run in, and breaks behind its parts. */
function named(text) {
  const parts = text.split(/(?<=[/.:])/).flatMap((part, index) => (index ? [element("wbr"), part] : [part]));
  return element("code", { class: "name" }, parts);
}

/** Whether the person uses the keyboard right now; then the focus has to go somewhere sensible. */
const byKeyboard = { now: false };
addEventListener("keydown", () => (byKeyboard.now = true), true);
addEventListener("pointerdown", () => (byKeyboard.now = false), true);
