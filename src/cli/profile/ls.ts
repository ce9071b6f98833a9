// `orch profile ls`.
import { readProfiles } from "#settings/profiles.ts";
import { command, LIST_OPTIONS } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { table } from "../terminal/output.ts";
import { profilesPath } from "./known.ts";

export const ls = command({
  description: "List profiles. A star marks the active one.",
  examples: ["orch profile ls", "orch profile ls --json"],
  mendsSettings: true,
  options: LIST_OPTIONS,
  async run({ options, io, loaded }) {
    const names = Object.keys(readProfiles(profilesPath(loaded)).profiles);
    if (options.json) {
      return io.out(json(names.map((name) => ({ name, active: name === loaded.profile }))));
    }
    const rows = names.map((name) => [`${name === loaded.profile ? "*" : " "} ${name}`]);
    io.out(table("Available Profiles", ["  Name"], rows, io.columns));
    io.out("* active profile");
  },
});
