// A button with data-copy copies the value of the field with that id; where the browser
// does not allow it, the field is selected, ready for the keyboard.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return;
  }
  button.textContent = button.dataset.copied;
  document.dispatchEvent(new CustomEvent("announce", { detail: button.dataset.copied }));
});
