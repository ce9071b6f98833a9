// The settings of the server as its API shows them.
import type { JsonObject } from "#lib/json.ts";
import { entryOf, SETTING_NAMES, type Settings } from "#settings/table.ts";

const HIDDEN = "********";

/** Under the names that clients of the old server know. Secrets are asterisks. */
export function shownSettings(settings: Settings): JsonObject {
  const shown = SETTING_NAMES.map((name) => {
    const value = settings[name];
    return [name.replace(/^ORCH_/, "PREFECT_"), entryOf(name).secret && value !== null ? HIDDEN : value];
  });
  return Object.fromEntries(shown);
}
