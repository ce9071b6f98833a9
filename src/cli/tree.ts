// All commands, each loaded only when it is called.
import type { Entry, Group } from "./kit/command.ts";
import { SETTINGS_GROUPS } from "./settings-commands.ts";

export const COMMANDS: Record<string, Entry> = {
  dev: {
    description: "Run a server and an agent for the project in a folder.",
    load: async () => (await import("./dev/dev.ts")).dev,
  },
  init: {
    description: "Write a starter project.",
    load: async () => (await import("./init/init.ts")).init,
  },
  check: {
    description: "Check the types of a project's flows.",
    load: async () => (await import("./check/check.ts")).check,
  },
  run: {
    description: "Run a TypeScript program that uses orch.",
    load: async () => (await import("./user-code/script.ts")).script,
  },
  types: {
    description: 'Write the types of "orch" for editors, and what `bun FILE` needs.',
    load: async () => (await import("./types/types.ts")).types,
  },
  doctor: {
    description: "Find problems of this installation and explain how to fix them.",
    load: async () => (await import("./doctor/doctor.ts")).doctor,
  },
  adopt: {
    description: "Take over flows, deployments, runs and blocks of Prefect 2.",
    load: async () => (await import("./adopt/adopt.ts")).adopt,
  },
  completion: {
    description: "Print the completion script of a shell.",
    load: async () => (await import("./completion.ts")).completion,
  },
  version: {
    description: "Print versions and the address of the API.",
    load: async () => (await import("./version/version.ts")).version,
  },
  licenses: {
    description: "List the software inside of this executable, with its licenses.",
    load: async () => (await import("./version/licenses.ts")).licenses,
  },
};

/** For other programs, not for people: no help page lists them. */
export const HIDDEN: Record<string, Entry> = {
  __api: {
    description: "The API for the process that started this one.",
    load: async () => (await import("./user-code/private-api.ts")).privateApi,
  },
  __database: {
    description: "Work on a database for the process that started this one.",
    load: async () => (await import("./database/work.ts")).databaseWork,
  },
};

export const GROUPS: Record<string, Group> = {
  server: {
    description: "Run the server and maintain its database.",
    aliases: ["orion"],
    commands: {
      start: {
        description: "Start the API server with its scheduler.",
        load: async () => (await import("./server.ts")).serverStart,
      },
      status: {
        description: "Show whether the server is running.",
        load: async () => (await import("./server/status.ts")).serverStatus,
      },
      stop: {
        description: "Stop the server.",
        load: async () => (await import("./server/stop.ts")).serverStop,
      },
      "database backup": {
        description: "Back up the database, also while a server uses it.",
        load: async () => (await import("./database/backup.ts")).backup,
      },
      "database restore": {
        description: "Replace the database with a backup. The old database is kept in another file.",
        load: async () => (await import("./database/restore.ts")).restore,
      },
      "database reset": {
        description: "Delete everything in the database.",
        load: async () => (await import("./database/reset.ts")).reset,
      },
      "database vacuum": {
        description: "Reclaim disk space used by deleted rows.",
        load: async () => (await import("./database/vacuum.ts")).vacuum,
      },
      "database stats": {
        description: "Show the tables of the database and their sizes.",
        load: async () => (await import("./database/stats.ts")).stats,
      },
      "database upgrade": {
        description: "Upgrade the database to the schema of this version of orch.",
        load: async () => (await import("./database/upgrade.ts")).upgrade,
      },
      "database downgrade": {
        description: "Explain how to return to an older schema.",
        load: async () => (await import("./database/upgrade.ts")).downgrade,
      },
    },
  },
  service: {
    description: "Start the server, or an agent, whenever this machine starts.",
    commands: {
      install: {
        description: "Start the server, or an agent, now and whenever the machine starts.",
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
    description: "Run an agent, which executes runs of work queues.",
    fallback: "start",
    commands: {
      start: {
        description: "Start an agent.",
        load: async () => (await import("./agent.ts")).agentStart,
      },
    },
  },
  worker: {
    description: "Run a worker, which executes runs of a work pool.",
    commands: {
      start: {
        description: "Start a worker.",
        load: async () => (await import("./worker.ts")).workerStart,
      },
    },
  },
  deployment: {
    description: "Build, apply, run and inspect deployments.",
    aliases: ["deployments"],
    commands: {
      build: {
        description: "Write the deployment file of a flow; --apply also registers it.",
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
        description: "Set or remove the schedule of a deployment.",
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
    description: "Run and list flows.",
    aliases: ["flows"],
    commands: {
      run: {
        description: "Run a flow from a file in this process, tracked by the API.",
        load: async () => (await import("./flow/run.ts")).run,
      },
      ls: {
        description: "List flows, newest first.",
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
    description: "Inspect, follow, cancel and retry flow runs.",
    aliases: ["flow-runs"],
    commands: {
      ls: {
        description: "List flow runs, latest first.",
        load: async () => (await import("./flow-run/ls.ts")).ls,
      },
      inspect: {
        description: "Show a flow run.",
        load: async () => (await import("./flow-run/inspect.ts")).inspect,
      },
      logs: {
        description: "Print the logs of a flow run.",
        load: async () => (await import("./flow-run/logs.ts")).logs,
      },
      watch: {
        description: "Follow a flow run until it ends.",
        load: async () => (await import("./flow-run/watch.ts")).watch,
      },
      retry: {
        description: "Run a finished flow run again.",
        load: async () => (await import("./flow-run/retry.ts")).retry,
      },
      resume: {
        description: "Resume a paused flow run.",
        load: async () => (await import("./flow-run/resume.ts")).resume,
      },
      cancel: {
        description: "Cancel a flow run with its tasks and subflows.",
        load: async () => (await import("./flow-run/cancel.ts")).cancel,
      },
      delete: {
        description: "Delete a flow run with its states and logs.",
        load: async () => (await import("./flow-run/delete.ts")).remove,
      },
    },
  },
  "task-run": {
    description: "Inspect task runs and their logs.",
    aliases: ["task-runs"],
    commands: {
      ls: {
        description: "List task runs, latest first.",
        load: async () => (await import("./task-run/ls.ts")).ls,
      },
      inspect: {
        description: "Show a task run.",
        load: async () => (await import("./task-run/inspect.ts")).inspect,
      },
      logs: {
        description: "Print the logs of a task run.",
        load: async () => (await import("./task-run/logs.ts")).logs,
      },
      delete: {
        description: "Delete a task run with its states.",
        load: async () => (await import("./task-run/delete.ts")).remove,
      },
    },
  },
  "work-pool": {
    description: "Manage work pools, which group work queues.",
    aliases: ["work-pools"],
    commands: {
      create: {
        description: "Create a work pool.",
        load: async () => (await import("./work-pool/create.ts")).create,
      },
      ls: {
        description: "List work pools, newest first.",
        load: async () => (await import("./work-pool/ls.ts")).ls,
      },
      inspect: {
        description: "Show a work pool.",
        load: async () => (await import("./work-pool/inspect.ts")).inspect,
      },
      preview: {
        description: "Show the next runs of a work pool.",
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
        description: "Limit how many runs execute at the same time.",
        load: async () => (await import("./work-pool/limit.ts")).setLimit,
      },
      "clear-concurrency-limit": {
        description: "Remove the concurrency limit.",
        load: async () => (await import("./work-pool/limit.ts")).clearLimit,
      },
      delete: {
        description: "Delete a work pool.",
        load: async () => (await import("./work-pool/delete.ts")).remove,
      },
    },
  },
  "work-queue": {
    description: "Manage work queues, where runs wait for agents.",
    aliases: ["work-queues"],
    commands: {
      create: {
        description: "Create a work queue.",
        load: async () => (await import("./work-queue/create.ts")).create,
      },
      ls: {
        description: "List work queues, newest first.",
        load: async () => (await import("./work-queue/ls.ts")).ls,
      },
      inspect: {
        description: "Show a work queue.",
        load: async () => (await import("./work-queue/inspect.ts")).inspect,
      },
      preview: {
        description: "Show the next runs of a work queue.",
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
        description: "Limit how many runs execute at the same time.",
        load: async () => (await import("./work-queue/limit.ts")).setLimit,
      },
      "clear-concurrency-limit": {
        description: "Remove the concurrency limit.",
        load: async () => (await import("./work-queue/limit.ts")).clearLimit,
      },
      delete: {
        description: "Delete a work queue.",
        load: async () => (await import("./work-queue/delete.ts")).remove,
      },
    },
  },
  block: {
    description: "Create and inspect blocks: settings and secrets that flows load by name.",
    aliases: ["blocks"],
    commands: {
      ls: {
        description: "List blocks.",
        load: async () => (await import("./block/ls.ts")).ls,
      },
      inspect: {
        description: "Show a block, with its secrets hidden.",
        load: async () => (await import("./block/inspect.ts")).inspect,
      },
      delete: {
        description: "Delete a block and the deployments that use it.",
        load: async () => (await import("./block/delete.ts")).remove,
      },
      create: {
        description: "Create a block, or show the fields of a block type.",
        load: async () => (await import("./block/create.ts")).create,
      },
      register: {
        description: "Register the block types defined in a file.",
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
        description: "Delete a block type with its blocks and the deployments that use them.",
        load: async () => (await import("./block/type/delete.ts")).remove,
      },
    },
  },
  variable: {
    description: "Read and change variables, which flows read by name.",
    aliases: ["variables"],
    commands: {
      ls: { description: "List variables.", load: async () => (await import("./variable/ls.ts")).ls },
      inspect: { description: "Show a variable.", load: async () => (await import("./variable/inspect.ts")).inspect },
      set: { description: "Create or change a variable.", load: async () => (await import("./variable/set.ts")).set },
      delete: { description: "Delete a variable.", load: async () => (await import("./variable/delete.ts")).remove },
    },
  },
  artifact: {
    description: "Inspect artifacts: what runs publish for people to read.",
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
    description: "Send messages when flow runs enter a state.",
    aliases: ["notifications"],
    commands: {
      ls: { description: "List notifications.", load: async () => (await import("./notification/ls.ts")).ls },
      create: {
        description: "Create a notification, sent when flow runs enter a state.",
        load: async () => (await import("./notification/create.ts")).create,
      },
      test: {
        description: "Send a notification now, about a sample run.",
        load: async () => (await import("./notification/test.ts")).send,
      },
      pause: {
        description: "Pause a notification.",
        load: async () => (await import("./notification/active.ts")).pause,
      },
      resume: {
        description: "Resume a paused notification.",
        load: async () => (await import("./notification/active.ts")).resume,
      },
      delete: {
        description: "Delete a notification.",
        load: async () => (await import("./notification/delete.ts")).remove,
      },
    },
  },
  "concurrency-limit": {
    description: "Limit how many task runs with a tag run at the same time.",
    aliases: ["concurrency-limits"],
    commands: {
      create: {
        description: "Create or change the limit of a tag.",
        load: async () => (await import("./concurrency-limit/create.ts")).create,
      },
      ls: { description: "List concurrency limits.", load: async () => (await import("./concurrency-limit/ls.ts")).ls },
      inspect: {
        description: "Show a concurrency limit.",
        load: async () => (await import("./concurrency-limit/inspect.ts")).inspect,
      },
      reset: {
        description: "Release all slots of a concurrency limit.",
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
