// "Remove", "Undo", "Keep it anyway" and "Dismiss" on a tile, without leaving the page. Whatever comes
// back, fragment or page, is asked for the tile: it is there and replaces ours, or it is gone.

const say = (detail) => document.dispatchEvent(new CustomEvent("announce", { detail }));
const changed = () => document.body.dispatchEvent(new CustomEvent("photos-changed", { bubbles: true }));

function remove(tile) {
  const next = tile.nextElementSibling ?? tile.previousElementSibling;
  tile.remove();
  (next?.querySelector("button") ?? document.querySelector("[data-drop] input[type=file]"))?.focus();
}

async function send(form, tile) {
  const response = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { "HX-Request": "true" },
  });
  if (!response.ok) throw new Error(`tile: ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById(tile.id);
  if (fresh) {
    tile.replaceWith(fresh);
    fresh.querySelector("button")?.focus();
    // Back before anybody asked about it.
    if (fresh.dataset.status === "unchecked") fresh.dispatchEvent(new CustomEvent("photo-stored", { bubbles: true }));
  } else {
    remove(tile);
  }
  say(form.dataset.tileAction);
  changed();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const tile = form.closest("li.tile");
  if (!tile || !form.matches("[data-tile-action]")) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  send(form, tile).catch(() => {
    form.removeAttribute("aria-busy");
    const detail = document.querySelector("form[data-upload]")?.dataset.sayNotDone ?? "";
    document.dispatchEvent(new CustomEvent("trouble", { detail }));
  });
});

document.addEventListener("click", (event) => {
  const tile = event.target.closest("[data-dismiss]")?.closest("li.tile");
  if (tile) remove(tile);
});
