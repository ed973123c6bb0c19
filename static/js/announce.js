// Says what changed. Three ways in: an "announce" event with the text as detail; a "trouble" event,
// which is also seen for a while; and any swapped fragment with data-announce="text", read when the
// text differs from the one before. The live region stands in base.html: one that is swapped in is not read.

const SEEN_FOR = 8000;
let last = document.querySelector("[data-announce]")?.dataset.announce ?? "";
let timer = 0;

const region = () => document.getElementById("live");

function hide() {
  region().className = "visually-hidden";
}

function say(text) {
  if (text) region().textContent = text;
}

document.addEventListener("announce", (event) => say(event.detail));

document.addEventListener("trouble", (event) => {
  say(event.detail);
  region().className = "note-trouble";
  clearTimeout(timer);
  timer = setTimeout(hide, SEEN_FOR);
});

document.addEventListener("htmx:afterSettle", () => {
  const text = document.querySelector("[data-announce]")?.dataset.announce ?? "";
  if (text !== last) say(text);
  last = text;
});
