// All commands, each loaded only when it is called.
import type { Entry, Group } from "./command.ts";
import { SETTINGS_GROUPS } from "./settings-commands.ts";

export const COMMANDS: Record<string, Entry> = {
  dev: {
    description: "Server and agent in one process, with the deployment files of a folder applied.",
    load: async () => (await import("./dev.ts")).dev,
  },
  init: {
    description: "Write a starter project.",
    load: async () => (await import("./init.ts")).init,
  },
  check: {
    description: "Check the types of a project's flows.",
    load: async () => (await import("./check/check.ts")).check,
  },
  run: {
    description: "Run a TypeScript program that uses orch.",
    load: async () => (await import("./script.ts")).script,
  },
  types: {
    description: 'Write the types of "orch" for editors, and what `bun FILE` needs.',
    load: async () => (await import("./types/types.ts")).types,
  },
  doctor: {
    description: "Say what is wrong with this installation, and how to mend it.",
    load: async () => (await import("./doctor/doctor.ts")).doctor,
  },
  completion: {
    description: "Print a shell's completion script.",
    load: async () => (await import("./completion.ts")).completion,
  },
  version: {
    description: "Print versions, and where the API is.",
    load: async () => (await import("./version.ts")).version,
  },
};

/** For other programs, not for people: no help page lists them. */
export const HIDDEN: Record<string, Entry> = {
  __api: {
    description: "The API for the process that started this one.",
    load: async () => (await import("./private-api.ts")).privateApi,
  },
  __database: {
    description: "Work on a database for the process that started this one.",
    load: async () => (await import("./database/work.ts")).databaseWork,
  },
};

export const GROUPS: Record<string, Group> = {
  server: {
    description: "Run the server, and look after its database.",
    aliases: ["orion"],
    commands: {
      start: {
        description: "Start the API server with its scheduler.",
        load: async () => (await import("./server.ts")).serverStart,
      },
      status: {
        description: "Show whether the server of this home is running.",
        load: async () => (await import("./server/status.ts")).serverStatus,
      },
      stop: {
        description: "Stop the server of this home.",
        load: async () => (await import("./server/stop.ts")).serverStop,
      },
      "database backup": {
        description: "Write a copy of the database, also while a server works with it.",
        load: async () => (await import("./database/backup.ts")).backup,
      },
      "database restore": {
        description: "Put a backup in the place of the database, which is kept aside.",
        load: async () => (await import("./database/restore.ts")).restore,
      },
      "database reset": {
        description: "Delete everything in the database.",
        load: async () => (await import("./database/reset.ts")).reset,
      },
      "database vacuum": {
        description: "Give back the room that deleted rows have left.",
        load: async () => (await import("./database/vacuum.ts")).vacuum,
      },
      "database stats": {
        description: "Show what lies in the database.",
        load: async () => (await import("./database/stats.ts")).stats,
      },
      "database upgrade": {
        description: "Bring the database to the schema of this orch.",
        load: async () => (await import("./database/upgrade.ts")).upgrade,
      },
      "database downgrade": {
        description: "Say how an older schema is had back.",
        load: async () => (await import("./database/upgrade.ts")).downgrade,
      },
    },
  },
  service: {
    description: "Have the server started with the machine.",
    commands: {
      install: {
        description: "Start the server now and at every start of the machine.",
        load: async () => (await import("./service/install.ts")).install,
      },
      status: {
        description: "Show whether the service is installed and running.",
        load: async () => (await import("./service/status.ts")).status,
      },
      uninstall: {
        description: "Stop the service and remove it.",
        load: async () => (await import("./service/uninstall.ts")).uninstall,
      },
    },
  },
  agent: {
    description: "Run an agent, which executes the runs of work queues.",
    fallback: "start",
    commands: {
      start: {
        description: "Start an agent.",
        load: async () => (await import("./agent.ts")).agentStart,
      },
    },
  },
  worker: {
    description: "Run a worker, which executes the runs of a work pool.",
    commands: {
      start: {
        description: "Start a worker.",
        load: async () => (await import("./worker.ts")).workerStart,
      },
    },
  },
  deployment: {
    description: "Build, apply, run and look at deployments.",
    aliases: ["deployments"],
    commands: {
      build: {
        description: "Write a deployment file for a flow, and register it with --apply.",
        load: async () => (await import("./deployment/build.ts")).build,
      },
      apply: {
        description: "Create or update deployments from their files.",
        load: async () => (await import("./deployment/apply.ts")).apply,
      },
      ls: {
        description: "List deployments.",
        load: async () => (await import("./deployment/ls.ts")).ls,
      },
      inspect: {
        description: "Show a deployment.",
        load: async () => (await import("./deployment/inspect.ts")).inspect,
      },
      preview: {
        description: "Show the next runs of a deployment's schedule.",
        load: async () => (await import("./deployment/preview.ts")).preview,
      },
      "set-schedule": {
        description: "Set the schedule of a deployment.",
        load: async () => (await import("./deployment/set-schedule.ts")).setSchedule,
      },
      "pause-schedule": {
        description: "Pause the schedule of a deployment.",
        load: async () => (await import("./deployment/active-schedule.ts")).pauseSchedule,
      },
      "resume-schedule": {
        description: "Resume the schedule of a deployment.",
        load: async () => (await import("./deployment/active-schedule.ts")).resumeSchedule,
      },
      run: {
        description: "Create a flow run of a deployment.",
        load: async () => (await import("./deployment/run.ts")).run,
      },
      delete: {
        description: "Delete a deployment.",
        load: async () => (await import("./deployment/delete.ts")).remove,
      },
    },
  },
  flow: {
    description: "Run flows by hand, and list them.",
    aliases: ["flows"],
    commands: {
      run: {
        description: "Run a flow of a file here and now, tracked by the API.",
        load: async () => (await import("./flow/run.ts")).run,
      },
      ls: {
        description: "List flows, the newest first.",
        load: async () => (await import("./flow/ls.ts")).ls,
      },
      inspect: {
        description: "Show a flow.",
        load: async () => (await import("./flow/inspect.ts")).inspect,
      },
      delete: {
        description: "Delete a flow with its deployments and runs.",
        load: async () => (await import("./flow/delete.ts")).remove,
      },
    },
  },
  "flow-run": {
    description: "Look at flow runs, follow them, cancel them, run them again.",
    aliases: ["flow-runs"],
    commands: {
      ls: {
        description: "List flow runs, the latest first.",
        load: async () => (await import("./flow-run/ls.ts")).ls,
      },
      inspect: {
        description: "Show a flow run.",
        load: async () => (await import("./flow-run/inspect.ts")).inspect,
      },
      logs: {
        description: "Print the log of a flow run.",
        load: async () => (await import("./flow-run/logs.ts")).logs,
      },
      watch: {
        description: "Follow a flow run to its end.",
        load: async () => (await import("./flow-run/watch.ts")).watch,
      },
      retry: {
        description: "Run a flow run that has ended again.",
        load: async () => (await import("./flow-run/retry.ts")).retry,
      },
      resume: {
        description: "Let a paused flow run go on.",
        load: async () => (await import("./flow-run/resume.ts")).resume,
      },
      cancel: {
        description: "Cancel a flow run, with its tasks and subflows.",
        load: async () => (await import("./flow-run/cancel.ts")).cancel,
      },
      delete: {
        description: "Delete a flow run with its states and logs.",
        load: async () => (await import("./flow-run/delete.ts")).remove,
      },
    },
  },
  "task-run": {
    description: "Look at task runs.",
    aliases: ["task-runs"],
    commands: {
      ls: {
        description: "List task runs, the latest first.",
        load: async () => (await import("./task-run/ls.ts")).ls,
      },
      inspect: {
        description: "Show a task run.",
        load: async () => (await import("./task-run/inspect.ts")).inspect,
      },
      logs: {
        description: "Print the log of a task run.",
        load: async () => (await import("./task-run/logs.ts")).logs,
      },
      delete: {
        description: "Delete a task run with its states.",
        load: async () => (await import("./task-run/delete.ts")).remove,
      },
    },
  },
  "work-pool": {
    description: "Look after work pools, which hold work queues.",
    aliases: ["work-pools"],
    commands: {
      create: {
        description: "Create a work pool.",
        load: async () => (await import("./work-pool/create.ts")).create,
      },
      ls: {
        description: "List work pools, the newest first.",
        load: async () => (await import("./work-pool/ls.ts")).ls,
      },
      inspect: {
        description: "Show a work pool.",
        load: async () => (await import("./work-pool/inspect.ts")).inspect,
      },
      preview: {
        description: "Show the runs that agents will get from a work pool.",
        load: async () => (await import("./work-pool/preview.ts")).preview,
      },
      pause: {
        description: "Pause a work pool.",
        load: async () => (await import("./work-pool/pause.ts")).pause,
      },
      resume: {
        description: "Resume a paused work pool.",
        load: async () => (await import("./work-pool/pause.ts")).resume,
      },
      "set-concurrency-limit": {
        description: "Set how many of its runs may execute at once.",
        load: async () => (await import("./work-pool/limit.ts")).setLimit,
      },
      "clear-concurrency-limit": {
        description: "Let any number of its runs execute at once.",
        load: async () => (await import("./work-pool/limit.ts")).clearLimit,
      },
      delete: {
        description: "Delete a work pool.",
        load: async () => (await import("./work-pool/delete.ts")).remove,
      },
    },
  },
  "work-queue": {
    description: "Look after work queues, where runs wait for agents.",
    aliases: ["work-queues"],
    commands: {
      create: {
        description: "Create a work queue.",
        load: async () => (await import("./work-queue/create.ts")).create,
      },
      ls: {
        description: "List work queues, the newest first.",
        load: async () => (await import("./work-queue/ls.ts")).ls,
      },
      inspect: {
        description: "Show a work queue.",
        load: async () => (await import("./work-queue/inspect.ts")).inspect,
      },
      preview: {
        description: "Show the runs that agents will get from a work queue.",
        load: async () => (await import("./work-queue/preview.ts")).preview,
      },
      pause: {
        description: "Pause a work queue.",
        load: async () => (await import("./work-queue/pause.ts")).pause,
      },
      resume: {
        description: "Resume a paused work queue.",
        load: async () => (await import("./work-queue/pause.ts")).resume,
      },
      "set-concurrency-limit": {
        description: "Set how many of its runs may execute at once.",
        load: async () => (await import("./work-queue/limit.ts")).setLimit,
      },
      "clear-concurrency-limit": {
        description: "Let any number of its runs execute at once.",
        load: async () => (await import("./work-queue/limit.ts")).clearLimit,
      },
      delete: {
        description: "Delete a work queue.",
        load: async () => (await import("./work-queue/delete.ts")).remove,
      },
    },
  },
  block: {
    description: "Look at blocks, and make their types known.",
    aliases: ["blocks"],
    commands: {
      ls: {
        description: "List blocks.",
        load: async () => (await import("./block/ls.ts")).ls,
      },
      inspect: {
        description: "Show a block, its secrets as asterisks.",
        load: async () => (await import("./block/inspect.ts")).inspect,
      },
      delete: {
        description: "Delete a block, and the deployments that use it.",
        load: async () => (await import("./block/delete.ts")).remove,
      },
      create: {
        description: "Say how a block of a type is made.",
        load: async () => (await import("./block/create.ts")).create,
      },
      register: {
        description: "Make the block types of a file known to the server.",
        load: async () => (await import("./block/register.ts")).register,
      },
      "type ls": {
        description: "List block types.",
        load: async () => (await import("./block/type/ls.ts")).ls,
      },
      "type inspect": {
        description: "Show a block type.",
        load: async () => (await import("./block/type/inspect.ts")).inspect,
      },
      "type delete": {
        description: "Delete a block type, its blocks, and the deployments that use them.",
        load: async () => (await import("./block/type/delete.ts")).remove,
      },
    },
  },
  variable: {
    description: "Look at variables and change them.",
    aliases: ["variables"],
    commands: {
      ls: { description: "List variables.", load: async () => (await import("./variable/ls.ts")).ls },
      inspect: { description: "Show a variable.", load: async () => (await import("./variable/inspect.ts")).inspect },
      set: { description: "Make a variable, or change it.", load: async () => (await import("./variable/set.ts")).set },
      delete: { description: "Delete a variable.", load: async () => (await import("./variable/delete.ts")).remove },
    },
  },
  artifact: {
    description: "Look at what runs left behind.",
    aliases: ["artifacts"],
    commands: {
      ls: { description: "List artifacts.", load: async () => (await import("./artifact/ls.ts")).ls },
      inspect: {
        description: "Show the artifacts of a key.",
        load: async () => (await import("./artifact/inspect.ts")).inspect,
      },
      delete: { description: "Delete artifacts.", load: async () => (await import("./artifact/delete.ts")).remove },
    },
  },
  notification: {
    description: "Say who is told when flow runs enter a state.",
    aliases: ["notifications"],
    commands: {
      ls: { description: "List notifications.", load: async () => (await import("./notification/ls.ts")).ls },
      create: {
        description: "Tell somebody when flow runs enter a state.",
        load: async () => (await import("./notification/create.ts")).create,
      },
      test: {
        description: "Send the message of a notification now.",
        load: async () => (await import("./notification/test.ts")).send,
      },
      pause: {
        description: "Send nothing for a while.",
        load: async () => (await import("./notification/active.ts")).pause,
      },
      resume: {
        description: "Send messages again.",
        load: async () => (await import("./notification/active.ts")).resume,
      },
      delete: {
        description: "Delete a notification.",
        load: async () => (await import("./notification/delete.ts")).remove,
      },
    },
  },
  "concurrency-limit": {
    description: "Limit how many task runs with a tag run at once.",
    aliases: ["concurrency-limits"],
    commands: {
      create: {
        description: "Limit the task runs of a tag.",
        load: async () => (await import("./concurrency-limit/create.ts")).create,
      },
      ls: { description: "List concurrency limits.", load: async () => (await import("./concurrency-limit/ls.ts")).ls },
      inspect: {
        description: "Show a concurrency limit.",
        load: async () => (await import("./concurrency-limit/inspect.ts")).inspect,
      },
      reset: {
        description: "Free all slots of a limit.",
        load: async () => (await import("./concurrency-limit/delete.ts")).reset,
      },
      delete: {
        description: "Delete a concurrency limit.",
        load: async () => (await import("./concurrency-limit/delete.ts")).remove,
      },
    },
  },
  ...SETTINGS_GROUPS,
};
