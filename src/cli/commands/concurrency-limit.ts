// The commands of `orch concurrency-limit`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const concurrencyLimitCommands: Group = {
  description: "Limit how many task runs with a tag run at the same time.",
  aliases: ["concurrency-limits"],
  commands: {
    create: {
      description: "Create or change the limit of a tag.",
      load: async () => (await import("../concurrency-limit/create.ts")).create,
    },
    ls: { description: "List concurrency limits.", load: async () => (await import("../concurrency-limit/ls.ts")).ls },
    inspect: {
      description: "Show a concurrency limit.",
      load: async () => (await import("../concurrency-limit/inspect.ts")).inspect,
    },
    reset: {
      description: "Release all slots of a concurrency limit.",
      load: async () => (await import("../concurrency-limit/delete.ts")).reset,
    },
    delete: {
      description: "Delete a concurrency limit.",
      load: async () => (await import("../concurrency-limit/delete.ts")).remove,
    },
  },
};
