// The commands of `orch deployment`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const deploymentCommands: Group = {
  description: "Build, apply, run and inspect deployments.",
  aliases: ["deployments"],
  commands: {
    build: {
      description: "Write the deployment file of a flow; --apply also registers it.",
      load: async () => (await import("./build.ts")).build,
    },
    apply: {
      description: "Create or update deployments from their files.",
      load: async () => (await import("./apply.ts")).apply,
    },
    ls: {
      description: "List deployments.",
      load: async () => (await import("./ls.ts")).ls,
    },
    inspect: {
      description: "Show a deployment.",
      load: async () => (await import("./inspect.ts")).inspect,
    },
    preview: {
      description: "Show the next runs of a deployment's schedule.",
      load: async () => (await import("./preview.ts")).preview,
    },
    "set-schedule": {
      description: "Set or remove the schedule of a deployment.",
      load: async () => (await import("./set-schedule.ts")).setSchedule,
    },
    "pause-schedule": {
      description: "Pause the schedule of a deployment.",
      load: async () => (await import("./active-schedule.ts")).pauseSchedule,
    },
    "resume-schedule": {
      description: "Resume the schedule of a deployment.",
      load: async () => (await import("./active-schedule.ts")).resumeSchedule,
    },
    run: {
      description: "Create a flow run of a deployment.",
      load: async () => (await import("./run.ts")).run,
    },
    delete: {
      description: "Delete a deployment.",
      load: async () => (await import("./delete.ts")).remove,
    },
  },
};
