// Parameters on their way to the API.
import { messageOf, OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";

/** As the run will get them. Throws `invalid` for one that is no JSON. */
export function asJson(parameters: Record<string, unknown>): JsonObject {
  const entries = Object.entries(parameters).map(([name, value]) => {
    try {
      return [name, JSON.parse(JSON.stringify(value) ?? "null")];
    } catch (cause) {
      throw new OrchError("invalid", `Parameter '${name}' cannot be sent: ${messageOf(cause)}`, { cause });
    }
  });
  return Object.fromEntries(entries);
}
