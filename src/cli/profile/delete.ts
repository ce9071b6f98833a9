// `orch profile delete`.
import { OrchError } from "#lib/errors.ts";
import { editProfiles } from "#settings/edit-profiles.ts";
import { type ProfilesFile, readProfiles } from "#settings/profiles.ts";
import { command } from "../kit/command.ts";
import { confirmDeletion, YES_OPTION } from "../terminal/confirm.ts";
import { profileNamed, profilesPath } from "./known.ts";

export const remove = command({
  description: "Delete a profile. The profile 'default' is emptied instead.",
  examples: ["orch profile delete work"],
  mendsSettings: true,
  options: { name: { type: "positional", required: true, description: "The profile." }, ...YES_OPTION },
  async run({ options, io, loaded }) {
    const { name } = options;
    const path = profilesPath(loaded);
    refuse(readProfiles(path));
    await confirmDeletion(io, options, `profile '${name}'`);
    editProfiles(path, (file) => {
      refuse(file);
      const { [name]: _, ...rest } = file.profiles;
      return { ...file, profiles: rest };
    });
    io.out(io.paint.good(`${name === "default" ? "Reset" : "Removed"} profile '${name}'.`));

    function refuse(file: ProfilesFile): void {
      profileNamed(file, name);
      if (name === loaded.profile || name === file.active) {
        const sentence = `Profile '${name}' is the active profile. You must switch profiles before it can be deleted.`;
        throw new OrchError("invalid", sentence);
      }
    }
  },
});
