// Moves a secret from the fragment of the address, which no server sees, into its field.
const field = document.querySelector("[data-secret]");
const secret = location.hash.slice(1);
const elsewhere = document.querySelector("[data-keeps-secret] a");
if (secret.startsWith("evp_")) {
  field.value = secret;
  history.replaceState(null, "", location.pathname);
}
if (elsewhere) elsewhere.hash = field.value;
field.closest(".field").hidden = field.value !== "" && !field.hasAttribute("aria-invalid");
