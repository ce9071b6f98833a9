// `orch config set` and `unset`: what the active profile keeps.
import { OrchError } from "#lib/errors.ts";
import { writeProfile } from "#settings/edit-profiles.ts";
import { parseSetting } from "#settings/load.ts";
import { readProfile } from "#settings/profiles.ts";
import { entryOf, type SettingName, settingName, shownValue } from "#settings/table.ts";
import { command, UsageError } from "../kit/command.ts";
import { profilesPath } from "../profile/known.ts";
import { unknownSetting } from "./problems.ts";

const WORDS = { type: "positional", multiple: true } as const;

export const set = command({
  description: "Store settings in the active profile.",
  mendsSettings: true,
  examples: ["orch config set ORCH_API_URL=http://127.0.0.1:4200/api"],
  options: { settings: { ...WORDS, description: "VAR=VAL, one or more." } },
  async run({ options, io, loaded }) {
    const changes = Object.fromEntries(words(options.settings).map(readAssignment));
    writeProfile(profilesPath(loaded), loaded.profile, changes);
    for (const [name, value] of Object.entries(changes)) {
      io.out(`Set '${name}' to '${shownValue(name, value)}'.`);
      if (loaded.source(name as SettingName) === "env") {
        io.err(`${name} is also set by an environment variable, which wins over the profile.`);
      }
    }
    io.out(`Updated profile '${loaded.profile}'.`);
  },
});

export const unset = command({
  description: "Remove settings from the active profile.",
  examples: ["orch config unset ORCH_API_URL"],
  mendsSettings: true,
  options: { settings: { ...WORDS, description: "VAR, one or more." } },
  async run({ options, io, loaded }) {
    const names = words(options.settings).map(knownSetting);
    const { values } = readProfile(profilesPath(loaded), loaded.profile);
    const absent = names.find((name) => !Object.hasOwn(values, name));
    if (absent) throw new OrchError("invalid", `'${absent}' is not set in profile '${loaded.profile}'.`);
    writeProfile(profilesPath(loaded), loaded.profile, Object.fromEntries(names.map((name) => [name, null])));
    for (const name of names) io.out(`Unset '${name}'.`);
    io.out(`Updated profile '${loaded.profile}'.`);
  },
});

function words(given: unknown): string[] {
  const list = given as string[]; // `multiple` makes it a list
  if (list.length === 0) throw new UsageError("Missing argument 'SETTINGS'.");
  return list;
}

function readAssignment(text: string): [SettingName, string] {
  const at = text.indexOf("=");
  if (at < 0) throw new OrchError("invalid", `Failed to parse argument '${text}'. Use the format 'VAR=VAL'.`);
  const name = knownSetting(text.slice(0, at));
  if (entryOf(name).inProfile === false) {
    throw new OrchError("invalid", `${name} cannot be kept in a profile: set it as an environment variable.`);
  }
  const value = text.slice(at + 1);
  if (value.trim() === "") {
    throw new OrchError("invalid", `'${text}' has no value. 'orch config unset ${name}' removes a setting.`);
  }
  parseSetting(name, value);
  return [name, value];
}

function knownSetting(given: string): SettingName {
  const name = settingName(given);
  if (name) return name;
  throw new OrchError("invalid", unknownSetting(given));
}
