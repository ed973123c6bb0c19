// The parts of a page that open in turn. A link with data-open opens the part with that id, in place;
// the address says which part is open, so that a reload shows it again.

document.addEventListener("click", (event) => {
  const part = document.getElementById(event.target.closest("[data-open]")?.dataset.open ?? "");
  if (!part || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  part.open = true;
  part.querySelector("summary").focus();
  part.scrollIntoView();
});

// A toggle does not bubble.
document.addEventListener("toggle", ({ target }) => {
  if (!target.open || target.getAttribute("name") !== "part") return;
  const here = new URL(location.href);
  here.searchParams.set("part", target.id.replace("part-", ""));
  history.replaceState(history.state, "", here);
}, true);
