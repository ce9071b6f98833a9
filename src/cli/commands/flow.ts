// The commands of `orch flow`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const flowCommands: Group = {
  description: "Run and list flows.",
  aliases: ["flows"],
  commands: {
    run: {
      description: "Run a flow from a file in this process, tracked by the API.",
      load: async () => (await import("../flow/run.ts")).run,
    },
    ls: {
      description: "List flows, newest first.",
      load: async () => (await import("../flow/ls.ts")).ls,
    },
    inspect: {
      description: "Show a flow.",
      load: async () => (await import("../flow/inspect.ts")).inspect,
    },
    delete: {
      description: "Delete a flow with its deployments and runs.",
      load: async () => (await import("../flow/delete.ts")).remove,
    },
  },
};
