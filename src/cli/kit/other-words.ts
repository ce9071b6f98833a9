// The words that other tools and people have for the commands of orch.

/** What other tools call them, the likeliest first. */
export const SYNONYMS: Record<string, readonly string[]> = {
  rm: ["delete", "uninstall"],
  remove: ["delete", "uninstall"],
  del: ["delete", "uninstall"],
  destroy: ["delete"],
  list: ["ls", "status", "view"],
  ps: ["ls", "status"],
  show: ["inspect", "view", "status", "ls"],
  get: ["inspect", "view", "status", "ls"],
  cat: ["inspect", "view"],
  describe: ["inspect", "view", "status", "ls"],
  status: ["inspect", "ls", "view"],
  state: ["inspect", "status"],
  info: ["inspect", "status"],
  log: ["logs"],
  tail: ["logs"],
  follow: ["watch", "logs"],
  new: ["create", "build", "init"],
  add: ["create", "build"],
  create: ["build", "set"],
  make: ["create", "build"],
  deploy: ["apply", "build"],
  register: ["apply", "create"],
  update: ["set", "apply"],
  edit: ["set"],
  trigger: ["run"],
  execute: ["run"],
  start: ["run", "resume", "install"],
  stop: ["cancel", "pause", "pause-schedule", "uninstall"],
  end: ["cancel"],
  kill: ["cancel"],
  enable: ["resume", "resume-schedule"],
  unpause: ["resume", "resume-schedule"],
  disable: ["pause", "pause-schedule"],
  on: ["resume"],
  off: ["pause"],
  send: ["test"],
  history: ["ls"],
  attach: ["watch"],
  limit: ["set-concurrency-limit"],
  abort: ["cancel"],
  rerun: ["retry"],
  restart: ["retry"],
  pause: ["pause-schedule"],
  resume: ["resume-schedule"],
  schedule: ["set-schedule"],
  serve: ["dev", "start"],
  up: ["dev", "start"],
  use: ["apply"],
  unset: ["delete"],
};

/** Programs whose name may stand before words that are meant for orch: `kubectl get pods`, `orch orch deployment ls`. */
export const TOOLS = new Set([
  ...["orch", "prefect", "kubectl", "docker", "podman", "git", "systemctl", "airflow", "dagster", "pm2", "celery"],
  ...["compose", "sudo", "npm", "npx", "bun", "bunx"],
]);

/** Of the words below: those that people call a folder or a file. */
export const NOUNS = new Set(["new", "state", "info", "log", "history", "types", "size", "runs", "result"]);

/** Groups whose commands are most often meant when no group is named. */
export const LIKELY = ["deployment", "flow-run", "server", "agent"];

/** Of words that are no command of the group: the one that was meant, there or, as `orch …`, in another group. */
export const ELSEWHERE: Record<string, Record<string, string>> = {
  server: {
    ...{ run: "start", kill: "stop", down: "stop", shutdown: "stop", ls: "status" },
    ...Object.fromEntries(
      ["backup", "restore", "reset", "vacuum", "stats", "upgrade"].map((word) => [word, `database ${word}`]),
    ),
  },
  "server database": {
    ...{ migrate: "upgrade", init: "upgrade", dump: "backup", export: "backup", copy: "backup", import: "restore" },
    ...{ load: "restore", size: "stats", info: "stats", status: "stats", clean: "vacuum", compact: "vacuum" },
    ...{ drop: "reset", clear: "reset", delete: "reset" },
  },
  service: { ls: "status", run: "install" },
  deployment: {
    ...{ logs: "orch flow-run logs", cancel: "orch flow-run cancel", retry: "orch flow-run retry" },
    ...{ watch: "orch flow-run watch", push: "apply", edit: "apply", save: "apply", unschedule: "set-schedule --none" },
    ...{ pull: "inspect", clone: "build", init: "build", deploy: "build", runs: "orch flow-run ls" },
    ...{ serve: "orch dev", up: "apply", down: "pause-schedule" },
  },
  flow: {
    ...{ logs: "orch flow-run logs", cancel: "orch flow-run cancel", retry: "orch flow-run retry" },
    ...{ runs: "orch flow-run ls", watch: "orch flow-run watch", build: "orch deployment build" },
    ...{ apply: "orch deployment apply", deploy: "orch deployment build", create: "orch deployment build" },
    ...{ serve: "orch dev", schedule: "orch deployment set-schedule" },
  },
  "flow-run": {
    ...{ run: "orch deployment run", start: "orch deployment run", create: "orch deployment run" },
    ...{ result: "inspect", schedule: "orch deployment set-schedule" },
  },
  "task-run": { cancel: "orch flow-run cancel", retry: "orch flow-run retry" },
  "work-pool": { start: "orch worker start", limit: "set-concurrency-limit" },
  "work-queue": { start: "orch agent start", limit: "set-concurrency-limit", "read-runs": "preview", runs: "preview" },
  agent: { run: "start", up: "start", ls: "orch work-queue ls", logs: "orch flow-run logs" },
  worker: { run: "start", up: "start", ls: "orch work-pool ls", logs: "orch flow-run logs" },
  block: { types: "type ls", update: "create", edit: "create", set: "create", save: "create" },
  notification: { inspect: "ls" },
  "concurrency-limit": { set: "create", update: "create" },
  config: { ls: "view" },
  profile: { set: "use", switch: "use", activate: "use" },
};

/** The same without a group. */
export const AT_ROOT: Record<string, string> = {
  ...{ runs: "flow-run ls", ps: "flow-run ls", task: "task-run", tasks: "task-run", pool: "work-pool" },
  ...{ pools: "work-pool", queue: "work-queue", queues: "work-queue", notify: "notification create" },
  ...{ alert: "notification create", alerts: "notification", automation: "notification", automations: "notification" },
  ...{ job: "flow-run", jobs: "flow-run ls", pods: "flow-run ls", containers: "flow-run ls", top: "flow-run ls" },
  ...{ history: "flow-run ls", events: "flow-run logs", trigger: "deployment run", exec: "deployment run" },
  ...{ deploy: "deployment build", push: "deployment apply", update: "deployment apply", add: "deployment build" },
  ...{ edit: "deployment apply", schedules: "deployment ls", serve: "dev", compose: "dev", down: "server stop" },
  ...{ shutdown: "server stop", set: "config set", unset: "config unset" },
  ...{ settings: "config view", env: "config view", context: "profile", contexts: "profile ls" },
  ...{ python3: "python", py: "python", ipython: "python" },
  ...{ info: "version", about: "version", test: "check", lint: "check", health: "doctor", ping: "doctor" },
  ...{ diagnose: "doctor", import: "adopt", migrate: "adopt", dump: "server database backup" },
  ...{ export: "server database backup", prune: "server database vacuum", clean: "server database vacuum" },
  ...{ project: "init", setup: "init", "block-type": "block type", work: "work-queue", gcl: "concurrency-limit" },
  ...{ kubernetes: "worker start", docker: "worker start", api: "server start", console: "server start" },
  ...{ web: "server start", open: "server start", scheduler: "server start", pause: "deployment pause-schedule" },
  ...{ concurrency: "concurrency-limit", secret: "block create secret", secrets: "block ls" },
  ...{ database: "server database", db: "server database", new: "init", create: "init" },
  ...{ ui: "server start", dashboard: "server start", cron: "deployment set-schedule" },
  ...{ pull: "deployment inspect", clone: "deployment build", kubectl: "flow-run ls", monit: "flow-run ls" },
  ...{ dag: "deployment", dags: "deployment ls", workflow: "deployment", workflows: "deployment ls" },
  ...{ pipeline: "deployment", pipelines: "deployment ls", connection: "block", connections: "block ls" },
  ...{ webserver: "server start", beat: "server start", daemon: "server start", backfill: "deployment run" },
  ...{ enable: "deployment resume-schedule", unpause: "deployment resume-schedule" },
  ...{ disable: "deployment pause-schedule", unschedule: "deployment set-schedule --none" },
  ...Object.fromEntries(
    ["backup", "restore", "reset", "vacuum", "stats", "upgrade"].map((word) => [word, `server database ${word}`]),
  ),
};

const ACCOUNT =
  "There is no account and no cloud: 'orch config set ORCH_API_URL=http://HOST:4200/api' names a server, and ORCH_API_KEY its key.";
const END_AGENT =
  "Ctrl-C in its terminal ends it; what 'orch service install' has set up ends by 'orch service uninstall'.";
const COMPARED = "Nothing compares a file with the server: 'orch deployment inspect NAME' shows what the server has.";
const LOG = "A server writes to its terminal, with --background to server.log in its home, as a service to journalctl.";
/** Other words for those of ADVICE. */
export const SAME: Record<string, string> = {
  kill: "stop",
  end: "stop",
  shutdown: "stop",
  down: "stop",
  quit: "stop",
  reload: "restart",
};
/** What no command does, and what does it, by group and word; without a group, ` word`. */
export const ADVICE: Record<string, string> = {
  "agent stop": END_AGENT,
  "worker stop": END_AGENT,
  "agent restart": `${END_AGENT} Then 'orch agent start'.`,
  "worker restart": `${END_AGENT} Then 'orch worker start'.`,
  "server restart": "Use 'orch server stop', then 'orch server start'.",
  "server logs": LOG,
  "service logs": "'journalctl --user -u orch' shows it.",
  "service start": "'systemctl --user start orch' does that.",
  "service stop": "'systemctl --user stop orch' does that.",
  "service restart": "'systemctl --user restart orch' does that.",
  "service enable": "'systemctl --user enable orch' does that.",
  "service disable": "'systemctl --user disable orch' does that.",
  ...{ " login": ACCOUNT, " logout": ACCOUNT, " signin": ACCOUNT, " auth": ACCOUNT, " whoami": ACCOUNT },
  ...{ " cloud": ACCOUNT, " workspace": ACCOUNT, " workspaces": ACCOUNT, " account": ACCOUNT },
  "dev stop": "Ctrl-C in its terminal ends 'orch dev'.",
  "dev restart": "Ctrl-C in its terminal ends 'orch dev'.",
  ...{ " diff": COMPARED, "deployment diff": COMPARED, " plan": COMPARED, "deployment plan": COMPARED },
  " restart": "'orch server stop' and 'orch server start' restart the server, 'orch flow-run retry' runs a run again.",
  "flow-run pause": "A flow pauses itself, by pauseFlowRun(); 'orch flow-run cancel' ends a run.",
};
