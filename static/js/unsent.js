// Remembers, in this browser, which photos were still on their way when the page was closed: whoever comes
// back reads which are missing. Names alone are kept, and only until the photo has arrived.

const form = document.querySelector("form[data-upload]");
const key = `unsent ${form?.elements.photo_set.value}`;

function read() {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}

function write(names) {
  try {
    if (Object.keys(names).length) localStorage.setItem(key, JSON.stringify(names));
    else localStorage.removeItem(key);
  } catch {
    // No storage in this browser: nothing to come back to.
  }
}

function forget(id) {
  const { [id]: _gone, ...left } = read();
  write(left);
}

document.addEventListener("upload-begun", ({ detail }) => write({ ...read(), [detail.id]: detail.file.name }));
document.addEventListener("upload-over", ({ detail }) => {
  forget(detail.id);
  const note = document.querySelector("[data-unsent]");
  if (note && !note.hidden) tell();
});

function tell() {
  const note = document.querySelector("[data-unsent]");
  if (!note) return;
  for (const id of Object.keys(read())) if (document.getElementById(`photo-${id}`)) forget(id);
  const names = Object.values(read());
  note.hidden = !names.length;
  note.querySelector("[data-unsent-names]").textContent = names.join(", ");
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-unsent-dismiss]")) return;
  write({});
  tell();
  document.getElementById("choose")?.focus();
});

if (form) tell();
