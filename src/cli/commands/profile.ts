// The commands of `orch profile`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const profileCommands: Group = {
  description: "Manage profiles: named sets of settings.",
  aliases: ["profiles"],
  commands: {
    ls: {
      description: "List profiles.",
      load: async () => (await import("../profile/ls.ts")).ls,
    },
    create: {
      description: "Create a profile.",
      load: async () => (await import("../profile/create.ts")).create,
    },
    use: {
      description: "Switch to a profile.",
      load: async () => (await import("../profile/use.ts")).use,
    },
    delete: {
      description: "Delete a profile.",
      load: async () => (await import("../profile/delete.ts")).remove,
    },
    rename: {
      description: "Rename a profile.",
      load: async () => (await import("../profile/rename.ts")).rename,
    },
    inspect: {
      description: "Show the settings of a profile.",
      load: async () => (await import("../profile/inspect.ts")).inspect,
    },
  },
};
