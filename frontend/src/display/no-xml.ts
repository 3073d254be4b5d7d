/** Stands for xmlbuilder2 in the build: the viewer writes no XML. */
export function create(): never {
  throw new Error("The viewer writes no XML.");
}
