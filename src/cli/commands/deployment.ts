// The commands of `orch deployment`, each loaded only when it is called.
import type { Group } from "../kit/command.ts";

export const deploymentCommands: Group = {
  description: "Build, apply, run and inspect deployments.",
  aliases: ["deployments"],
  commands: {
    build: {
      description: "Write the deployment file of a flow; --apply also registers it.",
      load: async () => (await import("../deployment/build.ts")).build,
    },
    apply: {
      description: "Create or update deployments from their files.",
      load: async () => (await import("../deployment/apply.ts")).apply,
    },
    ls: {
      description: "List deployments.",
      load: async () => (await import("../deployment/ls.ts")).ls,
    },
    inspect: {
      description: "Show a deployment.",
      load: async () => (await import("../deployment/inspect.ts")).inspect,
    },
    preview: {
      description: "Show the next runs of a deployment's schedule.",
      load: async () => (await import("../deployment/preview.ts")).preview,
    },
    "set-schedule": {
      description: "Set or remove the schedule of a deployment.",
      load: async () => (await import("../deployment/set-schedule.ts")).setSchedule,
    },
    "pause-schedule": {
      description: "Pause the schedule of a deployment.",
      load: async () => (await import("../deployment/active-schedule.ts")).pauseSchedule,
    },
    "resume-schedule": {
      description: "Resume the schedule of a deployment.",
      load: async () => (await import("../deployment/active-schedule.ts")).resumeSchedule,
    },
    run: {
      description: "Create a flow run of a deployment.",
      load: async () => (await import("../deployment/run.ts")).run,
    },
    delete: {
      description: "Delete a deployment.",
      load: async () => (await import("../deployment/delete.ts")).remove,
    },
  },
};
