// What is wrong with the settings of a profile.
import { messageOf } from "#lib/errors.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import { parseSetting } from "#settings/load.ts";
import { entryOf, SETTING_NAMES, settingName } from "#settings/table.ts";

/** A sentence for each unknown name and each value that cannot be read. */
export function problemsOf(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => problemOf(name, value) ?? []);
}

function problemOf(given: string, value: string): string | undefined {
  const name = settingName(given);
  if (name === undefined) return unknownSetting(given);
  if (entryOf(name).inProfile === false) {
    return `${name} cannot be kept in a profile: set it as an environment variable.`;
  }
  try {
    parseSetting(name, value);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

export function unknownSetting(given: string): string {
  return `Unknown setting name '${given}'.${didYouMean(given.replace(/^PREFECT_/, "ORCH_"), SETTING_NAMES)}`;
}
