// Asks the browser for a passkey, or for a new one, and sends its answer with the form.
const form = document.querySelector("[data-passkey]");
const action = form.dataset.passkey;
const parse = action === "get" ? "parseRequestOptionsFromJSON" : "parseCreationOptionsFromJSON";
const failure = form.querySelector("[data-failure]");

async function send(event) {
  event.preventDefault();
  failure.hidden = true;
  try {
    const publicKey = PublicKeyCredential[parse](JSON.parse(form.dataset.options));
    const credential = await navigator.credentials[action]({ publicKey });
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    failure.role = "alert";
    failure.hidden = false;
  }
}

if (window.PublicKeyCredential?.[parse]) {
  document.querySelector("[data-without-passkeys]")?.remove();
  form.hidden = false;
  form.addEventListener("submit", send);
}