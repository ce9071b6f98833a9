// The commands of `orch profile`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const profileCommands: Group = {
  description: "Manage profiles: named sets of settings.",
  aliases: ["profiles"],
  commands: {
    ls: {
      description: "List profiles.",
      load: async () => (await import("./ls.ts")).ls,
    },
    create: {
      description: "Create a profile.",
      load: async () => (await import("./create.ts")).create,
    },
    use: {
      description: "Switch to a profile.",
      load: async () => (await import("./use.ts")).use,
    },
    delete: {
      description: "Delete a profile.",
      load: async () => (await import("./delete.ts")).remove,
    },
    rename: {
      description: "Rename a profile.",
      load: async () => (await import("./rename.ts")).rename,
    },
    inspect: {
      description: "Show the settings of a profile.",
      load: async () => (await import("./inspect.ts")).inspect,
    },
  },
};
