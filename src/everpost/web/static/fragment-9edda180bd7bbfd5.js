// Moves a secret from the fragment of the address, which no server sees, into its field.
const field = document.querySelector("[data-secret]");
const secret = location.hash.slice(1);
if (secret.startsWith("evp_")) {
  field.value = secret;
  history.replaceState(null, "", location.pathname);
}
field.closest(".field").hidden = field.value !== "" && !field.hasAttribute("aria-invalid");