// The commands on settings and their profiles, each loaded only when it is called.
import type { Group } from "./kit/command.ts";

export const SETTINGS_GROUPS: Record<string, Group> = {
  config: {
    description: "Read and change settings.",
    commands: {
      view: {
        description: "Show settings and their sources.",
        load: async () => (await import("./config/view.ts")).view,
      },
      set: {
        description: "Store settings in the active profile.",
        load: async () => (await import("./config/set.ts")).set,
      },
      unset: {
        description: "Remove settings from the active profile.",
        load: async () => (await import("./config/set.ts")).unset,
      },
      validate: {
        description: "Check the settings of the active profile.",
        load: async () => (await import("./config/validate.ts")).validate,
      },
    },
  },
  profile: {
    description: "Manage profiles: named sets of settings.",
    aliases: ["profiles"],
    commands: {
      ls: {
        description: "List profiles.",
        load: async () => (await import("./profile/ls.ts")).ls,
      },
      create: {
        description: "Create a profile.",
        load: async () => (await import("./profile/create.ts")).create,
      },
      use: {
        description: "Switch to a profile.",
        load: async () => (await import("./profile/use.ts")).use,
      },
      delete: {
        description: "Delete a profile.",
        load: async () => (await import("./profile/delete.ts")).remove,
      },
      rename: {
        description: "Rename a profile.",
        load: async () => (await import("./profile/rename.ts")).rename,
      },
      inspect: {
        description: "Show the settings of a profile.",
        load: async () => (await import("./profile/inspect.ts")).inspect,
      },
    },
  },
};
