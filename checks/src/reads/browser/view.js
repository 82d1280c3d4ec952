// What the page shows now: of each selector (of the whole page where it is null) how many elements can
// be seen, and their text.
const [selectors, longest] = arguments;
const visible = (element) => element.getClientRects().length > 0;
const region = (selector) => {
  const all = selector === null ? [document.body] : [...document.querySelectorAll(selector)];
  const seen = all.filter((element) => element && visible(element));
  const texts = seen.slice(0, 1000).map((element) => element.innerText ?? element.textContent ?? "");
  return { seen: seen.length, text: texts.join("\n").slice(0, longest) };
};
return {
  url: location.href,
  title: document.title.slice(0, longest),
  status: performance.getEntriesByType("navigation")[0]?.responseStatus || null,
  regions: selectors.map(region),
};
