// Asks the browser for a passkey, or for a new one, and sends its answer with the form.
const source = document.querySelector("[data-passkey]"); // the form, or a button in it
const form = source.form ?? source;
const action = source.dataset.passkey;
const parse = action === "get" ? "parseRequestOptionsFromJSON" : "parseCreationOptionsFromJSON";
const failure = form.querySelector("[data-failure]");

// A form that sets up a blog needs either a password or a passkey.
function isComplete() {
  const { password } = form.elements;
  if (password === undefined) return true;
  password.disabled = true;
  if (form.reportValidity()) return true;
  password.disabled = false;
  return false;
}

function options() {
  const publicKey = PublicKeyCredential[parse](JSON.parse(source.dataset.options));
  const { email, name } = form.elements;
  if (email) Object.assign(publicKey.user, { name: email.value, displayName: name.value });
  return { publicKey };
}

async function send(event) {
  event.preventDefault();
  failure.hidden = true;
  if (!isComplete()) return;
  try {
    const credential = await navigator.credentials[action](options());
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    if (form.elements.password) form.elements.password.disabled = false;
    failure.role = "alert";
    failure.hidden = false;
  }
}

if (window.PublicKeyCredential?.[parse]) {
  document.querySelector("[data-without-passkeys]")?.remove();
  source.hidden = false;
  source.addEventListener(source === form ? "submit" : "click", send);
}