// Pairs of colours on the page that are too close to each other, after WCAG 2.2: 4.5 for text (1.4.3), 3 for the lines that
// tell what is there (1.4.11). Returns sentences; none where all is well.
(() => {
  const channels = (colour) => {
    const numbers = colour.match(/[\d.]+/g).map(Number);
    return { rgb: numbers.slice(0, 3), alpha: numbers[3] ?? 1 };
  };
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).rgb.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (channels(colour).alpha === 1) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  let looked = 0;
  const judge = (what, ink, paper, least) => {
    looked += 1;
    const measured = ratio(ink, paper);
    if (measured < least) found.push(`${what}: ${measured.toFixed(2)} of ${ink} on ${paper}`);
  };
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(element);
    const name = `${element.tagName.toLowerCase()}.${element.getAttribute("class") || ""}`;
    const speaks = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (element instanceof SVGElement) {
      const plate = element.parentElement.tagName === "svg" ? null : element.parentElement.querySelector("rect.face, rect");
      const paper = plate ? getComputedStyle(plate).fill : behind(element.closest("svg").parentElement);
      if (element.tagName === "text") judge(`${name} ${element.textContent}`, style.fill, paper, 4.5);
      if (["line", "face"].includes(element.getAttribute("class"))) {
        judge(name, style.stroke, behind(element.closest("svg").parentElement), 3);
      }
    } else if (speaks && !["SCRIPT", "STYLE", "NOSCRIPT", "OPTION"].includes(element.tagName)) {
      judge(`${name} ${element.textContent.slice(0, 20)}`, style.color, behind(element), 4.5);
    }
    if (["INPUT", "SELECT", "BUTTON"].includes(element.tagName) && parseFloat(style.borderTopWidth) > 0) {
      judge(name, style.borderTopColor, behind(element.parentElement), 3);
    }
  }
  if (looked < 20) found.push(`only ${looked} pairs were looked at`);
  return found;
})();
