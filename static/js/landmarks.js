// For the admin: unfold's pages have no landmark for what they are about, and one name for every part that
// scrolls. Whoever uses a screen reader jumps by these.

addEventListener("load", () => {
  document.getElementById("main")?.setAttribute("role", "main");
  const parts = document.querySelectorAll(".simplebar-content-wrapper[role=region]");
  parts.forEach((part, number) => {
    if (number) part.setAttribute("aria-label", `${part.getAttribute("aria-label")} ${number + 1}`);
  });
});
