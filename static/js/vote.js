// A vote is shown at once and posted in the background; it is taken back if it could not be saved.

const show = (button, voted) => {
  button.setAttribute("aria-pressed", String(voted));
  button.formAction = button.formAction.replace(/(?:un)?vote\/$/, voted ? "unvote/" : "vote/");
};

document.addEventListener("submit", async (event) => {
  const { target: form, submitter: button } = event;
  if (!button?.matches("[data-vote]")) return;
  event.preventDefault();
  if (button.hasAttribute("aria-busy")) return;
  const url = button.formAction;
  const voted = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-busy", "true");
  show(button, !voted);
  try {
    const response = await fetch(url, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } });
    // A share that was closed meanwhile, or asks for its password again, takes no vote.
    if (response.status !== 204) throw new Error(`vote: ${response.status}`);
  } catch {
    show(button, voted);
    document.dispatchEvent(new CustomEvent("trouble", { detail: form.dataset.failed }));
  }
  button.removeAttribute("aria-busy");
});
