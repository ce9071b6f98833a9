// The commands of `orch flow-run`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const flowRunCommands: Group = {
  description: "Inspect, follow, cancel and retry flow runs.",
  aliases: ["flow-runs"],
  commands: {
    ls: {
      description: "List flow runs, latest first.",
      load: async () => (await import("../flow-run/ls.ts")).ls,
    },
    inspect: {
      description: "Show a flow run.",
      load: async () => (await import("../flow-run/inspect.ts")).inspect,
    },
    logs: {
      description: "Print the logs of a flow run.",
      load: async () => (await import("../flow-run/logs.ts")).logs,
    },
    watch: {
      description: "Follow a flow run until it ends.",
      load: async () => (await import("../flow-run/watch.ts")).watch,
    },
    retry: {
      description: "Run a finished flow run again.",
      load: async () => (await import("../flow-run/retry.ts")).retry,
    },
    resume: {
      description: "Resume a paused flow run.",
      load: async () => (await import("../flow-run/resume.ts")).resume,
    },
    cancel: {
      description: "Cancel a flow run with its tasks and subflows.",
      load: async () => (await import("../flow-run/cancel.ts")).cancel,
    },
    delete: {
      description: "Delete a flow run with its states and logs.",
      load: async () => (await import("../flow-run/delete.ts")).remove,
    },
  },
};
