/** Asks our own server for headers and frames (docs/dicomweb.md), with the browser's session. */
import type { Dataset } from "./json";
import type { Frame } from "./frames";
import { firstPart } from "./multipart";

/** Raw little-endian values: nothing has to be decoded here. */
const PLAIN = 'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1';

/** An answer that is no image; the sentence is the server's own where it gave one. */
export class Unanswered extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    sentence: string,
  ) {
    super(sentence);
  }
}

/** The headers of all images of a series. */
export async function headersOf(root: string, study: string, series: string, stop?: AbortSignal): Promise<Dataset[]> {
  const answer = await ask(`${seriesAddress(root, study, series)}/metadata`, "application/dicom+json", stop);
  return (await answer.json()) as Dataset[];
}

export function seriesAddress(root: string, study: string, series: string): string {
  return `${root}/studies/${study}/series/${series}`;
}

export function frameAddress(root: string, frame: Frame): string {
  const { study, series, sop, number } = frame;
  return `${seriesAddress(root, study, series)}/instances/${sop}/frames/${number}`;
}

/** The bytes of one frame. */
export async function bytesOf(root: string, frame: Frame, stop?: AbortSignal): Promise<Uint8Array> {
  const answer = await ask(frameAddress(root, frame), PLAIN, stop);
  return firstPart(new Uint8Array(await answer.arrayBuffer()), answer.headers.get("content-type") ?? "");
}

async function ask(address: string, accept: string, stop?: AbortSignal): Promise<Response> {
  const answer = await fetch(address, {
    headers: { Accept: accept },
    credentials: "same-origin",
    signal: stop ?? null,
  });
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

async function refusal(answer: Response): Promise<Unanswered> {
  const told = (await answer.json().catch(() => ({}))) as { code?: string; detail?: string; title?: string };
  const sentence =
    told.detail ?? told.title ?? "The images can't be fetched: check the network, then open the case again.";
  return new Unanswered(answer.status, told.code ?? "images_unavailable", sentence);
}
