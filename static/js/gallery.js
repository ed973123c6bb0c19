// Justified rows: every row as wide as the page, every picture in its own proportions.
// Sizes are known from width and height, so nothing moves when a picture arrives.
// Stands behind the pictures and is not deferred: they are hidden until their rows are laid out.
(() => {
  const GAP = 4;
  // Where each gallery's layout stands: { width, items, rest }, `rest` being where its last, unfilled row begins.
  const states = new WeakMap();

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

  // Of four thousand pictures only the new ones are laid out, and the row they continue.
  function startOf(state, width, items) {
    const continues = state && state.width === width && state.items.length <= items.length
      && state.items.every((item, index) => item === items[index]);
    return continues ? state.rest : 0;
  }

  function layOut(gallery) {
    const width = gallery.clientWidth;
    if (!width) return;
    const wanted = width < 600 ? 240 : Math.min(380, width / 4);
    const items = [...gallery.children].filter((item) => !item.matches(".gallery-more, [hidden]"));
    let rest = startOf(states.get(gallery), width, items);
    let row = [];
    let sum = 0;
    let last = wanted;
    for (let index = rest; index < items.length; index += 1) {
      const ratio = proportion(items[index]);
      row.push({ item: items[index], ratio });
      sum += ratio;
      const height = (width - GAP * (row.length - 1)) / sum;
      if (height > wanted) continue;
      size(row, height);
      last = height;
      rest = index + 1;
      row = [];
      sum = 0;
    }
    if (row.length) size(row, Math.min(last, (width - GAP * (row.length - 1)) / sum));
    states.set(gallery, { width, items, rest });
    gallery.dataset.rows = "";
  }

  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (states.get(target)?.width !== target.clientWidth) layOut(target);
    }
  });

  function layOutAll() {
    for (const gallery of document.querySelectorAll("[data-gallery]")) {
      layOut(gallery);
      observer.observe(gallery);
    }
  }

  layOutAll();
  document.addEventListener("htmx:afterSwap", layOutAll);
  document.addEventListener("gallery-changed", layOutAll);
})();
