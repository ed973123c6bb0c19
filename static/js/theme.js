// Loaded in <head> and not deferred: the chosen theme must be known before anything is painted.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const current = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");

  function stored() {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be refused; the system's preference then holds
    }
  }

  function show() {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.setAttribute("aria-pressed", String(current() === "dark"));
    }
  }

  root.classList.add("with-js");
  const chosen = stored();
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;

  document.addEventListener("DOMContentLoaded", show);
  dark.addEventListener("change", show);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    root.dataset.theme = current() === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // the choice then lasts as long as the page
    }
    show();
  });
})();
