/* Makes and uses passkeys: <button data-passkey="add | use | sign-in">, whose form takes the answer.

   What the browser is to be asked stands in #js_data, or for a sign-in is had from the form's own address.
   allauth's webauthnJSON turns that into what browsers of all ages take. */

const CAUSES = { AbortError: "givenUp", NotAllowedError: "givenUp", InvalidStateError: "again", SecurityError: "none" };

const fromPage = () => JSON.parse(document.getElementById("js_data").textContent);

const fromAddress = async (form) => {
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
};

/* A passkey signs in alone: it is kept where it was made, and asks for its owner. */
const creation = (form) => {
  const options = fromPage().creation_options;
  const alone = form.elements.passwordless?.checked ?? false;
  const wanted = options.publicKey.authenticatorSelection;
  wanted.residentKey = alone ? "required" : "discouraged";
  wanted.requireResidentKey = alone;
  if (alone) wanted.userVerification = "required";
  return options;
};

const CEREMONIES = {
  add: (form) => globalThis.webauthnJSON.create(creation(form)),
  use: () => globalThis.webauthnJSON.get(fromPage().request_options),
  "sign-in": async (form) => globalThis.webauthnJSON.get((await fromAddress(form)).request_options),
};

const say = (cause) => {
  const place = document.getElementById("passkey-trouble");
  place.textContent = cause ? place.dataset[cause] : "";
  place.hidden = !cause;
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-passkey]");
  if (!button || button.ariaBusy === "true") return;
  event.preventDefault();
  say("");
  button.ariaBusy = "true";
  try {
    const credential = await CEREMONIES[button.dataset.passkey](button.form);
    button.form.elements.credential.value = JSON.stringify(credential);
    button.form.submit();
  } catch (error) {
    button.ariaBusy = "false";
    say(globalThis.PublicKeyCredential ? (CAUSES[error.name] ?? "other") : "none");
  }
});
