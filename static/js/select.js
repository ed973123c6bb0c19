// Choosing pictures in a form with data-select: a click, Shift for all in between, everything, nothing.

const form = () => document.querySelector("form[data-select]");
const picks = () => [...(form()?.querySelectorAll(".gallery-item:not([hidden]) .gallery-pick") ?? [])];
const pickOf = (element) => element.closest(".gallery-item")?.querySelector(".gallery-pick");
let from = null;

function tell() {
  const chosen = new FormData(form()).getAll("picture").length;
  const count = form().querySelector("[data-select-count]");
  count.textContent = chosen ? count.dataset.some.replace("%s", chosen) : count.dataset.none;
  form().toggleAttribute("data-some", chosen > 0);
  for (const button of form().querySelectorAll("[data-least]")) {
    button.disabled = chosen < Number(button.dataset.least) || chosen > Number(button.dataset.most ?? Infinity);
  }
  document.dispatchEvent(new CustomEvent("selected", { detail: chosen }));
}

function choose(pick, checked, range) {
  const all = range && from?.isConnected ? picks() : [];
  const [start, end] = [all.indexOf(from), all.indexOf(pick)].sort((a, b) => a - b);
  for (const one of start >= 0 ? all.slice(start, end + 1) : [pick]) one.checked = checked;
  from = pick;
  tell();
}

// Those that are chosen though their page has not come yet.
const elsewhere = () => [...form().querySelectorAll("input[type=hidden][name=picture]")];

function chooseElsewhere(ids, before) {
  // What has come while the ids were asked for is here, and not chosen yet.
  for (const pick of picks()) if (!before.has(pick)) pick.checked = ids.includes(pick.value);
  const here = new Set(picks().map((pick) => pick.value));
  const inputs = ids.filter((id) => !here.has(id)).map((value) => (
    Object.assign(document.createElement("input"), { type: "hidden", name: "picture", value })
  ));
  form().append(...inputs);
  tell();
}

async function chooseAll(checked) {
  const here = new Set(picks());
  for (const pick of here) pick.checked = checked;
  for (const input of elsewhere()) input.remove();
  from = null;
  tell();
  if (!checked || !document.querySelector("[data-later], [data-earlier]")) return;
  try {
    const response = await fetch(form().dataset.ids);
    chooseElsewhere((await response.json()).pictures, here);
  } catch {
    document.dispatchEvent(new CustomEvent("trouble", { detail: form().dataset.failed }));
  }
}

// Their page has come: the tick box takes over.
document.addEventListener("htmx:afterSwap", () => {
  if (!form()) return;
  const known = new Map(elsewhere().map((input) => [input.value, input]));
  for (const pick of known.size ? picks() : []) {
    if (!known.has(pick.value)) continue;
    pick.checked = true;
    known.get(pick.value).remove();
  }
});

document.addEventListener("click", (event) => {
  if (!form()) return;
  if (event.target.closest("[data-select-all]")) chooseAll(true);
  if (event.target.closest("[data-select-none]")) chooseAll(false);
  if (event.target.matches(".gallery-pick")) choose(event.target, event.target.checked, event.shiftKey);
  // On a picture: with Shift or Ctrl, or while something is chosen; Enter (a click without a place) opens it.
  const link = event.target.closest(".gallery-item > a");
  if (!link || event.detail === 0) return;
  if (!event.shiftKey && !event.ctrlKey && !event.metaKey && !form().hasAttribute("data-some")) return;
  event.preventDefault();
  event.stopPropagation();
  choose(pickOf(link), event.shiftKey || !pickOf(link).checked, event.shiftKey);
}, true);

// Another module chooses for somebody: { element, range }, or { all: true or false }.
document.addEventListener("choose", ({ detail }) => {
  if (!form()) return;
  if ("all" in detail) chooseAll(detail.all);
  else choose(pickOf(detail.element), detail.range || !pickOf(detail.element).checked, detail.range);
});

// What is hidden is no longer chosen; what a reload left ticked is.
document.addEventListener("acted", ({ detail }) => {
  if (!form() || detail.action !== "hide") return;
  for (const pick of picks()) if (detail.ids.includes(pick.value)) pick.checked = false;
  tell();
});
if (form()) tell();
addEventListener("pageshow", () => form() && tell());
