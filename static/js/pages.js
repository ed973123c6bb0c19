// Pages of a gallery come as one scrolls, and the address is that of the page one looks at: a reload, or a
// way back from elsewhere, starts there.

const gallery = () => document.querySelector("[data-gallery]");
const AHEAD = "100%"; // of the window's height: the next page is there before one is

const observer = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting) globalThis.htmx.trigger(target, "near");
  }
}, { rootMargin: `0px 0px ${AHEAD}` });

// Not before htmx knows the link: whoever has scrolled down by then would be told nothing, and wait for ever.
function watch({ target }) {
  const link = target.querySelector("[data-later]");
  if (!link) return;
  observer.disconnect();
  observer.observe(link);
}

// Pictures change places while one scrolls (a like moves one up): each stays where it was seen first.
function withoutDoubles() {
  const seen = new Map();
  for (const item of gallery()?.querySelectorAll("[data-picture]") ?? []) {
    const known = seen.get(item.dataset.picture);
    if (!known) seen.set(item.dataset.picture, item);
    else (known.dataset.arrived ? item : known).remove();
  }
  for (const item of seen.values()) item.dataset.arrived = "yes";
}

// What is hidden leaves the gallery, and what is shown again leaves that of hidden ones; an undo brings it back.
function leave({ detail: { action, ids } }) {
  const list = gallery();
  if (!list || !action.endsWith("hide")) return;
  const gone = list.dataset.gallery === "hidden" ? "unhide" : "hide";
  for (const id of ids) {
    const item = list.querySelector(`[data-picture="${CSS.escape(id)}"]`);
    if (item) item.hidden = action === gone;
  }
  document.dispatchEvent(new CustomEvent("gallery-changed"));
}

let waiting = false;
function keepAddress() {
  waiting = false;
  if (document.querySelector("dialog[open]")) return;
  const middle = innerHeight / 2;
  let here = null;
  for (const start of gallery()?.querySelectorAll("[data-page]") ?? []) {
    if (!here || start.getBoundingClientRect().top <= middle) here = start;
  }
  if (!here || here.dataset.page === location.pathname + location.search) return;
  history.replaceState(history.state, "", here.dataset.page);
  // A reload begins with that page: the browser's memory of how far down this one was means nothing there.
  history.scrollRestoration = "manual";
}

addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(keepAddress);
}, { passive: true });

// Whoever pressed "show more" goes on at the first picture that came, and what comes above moves nothing.
let pressed = null;
let anchor = null;
document.addEventListener("htmx:beforeSwap", () => {
  pressed = document.activeElement.closest("[data-later], [data-earlier]");
  const item = document.querySelector(".gallery-item:not([hidden])");
  anchor = item && { item, top: item.getBoundingClientRect().top };
});

function stay() {
  scrollBy(0, anchor.item.getBoundingClientRect().top - anchor.top);
}

function arrive() {
  const fresh = [...document.querySelectorAll(".gallery-item:not([data-arrived]) > a")];
  withoutDoubles();
  if (pressed) fresh.at(pressed.matches("[data-later]") ? 0 : -1)?.focus({ preventScroll: true });
  pressed = null;
  if (anchor) requestAnimationFrame(stay); // once the rows are laid out
}

document.addEventListener("acted", leave);
// Before the rows are laid out: gallery.js comes later with the same event of the same target.
document.addEventListener("htmx:afterSwap", arrive, true);
document.addEventListener("htmx:afterSettle", watch);
document.addEventListener("DOMContentLoaded", watch); // behind htmx's own
arrive();
