// Asks what inspection says of a photo, as soon as it is stored and for any not checked before.
// Slow, busy or down stops nobody: the tile says "not checked" meanwhile, and is asked for again by
// itself until it is checked, removed, or the page is left. Then the worker asks.

const LONGEST = 60;
const BUSY = 5;
const PATIENCE = 30_000;
// One after another: a person has one place at inspection, and a second question would be sent away.
const queue = [];
const tried = new Map();
let active = false;
let resting = 0;

const form = () => document.querySelector("form[data-inspect-url]");
const idOf = (tile) => tile.id.replace("photo-", "");
const isUnchecked = (tile) => tile?.dataset.status === "unchecked";
const tileOf = (id) => document.getElementById(`photo-${id}`);
const changed = () => document.body.dispatchEvent(new CustomEvent("photos-changed", { bubbles: true }));

function ask(id) {
  const body = new FormData();
  body.append("name", form().dataset.className);
  body.append("photo", id);
  const headers = { "HX-Request": "true", "X-CSRFToken": form().elements.csrfmiddlewaretoken.value };
  return fetch(form().dataset.inspectUrl, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
}

function write(id, text) {
  const line = tileOf(id)?.querySelector(".tile-waiting");
  if (line && text) line.textContent = text;
}

function show(id, html) {
  const old = tileOf(id);
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(`photo-${id}`);
  // Removed meanwhile; or no tile came: signed out, or a proxy in between spoke.
  if (!old || !fresh) return "";
  const focused = old.contains(document.activeElement);
  // The picture that is shown already stays: no second load, no flicker.
  const picture = old.querySelector("img");
  if (picture?.naturalWidth) fresh.querySelector("img")?.replaceWith(picture);
  old.replaceWith(fresh);
  if (focused) fresh.querySelector("button")?.focus();
  return fresh.dataset.status;
}

// The same photo once more: after `seconds`, and ever more rarely.
function again(id, seconds = 0, longest = LONGEST) {
  const times = (tried.get(id) ?? 0) + 1;
  tried.set(id, times);
  const pause = Math.min(Math.max(seconds, 2 ** Math.min(times - 1, 6)), longest);
  setTimeout(() => enqueue(id), pause * 1000);
}

async function judge(id, response) {
  const seconds = Number(response.headers.get("Retry-After")) || 0;
  if (response.ok) {
    const status = show(id, await response.text());
    if (status === "checked") answersAgain();
    else if (status) again(id, seconds);
    changed();
  } else if (response.status === 429) {
    // Meant for all of this person's photos.
    const { error } = await response.json();
    for (const waiting of [id, ...queue]) write(waiting, error);
    rest(seconds || LONGEST);
    queue.unshift(id);
  } else if (response.status === 503) {
    again(id, seconds, BUSY); // its turn comes; "checking" is true meanwhile
  } else if (response.status >= 500) {
    throw new Error(`inspection: ${response.status}`);
  } else {
    write(id, form()?.dataset.sayUnchecked);
  }
}

// After trouble, one answer is enough: the others need not wait for their turn any longer.
function answersAgain() {
  if (!tried.size) return;
  tried.clear();
  askAll();
}

function rest(seconds) {
  resting = setTimeout(() => {
    resting = 0;
    pump();
  }, seconds * 1000);
}

async function pump() {
  if (active || resting) return;
  const id = queue.shift();
  if (!id) return;
  if (isUnchecked(tileOf(id))) {
    active = true;
    write(id, form()?.dataset.sayChecking);
    try {
      await judge(id, await ask(id));
    } catch {
      // The connection broke, or nobody answered.
      write(id, form()?.dataset.sayUnchecked);
      again(id);
    }
    active = false;
  }
  pump();
}

function enqueue(id) {
  if (!isUnchecked(tileOf(id)) || queue.includes(id)) return;
  queue.push(id);
  pump();
}

function askAll() {
  document.querySelectorAll("li.tile[data-status]").forEach((tile) => enqueue(idOf(tile)));
}

document.addEventListener("photo-stored", (event) => {
  changed();
  enqueue(idOf(event.target));
});

// What could not be asked or fetched while offline.
addEventListener("online", () => {
  changed();
  askAll();
});

if (form()) askAll();
