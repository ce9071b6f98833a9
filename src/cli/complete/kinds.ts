// What an option or an argument stands for, told by its name and its group: so that a new command is completed without
// another word about it.

export type NameKind =
  | "deployment"
  | "flow"
  | "block"
  | "block-type"
  /** A field of a block type, which the command line names before. */
  | "block-field"
  /** A parameter of a deployment, which the command line names before. */
  | "parameter"
  /** A parameter of a flow in a file, whose entrypoint the command line names before. */
  | "flow-parameter"
  | "queue"
  | "pool"
  | "flow-run"
  | "task-run"
  | "variable"
  | "artifact"
  | "concurrency-limit"
  | "notification"
  | "state"
  | "state-type"
  | "infrastructure"
  | "profile"
  | "setting"
  | "overlap"
  | "catchup"
  | "zone";
/** Completed by the shell itself; an entrypoint is a file and, after a colon, what it exports. */
export type Kind = NameKind | "files" | "folders" | "entrypoint";

/** The same wherever they stand. */
const BY_NAME: Record<string, Kind> = {
  catchup: "catchup",
  deployment: "deployment",
  entrypoint: "entrypoint",
  "flow-name": "flow",
  "flow-run": "flow-run",
  folder: "folders",
  infra: "infrastructure",
  "infra-block": "block",
  output: "files",
  overlap: "overlap",
  path: "folders",
  paths: "files",
  pool: "pool",
  program: "files",
  queue: "queue",
  settings: "setting",
  state: "state",
  "state-type": "state-type",
  "storage-block": "block",
  timezone: "zone",
  "work-queue": "queue",
};

/** The first argument of a group's commands. */
const BY_GROUP: Record<string, Kind> = {
  deployment: "deployment",
  flow: "flow",
  "flow-run": "flow-run",
  "task-run": "task-run",
  variable: "variable",
  artifact: "artifact",
  "concurrency-limit": "concurrency-limit",
  notification: "notification",
  "work-queue": "queue",
  "work-pool": "pool",
  block: "block",
  profile: "profile",
};

/** Names of things that are not there yet. */
const NEW = new Set(["create"]);

/** `agent` is there too: `orch server start --agent QUEUE`. */
export function kindOf(
  [group = "", name = ""]: readonly string[],
  argument: string,
  isFirst: boolean,
): Kind | undefined {
  if (argument === "field" && name === "create") return "block-field";
  if (argument === "param") return group === "deployment" && name === "run" ? "parameter" : "flow-parameter";
  if (group === "block" && (name === "create" || name === "type")) return isFirst ? "block-type" : undefined;
  if (group === "block" && argument === "file") return "files";
  if (group === "notification" && argument === "block") return "block";
  if (group === "notification" && argument === "type") return "block-type";
  if (group === "server" && argument === "agent") return "queue";
  if (group === "server" && (argument === "file" || argument === "backup")) return "files";
  const known = BY_NAME[argument];
  if (known) return known;
  return isFirst && !NEW.has(name) ? BY_GROUP[group] : undefined;
}
