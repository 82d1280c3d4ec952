// The first of these that is no selector, if there is one.
const nowhere = document.createDocumentFragment();
const isNone = (selector) => {
  try {
    nowhere.querySelector(selector);
    return false;
  } catch (error) {
    return error.name === "SyntaxError";
  }
};
return arguments[0].find(isNone) ?? null;
