// The commands of `orch notification`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const notificationCommands: Group = {
  description: "Send messages when flow runs enter a state.",
  aliases: ["notifications"],
  commands: {
    ls: { description: "List notifications.", load: async () => (await import("../notification/ls.ts")).ls },
    create: {
      description: "Create a notification, sent when flow runs enter a state.",
      load: async () => (await import("../notification/create.ts")).create,
    },
    test: {
      description: "Send a notification now, about a sample run.",
      load: async () => (await import("../notification/test.ts")).send,
    },
    pause: {
      description: "Pause a notification.",
      load: async () => (await import("../notification/active.ts")).pause,
    },
    resume: {
      description: "Resume a paused notification.",
      load: async () => (await import("../notification/active.ts")).resume,
    },
    delete: {
      description: "Delete a notification.",
      load: async () => (await import("../notification/delete.ts")).remove,
    },
  },
};
