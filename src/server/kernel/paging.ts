// Limits of lists: 200 rows unless fewer are asked for. More is refused in a shape of its own, as on the old server.
import { OrchError } from "#lib/errors.ts";
import { MOST_ANSWER_LENGTH, tooLongAnswer } from "#lib/limits.ts";
import type { Settings } from "#settings/table.ts";

export interface Page {
  limit: number;
  offset: number;
  /** Characters of its rows, MOST_ANSWER_LENGTH unless fewer are wanted. */
  mostLength?: number;
}

/** The rows are longer than was asked for. */
export class LongPage extends OrchError {}

/**
 * The rows of a page, read one by one: what is too much is not read. `texts` are the columns that callers fill as they like.
 *
 * @throws LongPage (`invalid`) beyond the page's length.
 */
export function rowsOfPage<Row>(
  rows: Iterable<Row>,
  texts: readonly (keyof Row)[],
  { mostLength = MOST_ANSWER_LENGTH }: Pick<Page, "mostLength"> = {},
): Row[] {
  const page: Row[] = [];
  let length = 0;
  for (const row of rows) {
    for (const column of texts) length += (row[column] as string | null)?.length ?? 0; // texts, says the caller
    if (length > mostLength) throw new LongPage("invalid", tooLongAnswer(page.length));
    page.push(row);
  }
  return page;
}

/** Throws `invalid`, which is answered 422 with `{"detail": …}`. */
export function pageOf(body: { limit?: number | null | undefined; offset: number }, settings: Settings): Page {
  const most = settings.ORCH_API_DEFAULT_LIMIT;
  const limit = body.limit ?? most;
  if (limit > most) throw new OrchError("invalid", `Invalid limit: must be less than or equal to ${most}.`);
  if (limit < 0) throw new OrchError("invalid", "Invalid limit: must be greater than or equal to 0.");
  return { limit, offset: body.offset };
}
