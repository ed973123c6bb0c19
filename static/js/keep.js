// Inside data-keep, what a person chose in a field with an id, and which folds they opened, survives the
// fragment's being fetched anew.

const chosen = new Map();
const folds = new Map();

document.addEventListener("change", ({ target }) => {
  if (!target.id || !target.closest("[data-keep]")) return;
  chosen.set(target.id, target.type === "checkbox" ? target.checked : target.value);
});

// A toggle does not bubble.
document.addEventListener("toggle", ({ target }) => {
  if (target.id && target.isConnected && target.closest("[data-keep]")) folds.set(target.id, target.open);
}, true);

function put(field, value) {
  if (field.type === "checkbox") field.checked = value;
  else if ([...field.options].some((option) => option.value === value)) field.value = value;
}

document.addEventListener("htmx:afterSwap", () => {
  for (const field of document.querySelectorAll("[data-keep] :is(select, input[type=checkbox])[id]")) {
    if (chosen.has(field.id)) put(field, chosen.get(field.id));
  }
  for (const fold of document.querySelectorAll("[data-keep] details[id]")) {
    if (folds.has(fold.id)) fold.open = folds.get(fold.id);
  }
});
