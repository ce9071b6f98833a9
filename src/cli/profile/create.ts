// `orch profile create`.
import { editProfiles } from "#settings/edit-profiles.ts";
import { command } from "../kit/command.ts";
import { checkNewName } from "../options/new-name.ts";
import { profileNamed, profilesPath, refuseTaken } from "./known.ts";

export const create = command({
  description: "Create a profile, empty or as a copy.",
  examples: ["orch profile create work", "orch profile create home --from work"],
  mendsSettings: true,
  options: {
    name: { type: "positional", required: true, description: "Its name." },
    from: { type: "string", description: "Copy the settings of this profile." },
  },
  async run({ options: { name, from }, io, loaded }) {
    checkNewName("a profile", name);
    editProfiles(profilesPath(loaded), (file) => {
      refuseTaken(file, name);
      const values = from === undefined ? {} : profileNamed(file, from);
      return { ...file, profiles: { ...file.profiles, [name]: values } };
    });
    io.out("Created profile with properties:");
    io.out(`    name - '${name}'`);
    io.out(`    from name - ${from ?? "none"}`);
    io.out("");
    io.out(`Use it from now on:              orch profile use '${name}'`);
    io.out(`Use it for a single command:     orch -p '${name}' config view`);
  },
});
