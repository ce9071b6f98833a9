// Names files by the keys of a bucket or container, and lists them page by page.
import { OrchError } from "#lib/errors.ts";
import { persistently, type StoredFile } from "./file-store.ts";

/** The key of a path below `base`; either may be empty. */
export function keyBelow(base: string, path: string): string {
  return [base, path].filter((part) => part !== "").join("/");
}

/** What the keys of all files in a folder begin with. */
export function prefixBelow(base: string, folder: string): string {
  const key = keyBelow(base, folder);
  return key === "" ? "" : `${key}/`;
}

export interface Page {
  files: StoredFile[];
  /** What asks for the page after this one; undefined at the end. */
  next: string | undefined;
}

/** The files of all pages. A page that fails for a moment is asked for again. */
export async function* filesOfPages(
  page: (next: string | undefined) => Promise<Page>,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredFile> {
  let next: string | undefined;
  do {
    const found = await persistently(() => page(next), signal);
    yield* found.files;
    next = found.next;
  } while (next !== undefined);
}

/** For removals: what is not there is removed already. */
export async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof OrchError && error.code === "not_found")) throw error;
  }
}
