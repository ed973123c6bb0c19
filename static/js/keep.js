// Inside data-keep, what a person chose in a named field, and which folds they opened, survives the
// fragment's being fetched anew.

const chosen = new Map();
const folds = new Map();

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.name && field.closest("[data-keep]")) chosen.set(field.name, field.value);
});

// A toggle does not bubble.
document.addEventListener("toggle", ({ target }) => {
  if (target.id && target.isConnected && target.closest("[data-keep]")) folds.set(target.id, target.open);
}, true);

document.addEventListener("htmx:afterSwap", () => {
  for (const field of document.querySelectorAll("[data-keep] select[name]")) {
    const value = chosen.get(field.name);
    if ([...field.options].some((option) => option.value === value)) field.value = value;
  }
  for (const fold of document.querySelectorAll("[data-keep] details[id]")) {
    if (folds.has(fold.id)) fold.open = folds.get(fold.id);
  }
});
