// `orch profile rename`.
import { editProfiles } from "#settings/edit-profiles.ts";
import { command } from "../kit/command.ts";
import { checkNewName } from "../options/new-name.ts";
import { profileNamed, profilesPath, refuseTaken } from "./known.ts";

export const rename = command({
  description: "Rename a profile.",
  examples: ["orch profile rename work office"],
  mendsSettings: true,
  options: {
    name: { type: "positional", required: true, description: "The profile." },
    "new-name": { type: "positional", required: true, description: "The new name." },
  },
  async run({ options, io, loaded }) {
    const { name, "new-name": newName } = options;
    checkNewName("a profile", newName);
    editProfiles(profilesPath(loaded), ({ active, profiles }) => {
      const values = profileNamed({ active, profiles }, name);
      refuseTaken({ active, profiles }, newName, name);
      const { [name]: _, ...rest } = profiles;
      return { active: active === name ? newName : active, profiles: { ...rest, [newName]: values } };
    });
    if (io.env["ORCH_PROFILE"] === name) {
      io.err(`ORCH_PROFILE is still set to '${name}': set it to '${newName}' to go on using the profile.`);
    }
    io.out(io.paint.good(`Renamed profile '${name}' to '${newName}'.`));
  },
});
