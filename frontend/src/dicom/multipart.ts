/** The body of the first part of a multipart/related message (RFC 2387), found by its length or boundary. */

/** Throws an Error whose message is a sentence where the message is none of this kind. */
export function firstPart(body: Uint8Array, contentType: string): Uint8Array {
  if (!contentType.startsWith("multipart/")) return body;
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (!boundary) throw new Error("The answer has several parts, but doesn't say what parts them.");
  const head = find(body, bytes(`--${boundary}`), 0);
  const begin = find(body, bytes("\r\n\r\n"), head) + 4;
  if (head < 0 || begin < 4) throw new Error("The answer's parts can't be told apart.");
  const end = endOf(body, begin, bytes(`\r\n--${boundary}`), head);
  return body.subarray(begin, end);
}

/** By the part's Content-Length where it tells one, so that pixels aren't searched. */
function endOf(body: Uint8Array, begin: number, closing: Uint8Array, head: number): number {
  const told = new TextDecoder("latin1").decode(body.subarray(head, begin));
  const length = Number(/content-length:\s*(\d+)/i.exec(told)?.[1] ?? Number.NaN);
  if (begin + length <= body.length) return begin + length;
  const end = findLast(body, closing, begin);
  if (end < begin) throw new Error("The answer was cut off: load the image again.");
  return end;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function find(body: Uint8Array, wanted: Uint8Array, from: number): number {
  if (from < 0) return -1;
  for (let at = from; at <= body.length - wanted.length; at += 1) if (isAt(body, wanted, at)) return at;
  return -1;
}

/** From the end, where one part is all there is. */
function findLast(body: Uint8Array, wanted: Uint8Array, least: number): number {
  for (let at = body.length - wanted.length; at >= least; at -= 1) if (isAt(body, wanted, at)) return at;
  return -1;
}

function isAt(body: Uint8Array, wanted: Uint8Array, at: number): boolean {
  for (let index = 0; index < wanted.length; index += 1) if (body[at + index] !== wanted[index]) return false;
  return true;
}
