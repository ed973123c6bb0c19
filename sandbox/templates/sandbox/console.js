"use strict";
// Only the rows that changed are replaced, so that nothing open, typed, selected or scrolled is lost.
const live = document.getElementById("live");
const source = new WeakMap();
const by = (id) => document.getElementById(id);
const remember = (list) => [...list.children].forEach((row) => source.set(row, row.outerHTML));
live.querySelectorAll("[data-live=rows]").forEach(remember);

function mergeRows(list, fresh) {
  const old = new Map([...list.children].map((row) => [row.id, row]));
  const rows = [...fresh.children].map((row) => {
    const before = old.get(row.id);
    if (before && source.get(before) === row.outerHTML) return before;
    source.set(row, row.outerHTML);
    if (before?.querySelector("details")?.open) row.querySelector("details").open = true;
    return row;
  });
  if (rows.length === list.children.length && rows.every((row, at) => row === list.children[at])) return;
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const place = focused?.closest("li")?.id;
  list.replaceChildren(...rows);
  if (place) (focused.isConnected ? focused : by(place)?.querySelector("summary"))?.focus({ preventScroll: true });
}

async function refresh() {
  const answer = await fetch("/?live");
  if (!answer.ok) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  page.querySelectorAll("[data-live]").forEach((fresh) => {
    const here = by(fresh.id);
    if (fresh.dataset.live === "rows") mergeRows(here, fresh);
    else if (here.innerHTML !== fresh.innerHTML) here.innerHTML = fresh.innerHTML;
  });
  showSettings(JSON.parse(page.getElementById("settings-now").textContent));
  const clock = await fetch("/sandbox/clock");
  if (clock.ok) showClock(await clock.json());
}

function showClock({ now, ahead }) {
  const days = Math.floor(ahead / 86400), hours = Math.floor((ahead % 86400) / 3600);
  const leap = ahead >= 3600 ? ` (${days ? `${days} d ` : ""}${hours} h ahead)` : "";
  by("hour").textContent = "· " + now.replace("T", " ").slice(0, 19) + " UTC" + leap;
}

const text = (value) => Array.isArray(value) ? value.join(" | ") : value && typeof value === "object"
  ? Object.entries(value).map((pair) => pair.join("=")).join(", ") : String(value ?? "");

// What somebody has changed and not yet applied stays as it is.
function showSettings(settings) {
  document.querySelectorAll("#controls [data-kind]").forEach((field) => {
    if (field.dataset.changed || field === document.activeElement) return;
    if (field.dataset.kind === "rate") field.value = settings.faults[field.name] || "";
    else if (field.type === "checkbox") field.checked = settings[field.name];
    else field.value = text(settings[field.name]);
  });
}

function read(field) {
  const given = field.value.trim();
  switch (field.dataset.kind) {
    case "boolean": return field.checked;
    case "rate": case "number": return given === "" ? null : Number.isNaN(Number(given)) ? given : Number(given);
    case "list": return given === "" ? [] : given.split("|").map((item) => item.trim());
    case "pairs": return Object.fromEntries(given.split(",").filter((it) => it.trim()).map((it) => {
      const at = it.indexOf("=");
      return [it.slice(0, at).trim(), it.slice(at + 1).trim()];
    }));
    default: return given;
  }
}

async function post(url, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (answer.ok) return;
  const errors = await answer.json().catch(() => ({}));
  throw new Error(Object.entries(errors).map(([name, said]) => `${name}: ${said}`).join("; ") || answer.status);
}

function collect(form, button) {
  if (button?.name) return { [button.name]: Number(button.value) };
  const fields = [...form.querySelectorAll("[data-kind]")];
  if (!form.dataset.into) return Object.fromEntries(fields.filter((it) => it.dataset.changed).map((it) => [it.name, read(it)]));
  return { [form.dataset.into]: Object.fromEntries(fields.map((it) => [it.name, read(it)]).filter(([, rate]) => rate)) };
}

document.addEventListener("input", ({ target }) => { if (target.dataset.kind) target.dataset.changed = "1"; });
document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target, output = form.querySelector("output");
  output.className = "";
  output.textContent = "…";
  try {
    await post(form.dataset.post, collect(form, event.submitter));
    form.querySelectorAll("[data-changed]").forEach((field) => delete field.dataset.changed);
    output.textContent = "Done.";
    await refresh();
  } catch (error) {
    output.className = "bad";
    output.textContent = error.message;
  }
});
document.addEventListener("click", async ({ target }) => {
  if (target.dataset.replay) {
    target.disabled = true;
    try {
      await post(`/sandbox/callbacks/${target.dataset.replay}/replay`, {});
      await refresh();
    } catch (error) { target.after(` ${error.message}`); }
    target.disabled = false;
  } else if ("clear" in target.dataset) {
    target.form.querySelectorAll("[data-kind]").forEach((field) => { field.value = ""; });
    target.form.requestSubmit();
  }
});

// Panels stay as they were left; on a wide screen faults are open at first.
document.querySelectorAll("[data-panel]").forEach((panel) => {
  const key = `panel-${panel.dataset.panel}`;
  panel.open = (localStorage.getItem(key) ?? (matchMedia("(min-width: 901px)").matches ? "1" : "")) === "1";
  panel.addEventListener("toggle", () => localStorage.setItem(key, panel.open ? "1" : ""));
});

(async function poll() {
  if (!document.hidden) {
    try {
      await refresh();
      by("link").textContent = "";
    } catch { by("link").textContent = "· does not answer"; }
  }
  setTimeout(poll, 1500);
})();
