// The commands of `orch artifact`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const artifactCommands: Group = {
  description: "Inspect artifacts: what runs publish for people to read.",
  aliases: ["artifacts"],
  commands: {
    ls: { description: "List artifacts.", load: async () => (await import("../artifact/ls.ts")).ls },
    inspect: {
      description: "Show the artifacts of a key.",
      load: async () => (await import("../artifact/inspect.ts")).inspect,
    },
    delete: { description: "Delete artifacts.", load: async () => (await import("../artifact/delete.ts")).remove },
  },
};
