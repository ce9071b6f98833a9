// All commands, each loaded only when it is called.

import { artifactCommands } from "./commands/artifact.ts";
import { blockCommands } from "./commands/block.ts";
import { concurrencyLimitCommands } from "./commands/concurrency-limit.ts";
import { configCommands } from "./commands/config.ts";
import { deploymentCommands } from "./commands/deployment.ts";
import { flowCommands } from "./commands/flow.ts";
import { flowRunCommands } from "./commands/flow-run.ts";
import { notificationCommands } from "./commands/notification.ts";
import { profileCommands } from "./commands/profile.ts";
import { serverCommands } from "./commands/server.ts";
import { serviceCommands } from "./commands/service.ts";
import { taskRunCommands } from "./commands/task-run.ts";
import { variableCommands } from "./commands/variable.ts";
import { workPoolCommands } from "./commands/work-pool.ts";
import { workQueueCommands } from "./commands/work-queue.ts";
import type { Entry, Group } from "./kit/command.ts";

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
  server: serverCommands,
  service: serviceCommands,
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
  deployment: deploymentCommands,
  flow: flowCommands,
  "flow-run": flowRunCommands,
  "task-run": taskRunCommands,
  "work-pool": workPoolCommands,
  "work-queue": workQueueCommands,
  block: blockCommands,
  variable: variableCommands,
  artifact: artifactCommands,
  notification: notificationCommands,
  "concurrency-limit": concurrencyLimitCommands,
  config: configCommands,
  profile: profileCommands,
};
