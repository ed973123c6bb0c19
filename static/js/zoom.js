// Zooming into [data-zoom] frames: to actual pixels and back, by pinch, wheel and drag. All frames of a page
// move together. data-zoom="swipe" tells of swipes while nothing is zoomed.
// What is shown is { scale, x, y }, x and y being parts of the frame: the same for frames of any size.

const MOST = 8;
const SWIPE = 50;
const whole = () => ({ scale: 1, x: 0, y: 0 });
const frames = () => document.querySelectorAll("[data-zoom]");
const pictureOf = (frame) => frame.querySelector("img");
let view = whole();
const fingers = new Map();
let from = null;

const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

function show() {
  for (const frame of frames()) {
    const picture = pictureOf(frame);
    if (!picture) continue;
    const shift = `${view.x * frame.clientWidth}px, ${view.y * frame.clientHeight}px`;
    picture.style.setProperty("transform", view.scale > 1 ? `translate(${shift}) scale(${view.scale})` : "none");
    frame.toggleAttribute("data-zoomed", view.scale > 1);
    if (view.scale > 1) sharpen(picture);
  }
  for (const button of document.querySelectorAll("[data-zoom-toggle]")) {
    button.setAttribute("aria-pressed", String(view.scale > 1));
  }
}

// The original takes the variant's place once it is there: nothing blinks.
async function sharpen(picture) {
  const url = picture.dataset.original;
  if (!url || picture.dataset.sharp) return;
  picture.dataset.sharp = "yes";
  const original = new Image();
  original.src = url;
  try {
    await original.decode();
  } catch {
    return; // the variant stays
  }
  if (picture.dataset.original !== url) return;
  picture.removeAttribute("srcset");
  picture.src = url;
}

function zoom(scale, at) {
  const next = clamp(scale, 1, MOST);
  const stay = (offset, point) => clamp(point - ((point - offset) * next) / view.scale, 1 - next, 0);
  view = { scale: next, x: stay(view.x, at.x), y: stay(view.y, at.y) };
  show();
}

function pan(x, y) {
  view = { ...view, x: clamp(x, 1 - view.scale, 0), y: clamp(y, 1 - view.scale, 0) };
  show();
}

// One pixel of the picture on one of the screen; twice as large where that would change nothing.
function actualPixels(frame) {
  const picture = pictureOf(frame);
  const [width, height] = [Number(picture.getAttribute("width")), Number(picture.getAttribute("height"))];
  const shown = Math.min(frame.clientWidth, (frame.clientHeight * width) / height);
  const scale = width / devicePixelRatio / shown;
  return scale > 1.05 ? scale : 2;
}

function placeIn(frame, { clientX, clientY }) {
  const box = frame.getBoundingClientRect();
  return { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
}

function toggle(frame, at = { x: 0.5, y: 0.4 }) {
  if (view.scale > 1) view = whole();
  else return zoom(actualPixels(frame), at);
  return show();
}

const between = ([one, other]) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
const apart = ([one, other], frame) =>
  Math.hypot((one.x - other.x) * frame.clientWidth, (one.y - other.y) * frame.clientHeight);

function begin(frame) {
  const points = [...fingers.values()];
  from = points.length === 2
    ? { ...view, at: between(points), apart: apart(points, frame) }
    : { ...view, at: points[0] };
}

function onDown(event) {
  const frame = event.target.closest("[data-zoom]");
  if (!frame || !pictureOf(frame) || event.button) return;
  fingers.set(event.pointerId, placeIn(frame, event));
  if (fingers.size > 2) fingers.clear();
  else begin(frame);
  if (event.pointerType === "mouse") event.preventDefault(); // pictures are not dragged about
  frame.setPointerCapture(event.pointerId);
}

function onMove(event) {
  const frame = event.target.closest("[data-zoom]");
  if (!frame || !fingers.has(event.pointerId)) return;
  fingers.set(event.pointerId, placeIn(frame, event));
  const points = [...fingers.values()];
  if (points.length === 2 && from.apart) {
    zoom((from.scale * apart(points, frame)) / from.apart, between(points));
  } else if (view.scale > 1) {
    pan(from.x + points[0].x - from.at.x, from.y + points[0].y - from.at.y);
  }
}

function onUp(event) {
  const frame = event.target.closest("[data-zoom]");
  if (!frame || !fingers.has(event.pointerId)) return;
  const end = fingers.get(event.pointerId);
  const alone = fingers.size === 1 && from && !from.apart;
  fingers.delete(event.pointerId);
  if (fingers.size) begin(frame);
  else if (alone && event.type === "pointerup" && event.pointerType !== "mouse") swipe(frame, end);
}

function swipe(frame, end) {
  if (frame.dataset.zoom !== "swipe" || view.scale > 1) return;
  const [x, y] = [(end.x - from.at.x) * frame.clientWidth, (end.y - from.at.y) * frame.clientHeight];
  if (Math.max(Math.abs(x), Math.abs(y)) < SWIPE) return;
  const sideways = Math.abs(x) > Math.abs(y);
  const detail = sideways ? (x < 0 ? "left" : "right") : y > 0 ? "down" : "up";
  frame.dispatchEvent(new CustomEvent("swiped", { bubbles: true, detail }));
}

document.addEventListener("pointerdown", onDown);
document.addEventListener("pointermove", onMove);
document.addEventListener("pointerup", onUp);
document.addEventListener("pointercancel", onUp);
document.addEventListener("dblclick", (event) => {
  const frame = event.target.closest("[data-zoom]");
  if (frame && pictureOf(frame)) toggle(frame, placeIn(frame, event));
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-zoom-toggle]") && frames().length) toggle(frames()[0]);
});
document.addEventListener("wheel", (event) => {
  const frame = event.target.closest("[data-zoom]");
  if (!frame || !pictureOf(frame)) return;
  event.preventDefault();
  zoom(view.scale * Math.exp(-event.deltaY / 300), placeIn(frame, event));
}, { passive: false });
document.addEventListener("unzoom", () => {
  view = whole();
  show();
});
