// On [data-swipe], a swipe follows the link that the arrow key would: left is on, right is back.

let start = null;

const follow = (key) => document.querySelector(`a[data-key="${key}"]`)?.click();

document.addEventListener("touchstart", (event) => {
  const alone = event.touches.length === 1 && event.target.closest("[data-swipe]");
  start = alone ? event.touches[0] : null;
}, { passive: true });

document.addEventListener("touchend", (event) => {
  const zoomed = (globalThis.visualViewport?.scale ?? 1) > 1.01;
  if (!start || zoomed || event.touches.length) return;
  const x = event.changedTouches[0].clientX - start.clientX;
  const y = event.changedTouches[0].clientY - start.clientY;
  start = null;
  if (Math.abs(x) > 60 && Math.abs(x) > 2 * Math.abs(y)) follow(x < 0 ? "ArrowRight" : "ArrowLeft");
}, { passive: true });
