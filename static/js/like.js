// A like button posts its form's action in place; the answer is the button as it is now.

async function send(form, button) {
  button.setAttribute("aria-busy", "true");
  const response = await fetch(button.formAction, {
    method: "POST",
    body: new FormData(form),
    headers: { "HX-Request": "true" },
  });
  if (!response.ok) throw new Error(`like: ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector(`[data-like="${CSS.escape(button.dataset.like)}"]`);
  if (!fresh) throw new Error("like: no button in the answer");
  const focused = document.activeElement === button;
  button.replaceWith(fresh);
  if (focused) fresh.focus();
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.matches("[data-like]")) return;
  event.preventDefault();
  if (button.hasAttribute("aria-busy")) return;
  send(event.target, button).catch(() => {
    button.removeAttribute("aria-busy");
    const detail = event.target.dataset.likeFailed ?? "";
    document.dispatchEvent(new CustomEvent("trouble", { detail }));
  });
});
