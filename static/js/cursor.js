// The gallery by keyboard: arrows go from picture to picture, letters do what the viewer's letters do.

const list = () => document.querySelector("[data-gallery]");
const items = () => [...(list()?.querySelectorAll(".gallery-item:not([hidden])") ?? [])];
const form = () => list().closest("form");
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const middle = (item) => item.offsetLeft + item.offsetWidth / 2;

// The picture of the nearest other row that lies most above or below this one.
function inNextRow(all, at, step) {
  const rows = all.map((item) => item.offsetTop);
  let index = at;
  while (rows[index] === rows[at]) index += step;
  if (rows[index] === undefined) return all[at];
  const row = all.filter((item, other) => rows[other] === rows[index]);
  const far = (item) => Math.abs(middle(item) - middle(all[at]));
  return row.reduce((best, item) => (far(item) < far(best) ? item : best));
}

function neighbour(all, at, key) {
  if (at < 0) return all.find((item) => item.getBoundingClientRect().bottom > 0) ?? all[0];
  if (key === "ArrowLeft") return all[at - 1];
  if (key === "ArrowRight") return all[at + 1];
  return inNextRow(all, at, key === "ArrowUp" ? -1 : 1);
}

function move(event, all, at) {
  const next = neighbour(all, at, event.key);
  if (!next) return;
  event.preventDefault();
  if (event.shiftKey && at >= 0 && !all[at].querySelector(".gallery-pick").checked) {
    tell("choose", { element: all[at] });
  }
  next.querySelector("a").focus();
  if (event.shiftKey) tell("choose", { element: next, range: true });
}

function press(action, item) {
  tell("act", { form: form(), action, ids: [item.dataset.picture], quiet: action.endsWith("like") });
}

const LETTERS = {
  l: (item) => press(item.hasAttribute("data-liked") ? "unlike" : "like", item),
  x: (item, all, at) => {
    const after = all[at + 1] ?? all[at - 1];
    press(item.hasAttribute("data-hidden") ? "unhide" : "hide", item);
    after?.querySelector("a").focus();
  },
  s: (item) => tell("choose", { element: item }),
};

document.addEventListener("keydown", (event) => {
  if (!list() || document.querySelector("dialog:modal")) return;
  const inside = list().contains(event.target);
  if (!inside && event.target !== document.body) return;
  const all = items();
  const at = all.findIndex((item) => item.contains(document.activeElement));
  const held = event.ctrlKey || event.metaKey;
  if (held && event.key === "a") {
    event.preventDefault();
    tell("choose", { all: true });
  } else if (held || event.altKey) {
    return;
  } else if (event.key.startsWith("Arrow") && (at >= 0 || !event.key.endsWith("Up") && !event.key.endsWith("Down"))) {
    move(event, all, at);
  } else if (event.key === "Escape") {
    tell("choose", { all: false });
  } else if (event.key === "c" && form().hasAttribute("data-some")) {
    form().querySelector("[data-compare]")?.click();
  } else if (at >= 0 && LETTERS[event.key] && !event.repeat) {
    LETTERS[event.key](all[at], all, at);
  } else if (at >= 0 && event.key === " " && event.target.matches("a")) {
    event.preventDefault();
    LETTERS.s(all[at]);
  } else if (event.key === "Enter" && event.target.matches(".gallery-pick")) {
    // Enter in a tick box would press the form's first button.
    event.preventDefault();
    all[at].querySelector("a").click();
  }
});
