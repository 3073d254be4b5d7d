// Raise issue: with a picture of what is seen and the viewer's state where there is a viewer, with words alone else.
(() => {
  "use strict";
  const dialog = document.getElementById("issue");
  if (!dialog) return;
  const LARGEST = 1500000; // bytes; the service takes 2 MiB
  const fresh = dialog.querySelector("#issue-form").outerHTML;
  let picture = "";

  const asUrl = (blob) => new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
  // Halved until it is small enough to be sent.
  const smaller = async (blob) => {
    let found = blob;
    while (found && found.size > LARGEST) {
      const image = await createImageBitmap(found);
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.floor(image.width / 2));
      canvas.height = Math.max(1, Math.floor(image.height / 2));
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      found = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
    }
    return found;
  };
  const fill = () => {
    const form = dialog.querySelector("form");
    if (!form) return;
    const wanted = form.querySelector("#issue-with-picture");
    form.elements.picture.value = picture && wanted.checked ? picture : "";
    form.querySelector("[data-picture]").hidden = !picture;
    if (picture) form.querySelector("[data-preview]").src = picture;
  };
  const look = async () => {
    const viewer = window.consilium && window.consilium.viewer;
    picture = "";
    if (!dialog.querySelector("form")) {
      dialog.querySelector("#issue-form").outerHTML = fresh; // the one before was sent
      window.htmx.process(dialog);
    }
    fill();
    if (viewer) {
      try {
        dialog.querySelector("form").elements.viewer_state.value = JSON.stringify(viewer.state());
        const blob = await smaller(await viewer.snapshot());
        picture = blob ? await asUrl(blob) : "";
      } catch {
        picture = ""; // words alone are sent then
      }
    }
    fill();
    dialog.dataset.looked = "true";
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-dialog="issue"]')) {
      delete dialog.dataset.looked;
      look();
    }
  });
  dialog.addEventListener("change", fill);
  document.addEventListener("htmx:afterSettle", (event) => dialog.contains(event.target) && fill());
})();
