// The commands of `orch task-run`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const taskRunCommands: Group = {
  description: "Inspect task runs and their logs.",
  aliases: ["task-runs"],
  commands: {
    ls: {
      description: "List task runs, latest first.",
      load: async () => (await import("../task-run/ls.ts")).ls,
    },
    inspect: {
      description: "Show a task run.",
      load: async () => (await import("../task-run/inspect.ts")).inspect,
    },
    logs: {
      description: "Print the logs of a task run.",
      load: async () => (await import("../task-run/logs.ts")).logs,
    },
    delete: {
      description: "Delete a task run with its states.",
      load: async () => (await import("../task-run/delete.ts")).remove,
    },
  },
};
