// `orch profile inspect`.
import { readProfiles } from "#settings/profiles.ts";
import { shownValue } from "#settings/table.ts";
import { details } from "../details/draw.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json, NO_LIMIT } from "../terminal/layout.ts";
import { profileNamed, profilesPath } from "./known.ts";

export const inspect = command({
  description: "Show the settings of a profile.",
  examples: ["orch profile inspect", "orch profile inspect work --json"],
  mendsSettings: true,
  options: {
    name: { type: "positional", required: false, description: "The profile. Default: the active one." },
    "show-secrets": { type: "boolean", description: "Show secrets in plain text." },
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const name = options.name ?? loaded.profile;
    const values = profileNamed(readProfiles(profilesPath(loaded)), name);
    const shown = Object.entries(values).map(([key, value]): [string, string] => [
      key,
      options["show-secrets"] ? value : shownValue(key, value),
    ]);
    if (options.json) return io.out(json({ name, settings: Object.fromEntries(shown) }));
    if (shown.length === 0) {
      return io.out(`Profile '${name}' is empty. 'orch -p ${name} config set VAR=VAL' puts something into it.`);
    }
    const fields = shown.map(([label, value]) => ({ label, value }));
    const isActive = name === loaded.profile ? ", the active one" : "";
    io.out(details(`Profile '${name}'${isActive}`, [fields], io.isTerminal ? io.columns : NO_LIMIT));
  },
});
