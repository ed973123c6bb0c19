// Photos may be dropped on [data-drop], pasted anywhere on its page, or chosen in its fields.
// However they come, the form hears one event, "files-chosen", with the files as detail.

const zone = () => document.querySelector("[data-drop]");
// The loud button is for who has no photo here yet.
const tiles = document.getElementById("tiles");
const quieten = () => {
  const isBegun = Boolean(tiles.querySelector("li.tile:not([data-state=removed])"));
  document.querySelector("[data-choose]")?.classList.toggle("button-quiet", isBegun);
};
if (tiles) new MutationObserver(quieten).observe(tiles, { childList: true });

const isFiles = (transfer) => [...(transfer?.types ?? [])].includes("Files");

function tell(target, files) {
  const form = target?.closest("form");
  if (!form || !files.length) return;
  form.dispatchEvent(new CustomEvent("files-chosen", { bubbles: true, detail: [...files] }));
}

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.type !== "file" || !field.closest("[data-drop]")) return;
  tell(field, [...field.files]);
  field.value = "";
});

// Anywhere on the page: a photo dropped beside the zone must not replace the page.
document.addEventListener("dragover", (event) => {
  if (!zone() || !isFiles(event.dataTransfer)) return;
  event.preventDefault();
  zone().dataset.over = "";
});

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) delete zone()?.dataset.over;
});

document.addEventListener("drop", (event) => {
  if (!zone() || !isFiles(event.dataTransfer)) return;
  event.preventDefault();
  delete zone().dataset.over;
  tell(zone(), event.dataTransfer.files);
});

document.addEventListener("paste", (event) => {
  if (zone() && isFiles(event.clipboardData)) tell(zone(), event.clipboardData.files);
});
