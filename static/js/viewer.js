// The viewer: one picture of the gallery in a dialog over it, with an address of its own.

const viewer = document.querySelector("[data-viewer]");
const form = viewer?.querySelector("form");
const items = () => [...document.querySelectorAll("[data-gallery] .gallery-item:not([hidden])")];
const itemOf = (id) => document.querySelector(`.gallery-item[data-picture="${CSS.escape(id)}"]`);
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const AHEAD = [1, -1, 2];

let back = viewer?.querySelector("[data-viewer-close]").getAttribute("href");
const seen = new Set();
let timer = 0;

// Which pictures were looked at is told a few at a time, and when one leaves.
function tellSeen() {
  clearTimeout(timer);
  if (!seen.size) return;
  const body = new FormData(form);
  body.delete("picture");
  for (const id of seen) body.append("picture", id);
  seen.clear();
  const url = form.dataset.acts.replace(/[a-z]+\/$/, "seen/");
  fetch(url, { method: "POST", body, keepalive: true }).catch(() => {});
}

function note(id) {
  seen.add(id);
  clearTimeout(timer);
  timer = setTimeout(tellSeen, 1500);
}

function preload(all, at) {
  for (const step of AHEAD) {
    const picture = all[at + step]?.querySelector("a > img:last-of-type");
    if (!picture) continue;
    const image = new Image();
    image.sizes = "100vw";
    image.srcset = picture.srcset;
  }
}

function picture(item) {
  const source = item.querySelector("a > img:last-of-type");
  const image = new Image(source.getAttribute("width"), source.getAttribute("height"));
  image.sizes = "100vw";
  image.srcset = source.srcset;
  image.alt = source.alt;
  image.draggable = false;
  image.dataset.original = item.dataset.original;
  return image;
}

// The same buttons for another picture: its id takes the place of the one before in every address.
function readdress(id) {
  const before = form.dataset.picture;
  for (const link of form.querySelectorAll("[data-picture-link]")) {
    for (const name of ["href", "formaction"]) {
      const url = link.getAttribute(name);
      if (url) link.setAttribute(name, url.replaceAll(before, id));
    }
  }
  form.dataset.picture = id;
  form.elements.picture.value = id;
}

function mirror(item) {
  const liked = item.hasAttribute("data-liked");
  form.toggleAttribute("data-liked", liked);
  form.toggleAttribute("data-hidden", item.hasAttribute("data-hidden"));
  const heart = form.querySelector("[data-like]");
  heart.setAttribute("aria-pressed", String(liked));
  heart.formAction = form.dataset.acts.replace(/[a-z]+\/$/, liked ? "unlike/" : "like/");
  showPicked();
}

function showPicked() {
  const pick = itemOf(form.dataset.picture)?.querySelector(".gallery-pick");
  form.querySelector("[data-viewer-pick]").setAttribute("aria-pressed", String(pick?.checked ?? false));
}

function steps(all, at) {
  for (const link of form.querySelectorAll("[data-viewer-step]")) {
    const other = all[at + Number(link.dataset.viewerStep)];
    const url = other?.querySelector("a").getAttribute("href");
    if (url) link.setAttribute("href", url);
    else link.removeAttribute("href");
  }
}

function show(item) {
  const all = items();
  const at = all.indexOf(item);
  const words = item.querySelector("a > img:last-of-type").alt;
  tell("unzoom");
  form.querySelector("[data-zoom]").replaceChildren(picture(item));
  viewer.querySelector(".viewer-title").textContent = words;
  readdress(item.dataset.picture);
  mirror(item);
  steps(all, at);
  preload(all, at);
  if (at >= all.length - 5) document.querySelector("[data-later]")?.click();
  if (at <= 1) document.querySelector("[data-earlier]")?.click();
  note(item.dataset.picture);
}

function open(item, { push = true } = {}) {
  const url = item.querySelector("a").getAttribute("href");
  if (!viewer.matches(":modal")) {
    if (push) back = location.pathname + location.search;
    history.scrollRestoration = "manual"; // on the way back we scroll, to where the eye was last
    viewer.close();
    viewer.showModal();
    form.querySelector("[data-zoom]").focus();
  }
  if (push) history.pushState({ pushed: true }, "", url);
  show(item);
}

function step(by) {
  const all = items();
  const now = itemOf(form.dataset.picture);
  // One that was just hidden stands no longer among them: its place does.
  const next = now && !now.hidden ? all[all.indexOf(now) + by] : beside(now, all, by);
  if (!next) return;
  history.replaceState(history.state, "", next.querySelector("a").getAttribute("href"));
  show(next);
}

function beside(gone, all, by) {
  if (!gone) return by > 0 ? all[0] : undefined;
  const after = all.findIndex((item) => gone.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING);
  const next = after < 0 ? all.length : after;
  return all[by > 0 ? next : next - 1];
}

// Back to the very same place: to the picture that was looked at last.
function closed() {
  if (viewer.open) return;
  tellSeen();
  const item = itemOf(form.dataset.picture);
  const place = item && item.hidden ? beside(item, items(), 1) ?? items().at(-1) : item;
  place?.querySelector("a").focus({ preventScroll: true });
  place?.scrollIntoView({ block: "nearest" });
}

function close() {
  if (history.state?.pushed) {
    history.back();
    return;
  }
  history.replaceState(null, "", back);
  viewer.close();
}

function onPopState() {
  const id = location.pathname.match(/\/pictures\/([0-9a-f-]{36})\/$/)?.[1];
  const item = id && itemOf(id);
  if (item) open(item, { push: false });
  else if (id) location.reload();
  else if (viewer.open) viewer.close();
}

function onActed({ detail: { action, ids } }) {
  const now = form.dataset.picture;
  if (!viewer.open || !ids.includes(now)) return;
  const item = itemOf(now);
  if (!item?.hidden || !action.endsWith("hide")) return;
  const [next, before] = [beside(item, items(), 1), beside(item, items(), -1)];
  if (next) step(1);
  else if (before) step(-1);
  else close();
}

// Undone in the viewer, a picture comes back to the eye as well.
function onUndone({ detail: { ids } }) {
  const item = viewer.open && ids.length === 1 && itemOf(ids[0]);
  if (!item || item.hidden) return;
  history.replaceState(history.state, "", item.querySelector("a").getAttribute("href"));
  show(item);
}

function onClick(event) {
  const link = event.target.closest(".gallery-item > a");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.defaultPrevented) {
    event.preventDefault();
    open(link.closest(".gallery-item"));
  }
  if (!viewer.contains(event.target)) return;
  const stepping = event.target.closest("[data-viewer-step]");
  // One that its filter does not show has neighbours by the page's own links alone.
  if (stepping && itemOf(form.dataset.picture)) {
    event.preventDefault();
    step(Number(stepping.dataset.viewerStep));
  }
  if (event.target.closest("[data-viewer-close]")) {
    event.preventDefault();
    close();
  }
  if (event.target.closest("[data-viewer-pick]")) tell("choose", { element: itemOf(form.dataset.picture) });
}

// Compare takes what is selected along.
function onSubmit(event) {
  if (!event.submitter?.matches("[data-viewer-compare]")) return;
  for (const old of form.querySelectorAll("[data-also]")) old.remove();
  const chosen = new FormData(document.getElementById("selection") ?? undefined).getAll("picture");
  for (const id of chosen.filter((one) => one !== form.dataset.picture).slice(0, 3)) {
    const input = Object.assign(document.createElement("input"), { type: "hidden", name: "picture", value: id });
    input.dataset.also = "";
    form.append(input);
  }
}

const SWIPES = { left: () => step(1), right: () => step(-1), down: close };

if (viewer) {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("acted", onActed);
  document.addEventListener("undone", onUndone);
  document.addEventListener("selected", showPicked);
  document.addEventListener("swiped", ({ detail }) => SWIPES[detail]?.());
  document.addEventListener("htmx:afterSwap", () => {
    const all = items();
    if (viewer.open) steps(all, all.indexOf(itemOf(form.dataset.picture)));
  });
  addEventListener("popstate", onPopState);
  addEventListener("pagehide", tellSeen);
  viewer.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  viewer.addEventListener("close", closed);
  const opened = viewer.open && itemOf(form.dataset.picture);
  if (opened) open(opened, { push: false });
  else if (viewer.open) {
    viewer.close();
    viewer.showModal();
  }
}
