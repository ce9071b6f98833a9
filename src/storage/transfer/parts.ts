// Asks a server that speaks HTTP for part of a file, and sees whether that is what came.
import { Changed, type Part, type PartReader, type Range } from "../file-store.ts";
import type { HttpAnswer } from "../http.ts";

/** Statuses that are an answer to the request for a part: the file is another one now, or ends before it. */
export const PART_STATUSES: readonly number[] = [412, 416];

/** Where one connection is so fast, several would only cost more work; some servers read the whole file for each part. */
const FAST_BYTES_PER_MS = 64_000;

export type FetchedParts = Pick<PartReader, "partBytes" | "fastBytesPerMs">;

export const FETCHED: FetchedParts = { partBytes: 16 * 1024 * 1024, fastBytesPerMs: FAST_BYTES_PER_MS };

/** `precondition`: the header that holds the version of the parts before. */
export function partHeaders({ from, to, version }: Range, precondition = "if-match"): Record<string, string> {
  return { range: `bytes=${from}-${to - 1}`, ...(version === null ? {} : { [precondition]: version }) };
}

/** A tag that is the same only for the same bytes; null for none, and for one that promises less. */
export function strongTag(headers: Headers): string | null {
  const tag = headers.get("etag");
  return tag === null || tag.startsWith("W/") ? null : tag;
}

/** `version`: what the answer calls the file's version; null where it does not. As `PartReader.readPart`. */
export async function partOf(
  answer: HttpAnswer,
  { from, to, version: before }: Range,
  version: string | null,
): Promise<Part | null> {
  const isOther = before !== null && version !== null && version !== before;
  if (before !== null && (isOther || PART_STATUSES.includes(answer.status))) {
    await answer.stream().cancel();
    throw new Changed();
  }
  const [first, last, total] = rangeOf(answer);
  if (answer.status === 206 && first === from && last === Math.min(to, total) - 1 && version !== null) {
    return { version, total, size: answer.size, bytes: answer.bytes, stream: answer.stream };
  }
  // What is left of a whole file is not waited for.
  await answer.stream().cancel();
  return null;
}

function rangeOf({ headers }: HttpAnswer): [first: number, last: number, total: number] {
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
  return [Number(first ?? Number.NaN), Number(last ?? Number.NaN), Number(total ?? Number.NaN)];
}
