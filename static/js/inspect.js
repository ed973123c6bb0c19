// Asks what inspection says of a photo, as soon as it is stored and for any not checked before.
// Slow or down changes nothing for the person: the photo then reads "not checked".

// One after another: a person has one place at inspection, and a second question would be sent away.
const AT_ONCE = 1;
const TRIES = 4;
const queue = [];
let active = 0;

const form = () => document.querySelector("form[data-inspect-url]");
const changed = () => document.body.dispatchEvent(new CustomEvent("photos-changed", { bubbles: true }));
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function ask(id) {
  const body = new FormData();
  body.append("name", form().dataset.className);
  body.append("photo", id);
  const headers = { "HX-Request": "true", "X-CSRFToken": form().elements.csrfmiddlewaretoken.value };
  for (let tried = 1; tried <= TRIES; tried += 1) {
    const response = await fetch(form().dataset.inspectUrl, { method: "POST", body, headers });
    if (response.ok) return response.text();
    if (response.status !== 503 && response.status !== 429) break;
    await pause(Math.min(Number(response.headers.get("Retry-After")) || 2 ** tried, 30));
  }
  throw new Error("inspection did not answer");
}

function show(id, html) {
  const old = document.getElementById(`photo-${id}`);
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.getElementById(`photo-${id}`);
  if (!old || !fresh) return;
  const focused = old.contains(document.activeElement);
  // The picture that is shown already stays: no second load, no flicker.
  const picture = old.querySelector("img");
  if (picture?.naturalWidth) fresh.querySelector("img")?.replaceWith(picture);
  old.replaceWith(fresh);
  if (focused) fresh.querySelector("button")?.focus();
}

function write(id, text) {
  const line = document.getElementById(`photo-${id}`)?.querySelector(".tile-waiting");
  if (line) line.textContent = text ?? "";
}

function pump() {
  while (active < AT_ONCE && queue.length) {
    const id = queue.shift();
    active += 1;
    ask(id)
      .then((html) => show(id, html), () => write(id, form()?.dataset.sayUnchecked))
      .finally(() => {
        active -= 1;
        changed();
        pump();
      });
  }
}

function enqueue(tile) {
  const id = tile.id.replace("photo-", "");
  if (tile.dataset.status === "checked" || queue.includes(id)) return;
  queue.push(id);
  write(id, form()?.dataset.sayChecking);
  pump();
}

document.addEventListener("photo-stored", (event) => {
  changed();
  enqueue(event.target);
});

// What could not be fetched while offline.
addEventListener("online", changed);

if (form()) document.querySelectorAll("li.tile[data-status]").forEach(enqueue);
