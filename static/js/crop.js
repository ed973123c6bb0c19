// The crop of a picture: dragged, zoomed by wheel, pinch and slider, moved by keys. What counts are the
// numbers in the form, in pixels of the picture; the server cuts by them.

const form = document.querySelector("[data-crop]");
const stage = form.querySelector("[data-crop-stage]");
const box = form.querySelector("[data-crop-box]");
const zoom = form.querySelector("[data-crop-zoom]");
const said = form.querySelector("[data-crop-said]");
const { left, top, width } = form.elements;

const whole = { width: Number(form.dataset.width), height: Number(form.dataset.height) };
const ratio = Number(form.dataset.ratio);
const largest = Math.max(1, Math.min(whole.width, Math.floor(whole.height * ratio)));
const smallest = Math.min(largest, Math.max(64, Math.round(64 * ratio)));
const crop = { left: left.valueAsNumber || 0, top: top.valueAsNumber || 0, width: width.valueAsNumber || largest };
const pointers = new Map();

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const height = () => Math.min(whole.height, crop.width / ratio);
const percent = (part, of) => `${((100 * part) / of).toFixed(3)}%`;

function place() {
  crop.width = clamp(crop.width, smallest, largest);
  crop.left = clamp(crop.left, 0, whole.width - crop.width);
  crop.top = clamp(crop.top, 0, whole.height - height());
  box.style.setProperty("left", percent(crop.left, whole.width));
  box.style.setProperty("top", percent(crop.top, whole.height));
  box.style.setProperty("width", percent(crop.width, whole.width));
  box.style.setProperty("height", percent(height(), whole.height));
}

function write() {
  for (const [field, value] of [[left, crop.left], [top, crop.top], [width, crop.width]]) field.value = Math.round(value);
  zoom.value = largest === smallest ? 0 : Math.round((100 * (largest - crop.width)) / (largest - smallest));
  said.textContent = form.dataset.said
    .replace("%w", Math.round(crop.width))
    .replace("%h", Math.round(height()));
}

function move(right, down) {
  crop.left += right;
  crop.top += down;
  place();
  write();
}

// Its middle stays where it is.
function scale(to) {
  const before = { width: crop.width, height: height() };
  crop.width = clamp(to, smallest, largest);
  move((before.width - crop.width) / 2, (before.height - height()) / 2);
}

const perPixel = () => whole.width / stage.clientWidth;

function spread() {
  const [first, second] = [...pointers.values()];
  return Math.hypot(first.x - second.x, first.y - second.y);
}

box.addEventListener("pointerdown", (event) => {
  box.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
});

box.addEventListener("pointermove", (event) => {
  const last = pointers.get(event.pointerId);
  if (!last) return;
  const before = pointers.size === 2 ? spread() : 0;
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (before) scale((crop.width * spread()) / before);
  else move((event.clientX - last.x) * perPixel(), (event.clientY - last.y) * perPixel());
});

for (const name of ["pointerup", "pointercancel"]) {
  box.addEventListener(name, (event) => pointers.delete(event.pointerId));
}

stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  scale(crop.width * Math.exp(clamp(event.deltaY, -100, 100) / 500));
}, { passive: false });

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ZOOMS = { "+": 0.95, "=": 0.95, "-": 1 / 0.95, "_": 1 / 0.95 };

box.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = (whole.width / 100) * (event.shiftKey ? 5 : 1);
  if (STEPS[event.key]) move(...STEPS[event.key].map((way) => way * step));
  else if (ZOOMS[event.key]) scale(crop.width * ZOOMS[event.key]);
  else return;
  event.preventDefault();
});

zoom.addEventListener("input", () => scale(largest - (zoom.valueAsNumber / 100) * (largest - smallest)));

for (const [name, field] of Object.entries({ left, top, width })) {
  field.addEventListener("change", () => {
    if (Number.isNaN(field.valueAsNumber)) return write();
    crop[name] = field.valueAsNumber;
    place();
    return write();
  });
}

place();
write();
