// Passkeys: their buttons show where the browser knows them; what goes wrong is said in a sentence.
(() => {
  "use strict";
  const sentences = {
    NotAllowedError: "No passkey was used: the request was cancelled, timed out, or no key of yours is known here. Try again, or use your password.",
    InvalidStateError: "This key is registered here already.",
    SecurityError: "Passkeys work only on the service's own secure address. Check the address in the browser.",
  };
  const known = window.PublicKeyCredential !== undefined;
  document.addEventListener("DOMContentLoaded", () => {
    for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = !known;
  });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const place = document.getElementById("passkey-fault");
    const name = event.detail.exception.name;
    place.textContent = sentences[name] || "The passkey could not be used. Reload the page and try again.";
    place.hidden = false;
  });
})();
