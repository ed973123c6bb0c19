// Photos go up one request each, at most three at a time, under the browser's own UUID: a photo
// that is sent twice is one photo. Each is a tile at once; the server's tile takes its place.

const AT_ONCE = 3;
const TRIES = 5;
const waiting = [];
const underWay = new Set();

const root = () => document.querySelector("form[data-upload]");
const list = () => document.getElementById("tiles");
const words = (key, values = {}) =>
  (root()?.dataset[key] ?? "").replace(/\[(\w+)\]/g, (_, name) => values[name] ?? "");
const say = (detail) => document.dispatchEvent(new CustomEvent("announce", { detail }));

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Plain http on a home network has no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function newTile(upload) {
  const tile = document.getElementById("tile-pending").content.firstElementChild.cloneNode(true);
  const picture = tile.querySelector("img");
  upload.preview = URL.createObjectURL(upload.file);
  // What the browser cannot show (HEIC in most) goes by its name.
  picture.addEventListener("error", () => picture.remove());
  picture.src = upload.preview;
  for (const name of tile.querySelectorAll("[data-name]")) name.textContent = upload.file.name;
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
  show(upload, "sending", percent < 100 ? words("saySending", { percent }) : words("sayReading"));
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
  clearTimeout(upload.timer);
  upload.cancelled = true;
  upload.request?.abort();
  underWay.delete(upload);
  URL.revokeObjectURL(upload.preview);
  const focusNext = upload.tile.contains(document.activeElement);
  upload.tile.remove();
  if (focusNext) root()?.querySelector("input[type=file]")?.focus();
  pump();
}

function pump() {
  while (underWay.size < AT_ONCE && waiting.length && navigator.onLine) {
    const upload = waiting.shift();
    underWay.add(upload);
    send(upload);
  }
}

function again(upload, seconds, text) {
  upload.tries += 1;
  underWay.delete(upload);
  if (upload.tries >= TRIES) {
    show(upload, "failed", words("sayFailed"));
    say(words("sayFailed"));
  } else {
    show(upload, "waiting", text);
    upload.timer = setTimeout(() => {
      waiting.unshift(upload);
      pump();
    }, seconds * 1000);
  }
  pump();
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
  show(upload, "sending", words("saySending", { percent: 0 }));
  request.send(body);
}

function dropped(upload) {
  if (upload.cancelled) return;
  if (navigator.onLine) {
    again(upload, 2 ** upload.tries, words("sayRetrying"));
    return;
  }
  // Being offline is not the photo's fault: it waits without counting as a try.
  underWay.delete(upload);
  show(upload, "waiting", words("sayOffline"));
  waiting.unshift(upload);
}

function answered(upload, request) {
  if (upload.cancelled) return;
  const { status } = request;
  if (status === 503 || status === 429) {
    const seconds = Number(request.getResponseHeader("Retry-After")) || 2 ** upload.tries;
    again(upload, Math.min(seconds, 60), words("sayBusy"));
  } else if (status >= 500) {
    again(upload, 2 ** upload.tries, words("sayRetrying"));
  } else {
    finish(upload, request);
  }
}

function finish(upload, request) {
  underWay.delete(upload);
  const answer = new DOMParser().parseFromString(request.responseText, "text/html");
  const tile = answer.querySelector("li.tile");
  if (!tile) {
    // Neither a tile nor a refusal: signed out, or a proxy in between spoke.
    show(upload, "failed", request.status === 413 ? words("sayTooLarge") : words("sayFailed"));
  } else {
    replace(upload, tile, request.status < 300);
  }
  pump();
}

function replace(upload, tile, stored) {
  const focused = upload.tile.contains(document.activeElement);
  if (tile.id) document.getElementById(tile.id)?.remove(); // sent twice: one photo, one tile
  upload.tile.replaceWith(tile);
  URL.revokeObjectURL(upload.preview);
  if (focused) tile.querySelector("button")?.focus();
  if (stored) {
    tile.dispatchEvent(new CustomEvent("photo-stored", { bubbles: true }));
    say(words("sayStored", { name: upload.file.name }));
  } else {
    say(tile.querySelector(".tile-refused")?.textContent.trim() ?? "");
  }
}

function refuse(upload, text) {
  show(upload, "refused", text);
  upload.tile.querySelector("[data-status]").classList.add("tile-refused");
}

document.addEventListener("files-chosen", (event) => {
  const form = event.target;
  if (!form.matches("[data-upload]")) return;
  const most = Number(form.dataset.maxPhotos);
  for (const file of event.detail) {
    const upload = { file, id: newId(), tries: 0 };
    const count = list().querySelectorAll("li:not([data-state=refused])").length;
    upload.tile = newTile(upload);
    list().append(upload.tile);
    if (count >= most) refuse(upload, words("sayTooMany"));
    else if (file.size > Number(form.dataset.maxMegabytes) * 1048576) refuse(upload, words("sayTooLarge"));
    else enqueue(upload);
  }
});

addEventListener("online", pump);
addEventListener("beforeunload", (event) => {
  if (underWay.size || waiting.length) event.preventDefault();
});
