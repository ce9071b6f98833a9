// Answers 404 where a handler looked for a record, or changed one, that is not there.
import { OrchError } from "#lib/errors.ts";

/** The record. Throws `not_found` with the sentence where there is none. */
export function found<T>(record: T | undefined, sentence: string): T {
  if (record === undefined) throw new OrchError("not_found", sentence);
  return record;
}

/** For a store's answer whether there was anything to change or delete. Throws `not_found` with the sentence. */
export function checkFound(isFound: boolean, sentence: string): void {
  if (!isFound) throw new OrchError("not_found", sentence);
}
