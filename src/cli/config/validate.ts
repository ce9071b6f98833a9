// `orch config validate`: the active profile, setting by setting; old names are replaced by those of today.
import { editProfiles } from "#settings/edit-profiles.ts";
import { readAsWritten, readProfiles } from "#settings/profiles.ts";
import { settingName } from "#settings/table.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { profilesPath } from "../profile/known.ts";
import { json } from "../terminal/layout.ts";
import { problemsOf } from "./problems.ts";

export const validate = command({
  description: "Check the settings of the active profile and replace old names.",
  examples: ["orch config validate", "orch -p work config validate"],
  mendsSettings: true,
  options: JSON_OPTION,
  async run({ options, io, loaded }) {
    const path = profilesPath(loaded);
    const written = readAsWritten(path, loaded.profile);
    const renamed = Object.keys(written).flatMap((name) => {
      const today = settingName(name);
      return today === undefined || today === name ? [] : [{ from: name, to: today }];
    });
    if (renamed.length > 0) editProfiles(path, (file) => file);
    const problems = problemsOf(readProfiles(path).profiles[loaded.profile] ?? {});
    if (options.json) {
      const answer = { profile: loaded.profile, valid: problems.length === 0, renamed, problems };
      io.out(json(answer));
      return problems.length > 0 ? 1 : 0;
    }
    for (const { from, to } of renamed) io.out(`Updated '${from}' to '${to}'.`);
    for (const problem of problems) io.err(io.paint.bad(problem));
    if (problems.length === 0) io.out(io.paint.good("Configuration valid!"));
    return problems.length > 0 ? 1 : 0;
  },
});
