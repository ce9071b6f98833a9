// Lists all commands, each loaded only when it is called, or when its own help page is shown.
import type { Group, Load } from "./kit/command.ts";

export const COMMANDS: Record<string, Load> = {
  dev: async () => (await import("./dev/dev.ts")).dev,
  init: async () => (await import("./init/init.ts")).init,
  check: async () => (await import("./check/check.ts")).check,
  run: async () => (await import("./user-code/script.ts")).script,
  python: async () => (await import("./user-code/python.ts")).python,
  types: async () => (await import("./types/types.ts")).types,
  doctor: async () => (await import("./doctor/doctor.ts")).doctor,
  adopt: async () => (await import("./adopt/adopt.ts")).adopt,
  completion: async () => (await import("./completion.ts")).completion,
  version: async () => (await import("./version/version.ts")).version,
  licenses: async () => (await import("./version/licenses.ts")).licenses,
};

/** For other programs, not for people: no help page lists them. */
export const HIDDEN: Record<string, Load> = {
  __api: async () => (await import("./user-code/private-api.ts")).privateApi,
  __upload: async () => (await import("./deployment/upload-code.ts")).uploadCode,
  __database: async () => (await import("./database/work.ts")).databaseWork,
};

export const GROUPS: Record<string, Group> = {
  server: {
    description: "Run the server and maintain its database.",
    aliases: ["orion"],
    commands: {
      start: async () => (await import("./server.ts")).serverStart,
      status: async () => (await import("./server/status.ts")).serverStatus,
      stop: async () => (await import("./server/stop.ts")).serverStop,
      "database backup": async () => (await import("./database/backup.ts")).backup,
      "database restore": async () => (await import("./database/restore.ts")).restore,
      "database reset": async () => (await import("./database/reset.ts")).reset,
      "database vacuum": async () => (await import("./database/vacuum.ts")).vacuum,
      "database stats": async () => (await import("./database/stats.ts")).stats,
      "database upgrade": async () => (await import("./database/upgrade.ts")).upgrade,
      "database downgrade": async () => (await import("./database/upgrade.ts")).downgrade,
    },
  },
  service: {
    description: "Start the server, or an agent, whenever this machine starts.",
    commands: {
      install: async () => (await import("./service/install.ts")).install,
      status: async () => (await import("./service/status.ts")).status,
      uninstall: async () => (await import("./service/uninstall.ts")).uninstall,
    },
  },
  agent: {
    description: "Run an agent, which executes runs of work queues.",
    fallback: "start",
    commands: { start: async () => (await import("./agent.ts")).agentStart },
  },
  worker: {
    description: "Run a worker, which executes runs of a work pool.",
    commands: { start: async () => (await import("./worker.ts")).workerStart },
  },
  deployment: {
    description: "Build, apply, run and inspect deployments.",
    aliases: ["deployments"],
    commands: {
      build: async () => (await import("./deployment/build.ts")).build,
      apply: async () => (await import("./deployment/apply.ts")).apply,
      ls: async () => (await import("./deployment/ls.ts")).ls,
      inspect: async () => (await import("./deployment/inspect.ts")).inspect,
      preview: async () => (await import("./deployment/preview.ts")).preview,
      "set-schedule": async () => (await import("./deployment/set-schedule.ts")).setSchedule,
      "pause-schedule": async () => (await import("./deployment/active-schedule.ts")).pauseSchedule,
      "resume-schedule": async () => (await import("./deployment/active-schedule.ts")).resumeSchedule,
      run: async () => (await import("./deployment/run.ts")).run,
      delete: async () => (await import("./deployment/delete.ts")).remove,
    },
  },
  flow: {
    description: "Run and list flows.",
    aliases: ["flows"],
    commands: {
      run: async () => (await import("./flow/run.ts")).run,
      ls: async () => (await import("./flow/ls.ts")).ls,
      inspect: async () => (await import("./flow/inspect.ts")).inspect,
      delete: async () => (await import("./flow/delete.ts")).remove,
    },
  },
  "flow-run": {
    description: "Inspect, follow, cancel and retry flow runs.",
    aliases: ["flow-runs"],
    commands: {
      ls: async () => (await import("./flow-run/ls.ts")).ls,
      inspect: async () => (await import("./flow-run/inspect.ts")).inspect,
      logs: async () => (await import("./flow-run/logs.ts")).logs,
      watch: async () => (await import("./flow-run/watch.ts")).watch,
      retry: async () => (await import("./flow-run/retry.ts")).retry,
      resume: async () => (await import("./flow-run/resume.ts")).resume,
      cancel: async () => (await import("./flow-run/cancel.ts")).cancel,
      delete: async () => (await import("./flow-run/delete.ts")).remove,
    },
  },
  "task-run": {
    description: "Inspect task runs and their logs.",
    aliases: ["task-runs"],
    commands: {
      ls: async () => (await import("./task-run/ls.ts")).ls,
      inspect: async () => (await import("./task-run/inspect.ts")).inspect,
      logs: async () => (await import("./task-run/logs.ts")).logs,
      delete: async () => (await import("./task-run/delete.ts")).remove,
    },
  },
  "work-pool": {
    description: "Manage work pools, which group work queues.",
    aliases: ["work-pools"],
    commands: {
      create: async () => (await import("./work-pool/create.ts")).create,
      ls: async () => (await import("./work-pool/ls.ts")).ls,
      inspect: async () => (await import("./work-pool/inspect.ts")).inspect,
      preview: async () => (await import("./work-pool/preview.ts")).preview,
      pause: async () => (await import("./work-pool/pause.ts")).pause,
      resume: async () => (await import("./work-pool/pause.ts")).resume,
      "set-concurrency-limit": async () => (await import("./work-pool/limit.ts")).setLimit,
      "clear-concurrency-limit": async () => (await import("./work-pool/limit.ts")).clearLimit,
      delete: async () => (await import("./work-pool/delete.ts")).remove,
    },
  },
  "work-queue": {
    description: "Manage work queues, where runs wait for agents.",
    aliases: ["work-queues"],
    commands: {
      create: async () => (await import("./work-queue/create.ts")).create,
      ls: async () => (await import("./work-queue/ls.ts")).ls,
      inspect: async () => (await import("./work-queue/inspect.ts")).inspect,
      preview: async () => (await import("./work-queue/preview.ts")).preview,
      pause: async () => (await import("./work-queue/pause.ts")).pause,
      resume: async () => (await import("./work-queue/pause.ts")).resume,
      "set-concurrency-limit": async () => (await import("./work-queue/limit.ts")).setLimit,
      "clear-concurrency-limit": async () => (await import("./work-queue/limit.ts")).clearLimit,
      delete: async () => (await import("./work-queue/delete.ts")).remove,
    },
  },
  block: {
    description: "Create and inspect blocks: settings and secrets that flows load by name.",
    aliases: ["blocks"],
    commands: {
      ls: async () => (await import("./block/ls.ts")).ls,
      inspect: async () => (await import("./block/inspect.ts")).inspect,
      delete: async () => (await import("./block/delete.ts")).remove,
      create: async () => (await import("./block/create.ts")).create,
      register: async () => (await import("./block/register.ts")).register,
      "type ls": async () => (await import("./block/type/ls.ts")).ls,
      "type inspect": async () => (await import("./block/type/inspect.ts")).inspect,
      "type delete": async () => (await import("./block/type/delete.ts")).remove,
    },
  },
  variable: {
    description: "Read and change variables, which flows read by name.",
    aliases: ["variables"],
    commands: {
      ls: async () => (await import("./variable/ls.ts")).ls,
      inspect: async () => (await import("./variable/inspect.ts")).inspect,
      set: async () => (await import("./variable/set.ts")).set,
      delete: async () => (await import("./variable/delete.ts")).remove,
    },
  },
  artifact: {
    description: "Inspect artifacts: what runs publish for people to read.",
    aliases: ["artifacts"],
    commands: {
      ls: async () => (await import("./artifact/ls.ts")).ls,
      inspect: async () => (await import("./artifact/inspect.ts")).inspect,
      delete: async () => (await import("./artifact/delete.ts")).remove,
    },
  },
  notification: {
    description: "Send messages when flow runs enter a state.",
    aliases: ["notifications"],
    commands: {
      ls: async () => (await import("./notification/ls.ts")).ls,
      create: async () => (await import("./notification/create.ts")).create,
      test: async () => (await import("./notification/test.ts")).send,
      pause: async () => (await import("./notification/active.ts")).pause,
      resume: async () => (await import("./notification/active.ts")).resume,
      delete: async () => (await import("./notification/delete.ts")).remove,
    },
  },
  "concurrency-limit": {
    description: "Limit how many task runs with a tag run at the same time.",
    aliases: ["concurrency-limits"],
    commands: {
      create: async () => (await import("./concurrency-limit/create.ts")).create,
      ls: async () => (await import("./concurrency-limit/ls.ts")).ls,
      inspect: async () => (await import("./concurrency-limit/inspect.ts")).inspect,
      reset: async () => (await import("./concurrency-limit/delete.ts")).reset,
      delete: async () => (await import("./concurrency-limit/delete.ts")).remove,
    },
  },
  config: {
    description: "Read and change settings.",
    commands: {
      view: async () => (await import("./config/view.ts")).view,
      set: async () => (await import("./config/set.ts")).set,
      unset: async () => (await import("./config/set.ts")).unset,
      validate: async () => (await import("./config/validate.ts")).validate,
    },
  },
  profile: {
    description: "Manage profiles: named sets of settings.",
    aliases: ["profiles"],
    commands: {
      ls: async () => (await import("./profile/ls.ts")).ls,
      create: async () => (await import("./profile/create.ts")).create,
      use: async () => (await import("./profile/use.ts")).use,
      delete: async () => (await import("./profile/delete.ts")).remove,
      rename: async () => (await import("./profile/rename.ts")).rename,
      inspect: async () => (await import("./profile/inspect.ts")).inspect,
    },
  },
};
