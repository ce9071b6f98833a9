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
  /** Numbers outside of them are refused. */
  min?: number;
  max?: number;
  /** Set `false` where only the environment can say it. */
  inProfile?: false;
  /** What is wrong with a text, as the end of "NAME must be …"; `undefined` when nothing is. */
  mustBe?(text: string): string | undefined;
}

const text = <const F extends string | null>(fallback: F, sentence: string) =>
  ({ kind: "text", fallback, sentence }) as const;
const secret = (sentence: string) => ({ kind: "text", fallback: null, sentence, secret: true }) as const;
const number = (fallback: number, sentence: string, min = 0, max = Number.MAX_VALUE) =>
  ({ kind: "number", fallback, sentence, min, max }) as const;
const flag = (fallback: boolean, sentence: string) => ({ kind: "boolean", fallback, sentence }) as const;

const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

function webAddress(given: string): string | undefined {
  const isOne = /^https?:\/\//.test(given) && URL.canParse(given);
  return isOne ? undefined : "a web address such as http://127.0.0.1:4200/api";
}

const PYTHON_ENGINES = ["auto", "real", "built-in"];

function pythonEngine(given: string): string | undefined {
  return PYTHON_ENGINES.includes(given) ? undefined : `one of ${PYTHON_ENGINES.join(", ")}`;
}

/** A name, in any case, or a number, as Python's logging takes it. */
function logLevel(given: string): string | undefined {
  const isOne = LEVELS.includes(given.toUpperCase()) || /^\d+$/.test(given);
  return isOne ? undefined : `one of ${LEVELS.join(", ")}`;
}

function resultStorage(given: string): string | undefined {
  const isOne = /^[^/\s]+\/[^/]+$|^[/~]|^[A-Za-z]:[\\/]/.test(given);
  return isOne ? undefined : "a storage block such as s3/dev, or the absolute path of a folder";
}

/** Clients, the old ones too, ask for pages of this many rows. */
const CLIENT_PAGE = 200;

export const SETTINGS = {
  ORCH_HOME: {
    ...text("~/.orch", "Folder of the database, the profiles and stored files."),
    inProfile: false, // profiles lie in it
  },
  ORCH_LOCAL_STORAGE_PATH: text("$ORCH_HOME/storage", "Folder of code snapshots and results."),
  ORCH_SNAPSHOTS_KEEP_SECONDS: number(
    604_800,
    "How long a code snapshot that no deployment uses is kept, in seconds.",
    3600,
  ),

  ORCH_API_URL: {
    ...text(null, "Address of the API, ending in /api. Unset: use the database in the home folder."),
    mustBe: webAddress,
  },
  ORCH_API_KEY: secret("API key sent to the server."),
  ORCH_API_REQUEST_TIMEOUT: number(30, "How long a request may take, in seconds."),

  ORCH_LOGGING_LEVEL: {
    ...text("INFO", `Lowest level of log lines to keep: ${LEVELS.join(", ")}.`),
    mustBe: logLevel,
  },
  ORCH_LOGGING_LOG_PRINTS: flag(false, "Log what flows and tasks print, unless they set logPrints themselves."),
  ORCH_LOGGING_TO_API_ENABLED: flag(true, "Send the logs of flow runs to the API."),
  ORCH_LOGGING_TO_API_BATCH_INTERVAL: number(2, "Seconds between two batches of log lines sent to the API."),

  ORCH_RESULTS_PERSIST_BY_DEFAULT: flag(false, "Keep the results of flows and tasks that do not set persistResult."),
  ORCH_DEFAULT_RESULT_STORAGE_BLOCK: {
    ...text(null, "Default storage of results: a storage block such as s3/dev, or the absolute path of a folder."),
    mustBe: resultStorage,
  },
  ORCH_TASKS_REFRESH_CACHE: flag(false, "Ignore cached task results: run the tasks again and cache the new results."),

  ORCH_PYTHON: text(
    null,
    "Python interpreter of Python flows: a path, or a name such as python3.12. Unset: that of the project.",
  ),

  ORCH_PYTHON_ENGINE: {
    ...text("auto", `Engine of Python flows: ${PYTHON_ENGINES.join(", ")}. auto is real where Prefect 2 is installed.`),
    mustBe: pythonEngine,
  },

  ORCH_DEFAULT_IMAGE: text(
    null,
    "The image that TypeScript flows run in, where neither their deployment nor their block names one.",
  ),

  ORCH_AGENT_QUERY_INTERVAL: number(15, "Longest time between two requests for work by an agent, in seconds."),
  ORCH_AGENT_PREFETCH_SECONDS: number(15, "How long before its scheduled time an agent takes a run, in seconds."),
  ORCH_AGENT_SPARE_ENGINES: number(1, "Engine processes that an agent starts in advance; 0 starts none.", 0, 16),
  ORCH_AGENT_WARM_PYTHON_SECONDS: number(
    600,
    "How long an agent keeps a Python process with Prefect loaded for the next flow run, in seconds; 0 keeps none. Linux only.",
  ),
  ORCH_WORKER_HEARTBEAT_SECONDS: number(30, "Seconds between two heartbeats of a worker.", 0.1),
  ORCH_WORKER_PREFETCH_SECONDS: number(10, "How long before its scheduled time a worker takes a run, in seconds."),
  ORCH_HEARTBEAT_SECONDS: number(5, "Seconds between two heartbeats of an agent or a flow run.", 0.1),

  ORCH_SERVER_API_HOST: text("127.0.0.1", "Address that the server listens on."),
  ORCH_SERVER_API_PORT: number(4200, "Port that the server listens on; 0 picks a free one.", 0, 65_535),
  ORCH_SERVER_API_KEY: secret("API key that clients must send. Required to listen on an address that is not loopback."),
  ORCH_SERVER_ALLOWED_HOSTS: text("", "Other host names that requests may use, separated by commas; * allows any."),
  ORCH_SERVER_CORS_ORIGINS: text("", "Other web origins that may call the API, separated by commas."),
  ORCH_UI_ENABLED: flag(true, "Serve the web UI."),
  ORCH_UI_STATIC_DIRECTORY: text(null, "Folder of another web UI to serve, such as the one in Prefect's package."),
  ORCH_UI_BASE_PATH: text(
    null,
    "Path below which a proxy serves orch, such as /orch, if the proxy does not remove it.",
  ),
  ORCH_UI_API_URL: {
    ...text(null, "Address of the API for browsers. Unset: the address of the page."),
    mustBe: webAddress,
  },
  ORCH_UI_URL: {
    ...text(null, "Address of the web UI, for links in messages. Unset: the server's address."),
    mustBe: webAddress,
  },
  ORCH_API_DEFAULT_LIMIT: number(CLIENT_PAGE, "Most rows in one response.", CLIENT_PAGE),

  ORCH_API_SERVICES_SCHEDULER_ENABLED: flag(true, "Create flow runs from the schedules of deployments."),
  ORCH_API_SERVICES_SCHEDULER_LOOP_SECONDS: number(60, "Seconds between two passes of the scheduler.", 0.1),
  ORCH_API_SERVICES_SCHEDULER_DEPLOYMENT_BATCH_SIZE: number(100, "Deployments that the scheduler reads at a time.", 1),
  ORCH_API_SERVICES_SCHEDULER_MAX_RUNS: number(100, "Most runs scheduled in advance per deployment.", 1),
  ORCH_API_SERVICES_SCHEDULER_MIN_RUNS: number(3, "Fewest runs scheduled in advance per deployment.", 1),
  ORCH_API_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME: number(
    8_640_000,
    "How far in advance runs are scheduled at most, in seconds.",
  ),
  ORCH_API_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME: number(
    3600,
    "How far in advance runs are scheduled at least, in seconds.",
  ),
  ORCH_API_SERVICES_SCHEDULER_INSERT_BATCH_SIZE: number(500, "Runs that the scheduler writes at a time.", 1),

  ORCH_API_SERVICES_LATE_RUNS_ENABLED: flag(true, "Mark runs that have not started in time as Late."),
  ORCH_API_SERVICES_LATE_RUNS_LOOP_SECONDS: number(5, "Seconds between two checks for late runs.", 0.1),
  ORCH_API_SERVICES_LATE_RUNS_AFTER_SECONDS: number(
    5,
    "How long after its scheduled time a run is marked as Late, in seconds.",
  ),

  ORCH_API_SERVICES_CANCELLATION_CLEANUP_ENABLED: flag(true, "Cancel the tasks and subflows of cancelled flow runs."),
  ORCH_API_SERVICES_CANCELLATION_CLEANUP_LOOP_SECONDS: number(
    20,
    "Longest time between two checks for cancelled flow runs, in seconds.",
    0.1,
  ),

  ORCH_API_SERVICES_PAUSE_EXPIRATIONS_ENABLED: flag(true, "Fail paused runs that are not resumed in time."),
  ORCH_API_SERVICES_PAUSE_EXPIRATIONS_LOOP_SECONDS: number(5, "Seconds between two checks for expired pauses.", 0.1),

  ORCH_API_SERVICES_FLOW_RUN_NOTIFICATIONS_ENABLED: flag(true, "Send notifications about states of flow runs."),

  ORCH_API_SERVICES_LOST_RUNS_ENABLED: flag(
    true,
    "Mark runs as Crashed when their agent and their process no longer respond.",
  ),
  ORCH_API_SERVICES_LOST_RUNS_AFTER_SECONDS: number(
    30,
    "How long a run may send no heartbeat before it counts as lost, in seconds.",
    0.1,
  ),

  ORCH_RETENTION_FLOW_RUNS_SECONDS: number(
    0,
    "How long finished flow runs and their data are kept, in seconds; 0 keeps them forever.",
  ),
  ORCH_RETENTION_LOGS_SECONDS: number(0, "How long log lines are kept, in seconds; 0 keeps them forever."),
  ORCH_RETENTION_ARTIFACTS_SECONDS: number(
    0,
    "How long older versions of an artifact are kept, in seconds; 0 keeps them forever.",
  ),
  ORCH_RETENTION_LOOP_SECONDS: number(600, "Seconds between two deletions of expired runs, logs and artifacts.", 0.1),
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

/**
 * Variables of the server, which flows and other user code never inherit: its own settings, and those of Prefect's server
 * that may be set beside them, with the keys and the addresses that hold a password. What clients need is not among them:
 * `ORCH_API_URL`, `ORCH_API_KEY`.
 */
const OF_SERVER =
  /^(?:(?:ORCH|PREFECT)_(?:SERVER|ORION|UI|API_DATABASE|API_SERVICES|API_ENCRYPTION|RETENTION)_|(?:(?:ORCH|PREFECT)_)?(?:ORION_)?ENCRYPTION_KEY$)/;

/** The variables of an environment that user code may have. */
export function withoutServerVariables<T>(variables: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !OF_SERVER.test(name)));
}

const HIDDEN = "********";
/** Of names that are no settings here, but may be another program's: a profile can hold any. */
const SECRET_NAME = /(?:KEY|PASSWORD|SECRET|TOKEN|AUTH_STRING)$/i;
const PASSWORD_IN_ADDRESS = /(?<=^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*:)[^/?#]*(?=@)/i;

/** A value for people: asterisks for a secret, and for the password in an address. */
export function shownValue<V extends string | number | boolean | null>(name: string, value: V): V | string {
  if (typeof value !== "string") return value;
  const known = settingName(name);
  if (known ? entryOf(known).secret : SECRET_NAME.test(name)) return HIDDEN;
  return value.replace(PASSWORD_IN_ADDRESS, HIDDEN);
}

/** `PREFECT_API_URL` and `ORCH_API_URL` to the name in the table; `undefined` when there is no such setting. */
export function settingName(given: string): SettingName | undefined {
  const name = given.replace(/^PREFECT_/, "ORCH_");
  return Object.hasOwn(SETTINGS, name) ? (name as SettingName) : undefined; // just found in the table
}
