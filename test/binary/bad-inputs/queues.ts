// Bad inputs: queues and pools.
import type { BadInput } from "./table.ts";

export const queues: readonly BadInput[] = [
  [
    "create of a queue that is there",
    ["work-queue", "create", "test"],
    1,
    "Work queue with name: 'test' already exists.",
  ],
  [
    "create with a limit in words",
    ["work-queue", "create", "q2", "--limit", "x"],
    1,
    "--limit must be a whole number of at least 0, not 'x'.",
  ],
  [
    "create in a pool that is not there",
    ["work-queue", "create", "q2", "-p", "none"],
    1,
    "Work pool with name: 'none' not found. 'orch work-pool ls' lists what is there.",
  ],
  [
    "create of a queue with a slash",
    ["work-queue", "create", "a/b"],
    1,
    "name: Name 'a/b' contains an invalid character. Must not contain any of: ['/', '%', '&', '>', '<'].",
  ],
  [
    "inspect of a queue that is not there",
    ["work-queue", "inspect", "none"],
    1,
    "No work queue named 'none' found. 'orch work-queue ls' lists what is there.",
  ],
  [
    "a limit of a queue that is not there",
    ["work-queue", "set-concurrency-limit", "none", "5"],
    1,
    "No work queue named 'none' found. 'orch work-queue ls' lists what is there.",
  ],
  [
    "a limit in words",
    ["work-queue", "set-concurrency-limit", "test", "many"],
    1,
    "LIMIT must be a whole number of at least 0, not 'many'.",
  ],
  [
    "a limit below zero",
    ["work-queue", "set-concurrency-limit", "test", "-1"],
    2,
    "Unknown option '-1'. Try 'orch work-queue set-concurrency-limit --help'.",
  ],
  [
    "pause of a queue that is not there",
    ["work-queue", "pause", "none"],
    1,
    "No work queue named 'none' found. 'orch work-queue ls' lists what is there.",
  ],
  [
    "resume of a queue that is not there",
    ["work-queue", "resume", "none"],
    1,
    "No work queue named 'none' found. 'orch work-queue ls' lists what is there.",
  ],
  [
    "preview of no hours",
    ["work-queue", "preview", "test", "-h", "x"],
    1,
    "--hours must be a whole number of at least 1, not 'x'.",
  ],
  [
    "delete of a queue that is not there",
    ["work-queue", "delete", "none", "-y"],
    1,
    "No work queue named 'none' found. 'orch work-queue ls' lists what is there.",
  ],
  [
    "a pool of an unknown type",
    ["work-pool", "create", "p2", "-t", "nope"],
    1,
    "Unknown work pool type 'nope'. Please choose from prefect-agent, process.",
  ],
  [
    "a pool that is there",
    ["work-pool", "create", "default-agent-pool"],
    1,
    "Work pool default-agent-pool already exists. Please choose a different name.",
  ],
  [
    "a pool of a reserved name",
    ["work-pool", "create", "prefect-mine"],
    1,
    "Work pools starting with 'Prefect' are reserved for internal use.",
  ],
  [
    "inspect of a pool that is not there",
    ["work-pool", "inspect", "none"],
    1,
    "Work pool with name: 'none' not found. 'orch work-pool ls' lists what is there.",
  ],
  [
    "pause of a pool that is not there",
    ["work-pool", "pause", "none"],
    1,
    "Work pool with name: 'none' not found. 'orch work-pool ls' lists what is there.",
  ],
  [
    "delete of a pool that is not there",
    ["work-pool", "delete", "none", "-y"],
    1,
    "Work pool with name: 'none' not found. 'orch work-pool ls' lists what is there.",
  ],
  ["an agent of nothing", ["agent", "start"], 1, "No work queues provided! Name one with -q, or a work pool with -p."],
  [
    "an agent of queues and prefixes",
    ["agent", "start", "-q", "a", "-m", "b"],
    1,
    "Only one of `work_queues`, `match`, or `tags` can be provided.",
  ],
  [
    "an agent of queues and tags",
    ["agent", "start", "-q", "a", "-t", "b"],
    1,
    "Only one of `work_queues`, `match`, or `tags` can be provided.",
  ],
  [
    "an agent of a pool and tags",
    ["agent", "start", "-p", "p", "-t", "b"],
    1,
    "`tag` and `pool` options cannot be used together.",
  ],
  [
    "an agent of a pool that is not there",
    ["agent", "start", "-p", "none"],
    1,
    "Work pool 'none' not found. Make it with 'orch work-pool create none'.",
  ],
  [
    "an agent with a limit in words",
    ["agent", "start", "-q", "a", "-l", "x"],
    1,
    "--limit must be a whole number of at least 1, not 'x'.",
  ],
];
