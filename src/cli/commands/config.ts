// The commands of `orch config`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const configCommands: Group = {
  description: "Read and change settings.",
  commands: {
    view: {
      description: "Show settings and their sources.",
      load: async () => (await import("../config/view.ts")).view,
    },
    set: {
      description: "Store settings in the active profile.",
      load: async () => (await import("../config/set.ts")).set,
    },
    unset: {
      description: "Remove settings from the active profile.",
      load: async () => (await import("../config/set.ts")).unset,
    },
    validate: {
      description: "Check the settings of the active profile.",
      load: async () => (await import("../config/validate.ts")).validate,
    },
  },
};
