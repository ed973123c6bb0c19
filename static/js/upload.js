// Photos go up one request each, at most three at a time. The id of a photo follows from its file: one that
// is sent or chosen twice is one photo. Each is a tile at once; the server's tile takes its place.
// While the connection is gone everything waits; once it is back we ask what has arrived, and send the rest.

const AT_ONCE = 3;
const TRIES = 5;
const LONGEST_PAUSE = 30;
// Nothing moved for so long: the connection hangs, which no event tells.
const SENDING_MS = 30_000;
const READING_MS = 90_000;
const waiting = [];
const underWay = new Set();
let atOnce = AT_ONCE;
let troubles = 0;
let pause = 0;

const root = () => document.querySelector("form[data-upload]");
const list = () => document.getElementById("tiles");
const words = (key, values = {}) =>
  (root()?.dataset[key] ?? "").replace(/\[(\w+)\]/g, (_, name) => values[name] ?? "");
const say = (detail) => document.dispatchEvent(new CustomEvent("announce", { detail }));
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

function scatter(text, seed) {
  let bits = seed;
  for (let at = 0; at < text.length; at += 1) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  return (bits ^ (bits >>> 13)) >>> 0;
}

function idOf(file) {
  const text = [root().elements.photo_set.value, file.name, file.size, file.lastModified].join("\n");
  const seeds = [0x811c9dc5, 0x1f83d9ab, 0x5be0cd19, 0x9b05688c];
  const hex = seeds.map((seed) => scatter(text, seed).toString(16).padStart(8, "0")).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-8$3-a$4-$5");
}

function newTile(upload) {
  const tile = document.getElementById("tile-pending").content.firstElementChild.cloneNode(true);
  const picture = tile.querySelector("img");
  upload.preview = URL.createObjectURL(upload.file);
  // What the browser cannot show (HEIC in most) goes by its name.
  picture.addEventListener("error", () => picture.remove());
  picture.src = upload.preview;
  for (const name of tile.querySelectorAll("[data-name]")) name.textContent = upload.file.name;
  for (const button of tile.querySelectorAll("button")) {
    button.setAttribute("aria-label", `${button.textContent}: ${upload.file.name}`);
  }
  tile.addEventListener("click", (event) => {
    if (event.target.closest("[data-retry]")) enqueue(upload);
    if (event.target.closest("[data-cancel]")) cancel(upload);
  });
  return tile;
}

function show(upload, state, text) {
  upload.tile.dataset.state = state;
  upload.tile.querySelector("[data-status]").textContent = text;
}

function progress(upload, share) {
  const percent = Math.round(share * 100);
  upload.tile.querySelector("svg")?.style.setProperty("--progress", String(percent));
  if (percent < 100) show(upload, "sending", words("saySending", { percent }));
  else show(upload, "reading", words("sayReading"));
  watch(upload, percent < 100 ? SENDING_MS : READING_MS);
}

function watch(upload, patience) {
  clearTimeout(upload.watch);
  upload.watch = setTimeout(() => {
    upload.request.abort();
    dropped(upload);
  }, patience);
}

// The line above the tiles, for all of them together.
function summarize() {
  const line = document.querySelector("[data-upload-line]");
  if (!line) return;
  const left = waiting.length + underWay.size;
  const isGone = troubles > 0 || !navigator.onLine;
  const text = left && words(isGone ? "sayAllWait" : "sayLeft", { left });
  if (line.textContent !== (text || "")) line.textContent = text || "";
  line.hidden = !left;
}

function enqueue(upload) {
  upload.tries = 0;
  show(upload, "waiting", words("sayWaiting"));
  waiting.push(upload);
  pump();
}

function cancel(upload) {
  const index = waiting.indexOf(upload);
  if (index >= 0) waiting.splice(index, 1);
  upload.cancelled = true;
  settle(upload);
  upload.request?.abort();
  URL.revokeObjectURL(upload.preview);
  const next = upload.tile.nextElementSibling ?? upload.tile.previousElementSibling;
  const focusNext = upload.tile.contains(document.activeElement);
  upload.tile.remove();
  if (focusNext) (next?.querySelector("button") ?? root()?.querySelector("input[type=file]"))?.focus();
  tell("upload-over", upload);
  say(words("sayCancelled", { name: upload.file.name }));
  pump();
}

function settle(upload) {
  clearTimeout(upload.watch);
  underWay.delete(upload);
}

function pump() {
  while (!pause && underWay.size < atOnce && waiting.length && navigator.onLine) {
    const upload = waiting.shift();
    underWay.add(upload);
    send(upload);
  }
  summarize();
}

function send(upload) {
  const form = root();
  const body = new FormData();
  body.append("photo_set", form.elements.photo_set.value);
  body.append("id", upload.id);
  body.append("photos", upload.file, upload.file.name);
  const request = new XMLHttpRequest();
  upload.request = request;
  request.open("POST", form.action);
  request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) progress(upload, event.loaded / event.total);
  });
  request.addEventListener("load", () => answered(upload, request));
  request.addEventListener("error", () => dropped(upload));
  progress(upload, 0);
  request.send(body);
}

function answered(upload, request) {
  if (upload.cancelled) return;
  settle(upload);
  const { status } = request;
  if (status === 502 || status === 504) {
    dropped(upload);
    return;
  }
  troubles = 0;
  if (status === 503 || status === 429) later(upload, request);
  else if (status >= 500) again(upload);
  else finish(upload, request);
  pump();
}

// The studio is busy, which is not the photo's fault: it comes again for as long as it takes.
function later(upload, request) {
  atOnce = 1;
  show(upload, "waiting", words("sayBusy"));
  const seconds = Number(request.getResponseHeader("Retry-After")) || 2;
  back(upload, Math.min(seconds, 60));
}

function again(upload) {
  upload.tries += 1;
  if (upload.tries < TRIES) {
    show(upload, "waiting", words("sayRetrying"));
    back(upload, 2 ** upload.tries);
  } else {
    show(upload, "failed", words("sayFailed"));
    say(`${upload.file.name}: ${words("sayFailed")}`);
  }
}

function back(upload, seconds) {
  waiting.unshift(upload);
  clearTimeout(pause);
  pause = setTimeout(() => {
    pause = 0;
    pump();
  }, seconds * 1000);
}

// The connection is gone, not the photo's fault either. Nobody gives up: all wait for it together.
function dropped(upload) {
  if (upload.cancelled) return;
  settle(upload);
  show(upload, "waiting", words(navigator.onLine ? "sayRetrying" : "sayOffline"));
  waiting.unshift(upload);
  if (!pause) waitForConnection();
  summarize();
}

function waitForConnection() {
  clearTimeout(pause);
  pause = setTimeout(goOn, Math.min(2 ** troubles, LONGEST_PAUSE) * 1000);
  troubles += 1;
}

async function goOn() {
  clearTimeout(pause);
  pause = -1; // none may begin while we ask
  try {
    takeArrived(await whatIsThere());
    troubles = 0;
    pause = 0;
    pump();
  } catch {
    waitForConnection();
    summarize();
  }
}

async function whatIsThere() {
  const signal = AbortSignal.timeout(SENDING_MS);
  const response = await fetch(root().dataset.tilesUrl, { headers: { "HX-Request": "true" }, signal });
  if (!response.ok) throw new Error(`tiles: ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  // Signed out: the next upload is told so.
  return page.getElementById("tiles");
}

function takeArrived(there) {
  if (!there) return;
  const tiles = new Map([...there.querySelectorAll("li.tile[id]")].map((tile) => [tile.id, tile]));
  // Received, although its answer got lost: it is not sent again.
  for (const upload of [...waiting]) {
    const tile = tiles.get(`photo-${upload.id}`);
    if (!tile || tile.dataset.state === "removed") continue;
    waiting.splice(waiting.indexOf(upload), 1);
    replace(upload, tile, true);
  }
  matchOtherDevices(tiles);
}

// What was added, judged or removed elsewhere meanwhile.
function matchOtherDevices(tiles) {
  const same = ["state", "status"];
  for (const [id, tile] of tiles) {
    const ours = document.getElementById(id);
    if (ours && same.every((key) => ours.dataset[key] === tile.dataset[key])) continue;
    if (ours) ours.replaceWith(tile);
    else list().append(tile);
    if (tile.dataset.status) tile.dispatchEvent(new CustomEvent("photo-stored", { bubbles: true }));
  }
  for (const ours of list().querySelectorAll("li.tile[id]")) if (!tiles.has(ours.id)) ours.remove();
  document.body.dispatchEvent(new CustomEvent("photos-changed", { bubbles: true }));
}

function finish(upload, request) {
  const answer = new DOMParser().parseFromString(request.responseText, "text/html");
  const tile = answer.querySelector("li.tile");
  if (tile) {
    if (request.status < 300) atOnce = Math.min(AT_ONCE, atOnce + 1);
    replace(upload, tile, request.status < 300);
    return;
  }
  // Neither a tile nor a refusal: signed out, the form too old, or a proxy in between spoke.
  let reason = "sayFailed";
  if (request.status === 413) reason = "sayTooLarge";
  else if (request.status === 403 || request.responseURL !== root().action) reason = "saySignedOut";
  show(upload, "failed", words(reason));
  say(`${upload.file.name}: ${words(reason)}`);
}

function replace(upload, tile, stored) {
  const focused = upload.tile.contains(document.activeElement);
  if (tile.id) document.getElementById(tile.id)?.remove(); // sent twice: one photo, one tile
  upload.tile.replaceWith(tile);
  URL.revokeObjectURL(upload.preview);
  tell("upload-over", upload);
  if (focused) tile.querySelector("button")?.focus();
  if (stored) {
    tile.dispatchEvent(new CustomEvent("photo-stored", { bubbles: true }));
    say(words("sayStored", { name: upload.file.name }));
  } else {
    say(`${upload.file.name}: ${tile.querySelector(".tile-refused")?.textContent.trim() ?? ""}`);
  }
}

function refuse(upload, text) {
  show(upload, "refused", text);
  upload.tile.querySelector("[data-status]").classList.add("tile-refused");
  upload.tile.querySelector("[data-cancel]").textContent = words("sayDismiss");
  say(`${upload.file.name}: ${text}`);
}

// Whether a file is here or on its way already; one that was removed comes back without being sent.
function isKnown(id, file) {
  const known = document.getElementById(`photo-${id}`);
  if (known?.dataset.state === "removed") known.querySelector("form").requestSubmit();
  const found = known ?? [...waiting, ...underWay].find((upload) => upload.id === id);
  if (found) say(words("sayKnown", { name: file.name }));
  return Boolean(found);
}

document.addEventListener("files-chosen", (event) => {
  const form = event.target;
  if (!form.matches("[data-upload]")) return;
  const most = Number(form.dataset.maxPhotos);
  for (const file of event.detail) {
    const upload = { file, id: idOf(file), tries: 0 };
    if (isKnown(upload.id, file)) continue;
    const count = list().querySelectorAll("li:not([data-state=refused], [data-state=removed])").length;
    upload.tile = newTile(upload);
    list().append(upload.tile);
    if (count >= most) refuse(upload, words("sayTooMany"));
    else if (file.size > Number(form.dataset.maxMegabytes) * 1048576) refuse(upload, words("sayTooLarge"));
    else {
      tell("upload-begun", upload);
      enqueue(upload);
    }
  }
});

addEventListener("online", () => {
  troubles = 0;
  if (waiting.length && pause !== -1) goOn();
});
addEventListener("offline", () => {
  summarize();
  if (waiting.length || underWay.size) say(words("sayOffline"));
});
// Another device may have added photos meanwhile.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && root() && !waiting.length && !underWay.size) {
    whatIsThere().then(takeArrived, () => {});
  }
});
addEventListener("beforeunload", (event) => {
  if (underWay.size || waiting.length) event.preventDefault();
});
