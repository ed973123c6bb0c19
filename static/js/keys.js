// A link or button with data-key="ArrowLeft", or the first one inside such an element, is pressed by that key.

const typing = "input, select, textarea, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat) return;
  if (event.target.closest(typing)) return;
  const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const target = named?.matches("a, button") ? named : named?.querySelector("a, button");
  if (!target) return;
  event.preventDefault();
  target.click();
});
