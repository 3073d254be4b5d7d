// The SHA-256 of a file that is chosen, reckoned in the browser and put into a field; the file is sent nowhere.
(() => {
  "use strict";
  const LARGEST = 1024 ** 3; // the browser reckons it of a whole file in memory
  const told = {
    reading: "Reading the file …",
    done: "This is the digest of the file.",
    large: "This file is too large to be read here: run sha256sum on it, and type what it says.",
    unable: "This browser can’t reckon digests here: run sha256sum on the file, and type what it says.",
  };
  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const fill = async (input) => {
    const [file] = input.files;
    const said = document.getElementById(input.getAttribute("aria-describedby"));
    const say = (what) => { said.textContent = told[what]; };
    if (!file) return undefined;
    if (!window.crypto?.subtle) return say("unable");
    if (file.size > LARGEST) return say("large");
    say("reading");
    try {
      const digest = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
      document.getElementById(input.dataset.digestInto).value = `sha256:${digest}`;
      return say("done");
    } catch {
      return say("unable");
    }
  };
  for (const input of document.querySelectorAll("[data-digest-into]")) input.addEventListener("change", () => void fill(input));
})();
