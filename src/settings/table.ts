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

/** A name, in any case, or a number, as Python's logging takes it. */
function logLevel(given: string): string | undefined {
  const isOne = LEVELS.includes(given.toUpperCase()) || /^\d+$/.test(given);
  return isOne ? undefined : `one of ${LEVELS.join(", ")}`;
}

function resultStorage(given: string): string | undefined {
  const isOne = /^[^/\s]+\/[^/]+$|^[/~]|^[A-Za-z]:[\\/]/.test(given);
  return isOne ? undefined : "a storage block such as s3/dev, or the whole path of a folder";
}

/** Clients, the old ones too, ask for pages of this many rows. */
const CLIENT_PAGE = 200;

export const SETTINGS = {
  ORCH_HOME: {
    ...text("~/.orch", "The folder of the database, the profiles and the stored files."),
    inProfile: false, // profiles lie in it
  },
  ORCH_LOCAL_STORAGE_PATH: text("$ORCH_HOME/storage", "Where snapshots of flow code and results are kept."),
  ORCH_SNAPSHOTS_KEEP_SECONDS: number(604_800, "Seconds that a snapshot which no deployment names is kept.", 3600),

  ORCH_API_URL: {
    ...text(null, "The address of the API, ending in /api. Unset: the database of the home."),
    mustBe: webAddress,
  },
  ORCH_API_KEY: secret("The key sent to the API."),
  ORCH_API_REQUEST_TIMEOUT: number(30, "Seconds until a request is given up."),

  ORCH_LOGGING_LEVEL: {
    ...text("INFO", `The least level of log lines that are kept: ${LEVELS.join(", ")}.`),
    mustBe: logLevel,
  },
  ORCH_LOGGING_LOG_PRINTS: flag(
    false,
    "Send what flows and tasks print to their log, unless they or their flow say otherwise.",
  ),
  ORCH_LOGGING_TO_API_ENABLED: flag(true, "Send log lines to the API."),
  ORCH_LOGGING_TO_API_BATCH_INTERVAL: number(2, "Seconds between two batches of log lines."),

  ORCH_RESULTS_PERSIST_BY_DEFAULT: flag(false, "Keep the results of all flows and tasks that do not say otherwise."),
  ORCH_DEFAULT_RESULT_STORAGE_BLOCK: {
    ...text(
      null,
      "The storage block of results that flows do not keep elsewhere, as s3/dev, or the whole path of a folder.",
    ),
    mustBe: resultStorage,
  },
  ORCH_TASKS_REFRESH_CACHE: flag(false, "Run cached tasks anew, and keep what they give."),

  ORCH_AGENT_QUERY_INTERVAL: number(15, "Longest seconds an agent waits before it looks for work again."),
  ORCH_AGENT_PREFETCH_SECONDS: number(15, "Seconds before its time that an agent starts a run."),
  ORCH_AGENT_SPARE_ENGINES: number(1, "Processes that an agent starts ahead of its runs; 0 for none.", 0, 16),
  ORCH_WORKER_HEARTBEAT_SECONDS: number(30, "Seconds between two signs of life of a worker to its pool.", 0.1),
  ORCH_WORKER_PREFETCH_SECONDS: number(10, "Seconds before its time that a worker starts a run."),
  ORCH_HEARTBEAT_SECONDS: number(5, "Seconds between two signs of life of an agent or a flow run.", 0.1),

  ORCH_SERVER_API_HOST: text("127.0.0.1", "The address the server binds."),
  ORCH_SERVER_API_PORT: number(4200, "The port the server binds; 0 takes a free one.", 0, 65_535),
  ORCH_SERVER_API_KEY: secret("The key the server asks for. Needed to bind any but a loopback address."),
  ORCH_SERVER_ALLOWED_HOSTS: text(
    "",
    "Host names the server is asked by, beside its own, separated by commas; * for any.",
  ),
  ORCH_SERVER_CORS_ORIGINS: text("", "Web origins that may call the API, separated by commas."),
  ORCH_UI_ENABLED: flag(true, "Serve the web UI."),
  ORCH_UI_STATIC_DIRECTORY: text(
    null,
    "A folder with another web UI to serve, such as the one inside Prefect's package.",
  ),
  ORCH_UI_BASE_PATH: text(null, "The path that a proxy puts before all addresses and leaves in place, such as /orch."),
  ORCH_UI_API_URL: {
    ...text(null, "The API's address as a browser sees it. Unset: where the page came from."),
    mustBe: webAddress,
  },
  ORCH_UI_URL: {
    ...text(null, "The address of the web pages, for links in messages. Unset: the server's own."),
    mustBe: webAddress,
  },
  ORCH_API_DEFAULT_LIMIT: number(CLIENT_PAGE, "Most rows of one answer.", CLIENT_PAGE),

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

  ORCH_API_SERVICES_CANCELLATION_CLEANUP_ENABLED: flag(true, "End the tasks and subflows of cancelled runs."),
  ORCH_API_SERVICES_CANCELLATION_CLEANUP_LOOP_SECONDS: number(20, "Most seconds between two looks for them.", 0.1),

  ORCH_API_SERVICES_PAUSE_EXPIRATIONS_ENABLED: flag(true, "Fail runs that were paused and not resumed in time."),
  ORCH_API_SERVICES_PAUSE_EXPIRATIONS_LOOP_SECONDS: number(5, "Seconds between two looks for expired pauses.", 0.1),

  ORCH_API_SERVICES_FLOW_RUN_NOTIFICATIONS_ENABLED: flag(true, "Send messages about states of flow runs."),

  ORCH_API_SERVICES_LOST_RUNS_ENABLED: flag(true, "Find runs whose agent and process are gone."),
  ORCH_API_SERVICES_LOST_RUNS_AFTER_SECONDS: number(30, "Seconds of silence after which a run is lost.", 0.1),

  ORCH_RETENTION_FLOW_RUNS_SECONDS: number(0, "Seconds that ended flow runs are kept, with all of theirs; 0 for ever."),
  ORCH_RETENTION_LOGS_SECONDS: number(0, "Seconds that log lines are kept; 0 for ever."),
  ORCH_RETENTION_ARTIFACTS_SECONDS: number(0, "Seconds that older artifacts of a key are kept; 0 for ever."),
  ORCH_RETENTION_LOOP_SECONDS: number(600, "Seconds between two looks for what is no longer kept.", 0.1),
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
