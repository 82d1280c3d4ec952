// What the page shows now: of each selector (of the whole page where it is null) how many elements can
// be seen, and their text.
const [selectors, longest] = arguments;
const find = (selector) => [...Document.prototype.querySelectorAll.call(document, selector)];
const visible = (element) =>
  element.getClientRects().length > 0 &&
  (element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) ?? true);

// `innerText` leaves out what has no box or is hidden, but not what is transparent: whatever has
// something transparent in it is read in its parts.
const transparent = find("*").filter((element) => getComputedStyle(element).opacity === "0");
const parted = new Set();
for (const element of transparent) {
  for (let above = element.parentElement; above && !parted.has(above); above = above.parentElement) {
    parted.add(above);
  }
}
const hasBox = (text) => {
  const range = document.createRange();
  range.selectNode(text);
  return range.getClientRects().length > 0;
};
const textOf = (node) => {
  if (node.nodeType === Node.TEXT_NODE) {
    const isShown = hasBox(node) && getComputedStyle(node.parentElement).visibility === "visible";
    return isShown ? node.data : "";
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  const { display, opacity } = getComputedStyle(node);
  if (display === "none" || opacity === "0") return "";
  const text = parted.has(node)
    ? [...node.childNodes].map(textOf).join("")
    : (node.innerText ?? node.textContent ?? "");
  return /^(inline|contents)/.test(display) ? text : `\n${text}\n`;
};

const region = (selector) => {
  const all = selector === null ? [document.body] : find(selector);
  const seen = all.filter((element) => element && visible(element));
  const texts = seen.slice(0, 1000).map(textOf);
  return { seen: seen.length, text: texts.join("\n").slice(0, longest) };
};
return {
  url: location.href,
  title: document.title.slice(0, longest),
  status: performance.getEntriesByType("navigation")[0]?.responseStatus || null,
  regions: selectors.map(region),
};
