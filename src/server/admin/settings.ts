// The settings of the server as its API shows them.
import type { JsonObject } from "#lib/json.ts";
import { SETTING_NAMES, type Settings, shownValue } from "#settings/table.ts";

/** Under the names that clients of the old server know. Secrets are asterisks. */
export function shownSettings(settings: Settings): JsonObject {
  return Object.fromEntries(
    SETTING_NAMES.map((name) => [name.replace(/^ORCH_/, "PREFECT_"), shownValue(name, settings[name])]),
  );
}
