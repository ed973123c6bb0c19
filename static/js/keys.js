// An element with data-key="l" is pressed by that key: in the dialog that is open, else on the page.

const typing = "input:not([type=checkbox]), select, textarea, [contenteditable]";
const scope = () => [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
const isShown = (element) => element.checkVisibility?.() ?? true;

function target(key) {
  const named = [...scope().querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  return named.find((element) => isShown(element) && !element.closest("dialog:not([open])"));
}

document.addEventListener("keydown", (event) => {
  if (event.target.closest(typing)) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "z" || event.key === "u" && !event.ctrlKey) {
    document.dispatchEvent(new CustomEvent("undo"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.shiftKey && event.key !== "?" || event.repeat && !event.key.startsWith("Arrow")) return;
  const pressed = target(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
});

// A button with data-opens opens the dialog of that id.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-opens]");
  if (button) document.getElementById(button.dataset.opens).showModal();
});
