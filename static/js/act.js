// Likes and hides: shown at once, posted one after the other in the order of the presses, taken back if
// they could not be saved. Elements with data-picture show a picture; forms with data-acts say where to post.

const OPPOSITE = { like: "unlike", unlike: "like", hide: "unhide", unhide: "hide" };
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const places = (id) => document.querySelectorAll(`[data-picture="${CSS.escape(id)}"]`);

let undoable = null;
let line = Promise.resolve();
const waiting = new Set(); // what has not been answered yet

// The addresses of the actions differ in their last word.
const address = (url, action) => url.replace(/[a-z]+\/$/, `${action}/`);

function press(heart, liked) {
  heart.setAttribute("aria-pressed", String(liked));
  heart.formAction = address(heart.formAction, liked ? "unlike" : "like");
}

function put(place, action) {
  const [name, value] = action.endsWith("like") ? ["liked", action === "like"] : ["hidden", action === "hide"];
  const changes = place.hasAttribute(`data-${name}`) !== value;
  place.toggleAttribute(`data-${name}`, value);
  const heart = name === "liked" && place.querySelector("[data-like]");
  if (heart) press(heart, value);
  return changes;
}

// Returns the ids of those that were not so before.
function show(action, ids) {
  const changed = ids.filter((id) => [...places(id)].filter((place) => put(place, action)).length);
  tell("acted", { action, ids });
  return changed;
}

async function send(form, action, ids) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const id of ids) body.append("picture", id);
  const response = await fetch(address(form.dataset.acts, action), {
    method: "POST",
    body,
    headers: { "HX-Request": "true" },
    keepalive: ids.length < 200, // leaving the page must not lose a press; browsers allow it 64 kB
  });
  if (!response.ok) throw new Error(`${action}: ${response.status}`);
  return response.json();
}

function offer(form, action, answer) {
  const toast = document.getElementById("undo");
  if (!toast) return;
  undoable = answer.changed.length ? { form, action: OPPOSITE[action], ids: answer.changed } : null;
  toast.querySelector("[data-undo-text]").textContent = answer.text;
  toast.querySelector("button").hidden = !undoable;
  (document.querySelector("dialog[open]") ?? document.body).append(toast);
  toast.hidden = false;
}

// Posts a press when its turn has come, or at once when the page is left; not twice.
const post = (turn) => (turn.sent ??= send(turn.form, turn.action, turn.ids));

function act(form, action, ids, { quiet = false } = {}) {
  const changed = show(action, ids);
  const turn = { form, action, ids };
  waiting.add(turn);
  const answered = line.then(() => post(turn)).finally(() => waiting.delete(turn));
  line = answered.catch(() => {});
  answered.then(
    (answer) => {
      if (!quiet) offer(form, action, answer);
    },
    () => {
      show(OPPOSITE[action], changed);
      tell("trouble", form.dataset.failed ?? "");
    },
  );
}

function undo() {
  const toast = document.getElementById("undo");
  if (!undoable || toast.hidden) return;
  const { form, action, ids } = undoable;
  undoable = null;
  toast.hidden = true;
  act(form, action, ids, { quiet: true });
  tell("announce", toast.dataset.undone);
  tell("undone", { ids });
}

function onSubmit(event) {
  const { target: form, submitter: button } = event;
  if (form.id === "undo" && undoable) {
    event.preventDefault();
    undo();
    return;
  }
  if (!form.matches("[data-acts]") || !button?.matches("[data-like], [data-act]")) return;
  event.preventDefault();
  if (button.matches("[data-like]")) {
    const place = button.closest("[data-picture]");
    const action = place.hasAttribute("data-liked") ? "unlike" : "like";
    act(form, action, [place.dataset.picture], { quiet: true });
    return;
  }
  const ids = new FormData(form).getAll("picture");
  if (ids.length) act(form, button.dataset.act, ids);
}

document.addEventListener("submit", onSubmit);
document.addEventListener("undo", undo);
window.addEventListener("pagehide", () => waiting.forEach((turn) => post(turn).catch(() => {})));
// Another module presses for somebody: { form, action, ids, quiet }.
document.addEventListener("act", ({ detail }) => act(detail.form, detail.action, detail.ids, detail));
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-undo-close]")) document.getElementById("undo").hidden = true;
});
