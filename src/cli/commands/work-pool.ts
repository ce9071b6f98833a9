// The commands of `orch work-pool`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const workPoolCommands: Group = {
  description: "Manage work pools, which group work queues.",
  aliases: ["work-pools"],
  commands: {
    create: {
      description: "Create a work pool.",
      load: async () => (await import("../work-pool/create.ts")).create,
    },
    ls: {
      description: "List work pools, newest first.",
      load: async () => (await import("../work-pool/ls.ts")).ls,
    },
    inspect: {
      description: "Show a work pool.",
      load: async () => (await import("../work-pool/inspect.ts")).inspect,
    },
    preview: {
      description: "Show the next runs of a work pool.",
      load: async () => (await import("../work-pool/preview.ts")).preview,
    },
    pause: {
      description: "Pause a work pool.",
      load: async () => (await import("../work-pool/pause.ts")).pause,
    },
    resume: {
      description: "Resume a paused work pool.",
      load: async () => (await import("../work-pool/pause.ts")).resume,
    },
    "set-concurrency-limit": {
      description: "Limit how many runs execute at the same time.",
      load: async () => (await import("../work-pool/limit.ts")).setLimit,
    },
    "clear-concurrency-limit": {
      description: "Remove the concurrency limit.",
      load: async () => (await import("../work-pool/limit.ts")).clearLimit,
    },
    delete: {
      description: "Delete a work pool.",
      load: async () => (await import("../work-pool/delete.ts")).remove,
    },
  },
};
