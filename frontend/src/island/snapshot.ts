/** A picture of a cell with its marks, for whoever reports an issue. */
import type { Cell } from "./cell";

/** A PNG of what the cell shows. */
export async function picture(cell: Cell): Promise<Blob> {
  const shown = cell.pane.canvas();
  const canvas = document.createElement("canvas");
  canvas.width = shown.width;
  canvas.height = shown.height;
  const context = canvas.getContext("2d")!;
  context.drawImage(shown, 0, 0);
  context.drawImage(cell.overlay.canvas, 0, 0, shown.width, shown.height);
  context.drawImage(await marksOf(cell), 0, 0, shown.width, shown.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("The browser made no picture: try again."))),
      "image/png",
    ),
  );
}

async function marksOf(cell: Cell): Promise<HTMLImageElement> {
  const copy = cell.overlay.svg.cloneNode(true) as SVGSVGElement;
  const { clientWidth, clientHeight } = cell.pane.element;
  copy.setAttribute("width", String(clientWidth));
  copy.setAttribute("height", String(clientHeight));
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return image;
}
