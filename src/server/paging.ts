// Limits of lists: 200 rows unless fewer are asked for. More is refused in a shape of its own, as on the old server.
import { OrchError } from "#lib/errors.ts";
import type { Settings } from "#settings/table.ts";

export interface Page {
  limit: number;
  offset: number;
}

/** Throws `invalid`, which is answered 422 with `{"detail": …}`. */
export function pageOf(body: { limit?: number | null | undefined; offset: number }, settings: Settings): Page {
  const most = settings.ORCH_API_DEFAULT_LIMIT;
  const limit = body.limit ?? most;
  if (limit > most) throw new OrchError("invalid", `Invalid limit: must be less than or equal to ${most}.`);
  if (limit < 0) throw new OrchError("invalid", "Invalid limit: must be greater than or equal to 0.");
  return { limit, offset: body.offset };
}
