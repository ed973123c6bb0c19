// Justified rows: every row as wide as the page, every picture in its own proportions.
// Sizes are known from width and height, so nothing moves when a picture arrives.

const GAP = 4;

const isMore = (item) => item.classList.contains("gallery-more");

function proportion(item) {
  const picture = item.querySelector("img:not(.gallery-ghost)");
  return (Number(picture?.getAttribute("width")) || 4) / (Number(picture?.getAttribute("height")) || 5);
}

function size(row, height) {
  for (const { item, ratio } of row) {
    // A hundredth less, so that rounding never breaks a row.
    item.style.setProperty("inline-size", `${(ratio * height - 0.01).toFixed(2)}px`);
    item.style.setProperty("block-size", `${height.toFixed(2)}px`);
  }
}

function layOut(gallery) {
  const width = gallery.clientWidth;
  if (!width) return;
  const wanted = width < 600 ? 240 : Math.min(380, width / 4);
  let row = [];
  let sum = 0;
  let last = wanted;
  for (const item of gallery.children) {
    if (isMore(item)) continue;
    const ratio = proportion(item);
    row.push({ item, ratio });
    sum += ratio;
    const height = (width - GAP * (row.length - 1)) / sum;
    if (height > wanted) continue;
    size(row, height);
    last = height;
    row = [];
    sum = 0;
  }
  if (row.length) size(row, Math.min(last, (width - GAP * (row.length - 1)) / sum));
  gallery.dataset.rows = "";
}

const widths = new WeakMap();
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (widths.get(target) === target.clientWidth) continue;
    widths.set(target, target.clientWidth);
    layOut(target);
  }
});

function layOutAll() {
  for (const gallery of document.querySelectorAll("[data-gallery]")) {
    widths.set(gallery, gallery.clientWidth);
    layOut(gallery);
    observer.observe(gallery);
  }
}

layOutAll();
document.addEventListener("htmx:afterSwap", layOutAll);
