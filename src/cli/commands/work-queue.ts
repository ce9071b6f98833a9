// The commands of `orch work-queue`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const workQueueCommands: Group = {
  description: "Manage work queues, where runs wait for agents.",
  aliases: ["work-queues"],
  commands: {
    create: {
      description: "Create a work queue.",
      load: async () => (await import("../work-queue/create.ts")).create,
    },
    ls: {
      description: "List work queues, newest first.",
      load: async () => (await import("../work-queue/ls.ts")).ls,
    },
    inspect: {
      description: "Show a work queue.",
      load: async () => (await import("../work-queue/inspect.ts")).inspect,
    },
    preview: {
      description: "Show the next runs of a work queue.",
      load: async () => (await import("../work-queue/preview.ts")).preview,
    },
    pause: {
      description: "Pause a work queue.",
      load: async () => (await import("../work-queue/pause.ts")).pause,
    },
    resume: {
      description: "Resume a paused work queue.",
      load: async () => (await import("../work-queue/pause.ts")).resume,
    },
    "set-concurrency-limit": {
      description: "Limit how many runs execute at the same time.",
      load: async () => (await import("../work-queue/limit.ts")).setLimit,
    },
    "clear-concurrency-limit": {
      description: "Remove the concurrency limit.",
      load: async () => (await import("../work-queue/limit.ts")).clearLimit,
    },
    delete: {
      description: "Delete a work queue.",
      load: async () => (await import("../work-queue/delete.ts")).remove,
    },
  },
};
