// Every setting, once: its type, its default, and a sentence for `orch config`. Names and defaults are Prefect 2.10.4's
// with `ORCH_` for `PREFECT_`, which is still read as an alias. Times are seconds.

type Kind = "text" | "number" | "boolean";

export interface SettingEntry {
  kind: Kind;
  /** `null`: unset. `$ORCH_HOME` stands for the home. */
  fallback: string | number | boolean | null;
  sentence: string;
  /** Shown as asterisks. */
  secret?: boolean;
  /** Numbers below it are refused. */
  min?: number;
}

const text = <const F extends string | null>(fallback: F, sentence: string) =>
  ({ kind: "text", fallback, sentence }) as const;
const secret = (sentence: string) => ({ kind: "text", fallback: null, sentence, secret: true }) as const;
const number = (fallback: number, sentence: string, min = 0) => ({ kind: "number", fallback, sentence, min }) as const;
const flag = (fallback: boolean, sentence: string) => ({ kind: "boolean", fallback, sentence }) as const;

export const SETTINGS = {
  ORCH_HOME: text("~/.orch", "The folder of the database, the profiles and the stored files."),
  ORCH_LOCAL_STORAGE_PATH: text("$ORCH_HOME/storage", "Where snapshots of flow code and results are kept."),

  ORCH_API_URL: text(null, "The address of the API, ending in /api. Unset: the database of the home."),
  ORCH_API_KEY: secret("The key sent to the API."),
  ORCH_API_REQUEST_TIMEOUT: number(30, "Seconds until a request is given up."),

  ORCH_LOGGING_LEVEL: text(
    "INFO",
    "The least level of log lines that are kept: DEBUG, INFO, WARNING, ERROR, CRITICAL.",
  ),
  ORCH_LOGGING_LOG_PRINTS: flag(false, "Send what flows print to their logs."),
  ORCH_LOGGING_TO_API_ENABLED: flag(true, "Send log lines to the API."),
  ORCH_LOGGING_TO_API_BATCH_INTERVAL: number(2, "Seconds between two batches of log lines."),
  ORCH_LOGGING_TO_API_BATCH_SIZE: number(4_000_000, "Most bytes of a batch of log lines.", 1),
  ORCH_LOGGING_TO_API_MAX_LOG_SIZE: number(1_000_000, "Most bytes of one log line.", 1),

  ORCH_AGENT_QUERY_INTERVAL: number(15, "Longest seconds an agent waits before it looks for work again."),
  ORCH_AGENT_PREFETCH_SECONDS: number(15, "Seconds before its time that an agent starts a run."),
  ORCH_HEARTBEAT_SECONDS: number(5, "Seconds between two signs of life of an agent or a flow run.", 0.1),

  ORCH_SERVER_API_HOST: text("127.0.0.1", "The address the server binds."),
  ORCH_SERVER_API_PORT: number(4200, "The port the server binds; 0 takes a free one."),
  ORCH_SERVER_API_KEY: secret("The key the server asks for. Needed to bind any but a loopback address."),
  ORCH_SERVER_CORS_ORIGINS: text("", "Web origins that may call the API, separated by commas."),
  ORCH_API_DEFAULT_LIMIT: number(200, "Most rows of one answer.", 1),
  ORCH_API_TASK_CACHE_KEY_MAX_LENGTH: number(2000, "Most characters of a cache key.", 1),

  ORCH_API_SERVICES_SCHEDULER_ENABLED: flag(true, "Create the runs of scheduled deployments."),
  ORCH_API_SERVICES_SCHEDULER_LOOP_SECONDS: number(60, "Seconds between two passes of the scheduler.", 0.1),
  ORCH_API_SERVICES_SCHEDULER_DEPLOYMENT_BATCH_SIZE: number(100, "Deployments the scheduler looks at together.", 1),
  ORCH_API_SERVICES_SCHEDULER_MAX_RUNS: number(100, "Most runs created ahead for a deployment.", 1),
  ORCH_API_SERVICES_SCHEDULER_MIN_RUNS: number(3, "Fewest runs kept ahead for a deployment.", 1),
  ORCH_API_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME: number(8_640_000, "Furthest seconds ahead that runs are created."),
  ORCH_API_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME: number(3600, "Fewest seconds ahead that runs are created."),
  ORCH_API_SERVICES_SCHEDULER_INSERT_BATCH_SIZE: number(500, "Runs the scheduler writes together.", 1),

  ORCH_API_SERVICES_LATE_RUNS_ENABLED: flag(true, "Mark runs that did not start in time as Late."),
  ORCH_API_SERVICES_LATE_RUNS_LOOP_SECONDS: number(5, "Seconds between two looks for late runs.", 0.1),
  ORCH_API_SERVICES_LATE_RUNS_AFTER_SECONDS: number(5, "Seconds after its time that a run is late."),

  ORCH_API_SERVICES_LOST_RUNS_ENABLED: flag(true, "Find runs whose agent and process are gone."),
  ORCH_API_SERVICES_LOST_RUNS_AFTER_SECONDS: number(30, "Seconds of silence after which a run is lost.", 0.1),
} as const satisfies Record<string, SettingEntry>;

export type SettingName = keyof typeof SETTINGS;

type ValueOf<E extends SettingEntry> = E["kind"] extends "number"
  ? number
  : E["kind"] extends "boolean"
    ? boolean
    : E["fallback"] extends null
      ? string | null
      : string;

/** The values, under the names of the table. */
export type Settings = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> };

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[]; // the keys of a constant

/** The entry, with its optional parts visible. */
export function entryOf(name: SettingName): SettingEntry {
  return SETTINGS[name];
}

/** `PREFECT_API_URL` and `ORCH_API_URL` to the name in the table; `undefined` when there is no such setting. */
export function settingName(given: string): SettingName | undefined {
  const name = given.replace(/^PREFECT_/, "ORCH_");
  return name in SETTINGS ? (name as SettingName) : undefined; // just found in the table
}
