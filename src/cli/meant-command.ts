// Guesses the command that a word which is none was meant to be: another tool's word for it, a misspelling, or a command
// of a group whose name was left out.

import { nearest } from "#lib/nearest.ts";
import type { Group } from "./command.ts";

/** What other tools call them, the likeliest first. */
const SYNONYMS: Record<string, readonly string[]> = {
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
  kill: ["cancel"],
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

/** Groups whose commands are most often meant when no group is named. */
const LIKELY = ["deployment", "flow-run", "server", "agent"];

/** Of words that are no command of the group: the one that was meant, there or, as `orch …`, in another group. */
const ELSEWHERE: Record<string, Record<string, string>> = {
  server: {
    ...{ run: "start", kill: "stop", down: "stop", shutdown: "stop", ls: "status" },
    ...Object.fromEntries(
      ["backup", "restore", "reset", "vacuum", "stats", "upgrade"].map((word) => [word, `database ${word}`]),
    ),
  },
  service: { ls: "status", run: "install" },
  deployment: {
    ...{ logs: "orch flow-run logs", cancel: "orch flow-run cancel", retry: "orch flow-run retry" },
    ...{ watch: "orch flow-run watch", push: "apply", edit: "apply", save: "apply", unschedule: "set-schedule --none" },
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
  "work-queue": { start: "orch agent start", limit: "set-concurrency-limit" },
  agent: { run: "start", up: "start", ls: "orch work-queue ls", logs: "orch flow-run logs" },
  worker: { run: "start", up: "start", ls: "orch work-pool ls", logs: "orch flow-run logs" },
  block: { types: "type ls", update: "create", edit: "create" },
  config: { ls: "view" },
  profile: { set: "use", switch: "use", activate: "use" },
};

/** The same without a group. */
const AT_ROOT: Record<string, string> = {
  ...{ runs: "flow-run ls", ps: "flow-run ls", task: "task-run", tasks: "task-run", pool: "work-pool" },
  ...{ pools: "work-pool", queue: "work-queue", queues: "work-queue", notify: "notification" },
  ...{ concurrency: "concurrency-limit", secret: "block create secret", secrets: "block ls" },
  ...{ database: "server database", db: "server database", new: "init", create: "init" },
  ...{ ui: "server start", dashboard: "server start", cron: "deployment set-schedule" },
  ...Object.fromEntries(
    ["backup", "restore", "reset", "vacuum", "stats", "upgrade"].map((word) => [word, `server database ${word}`]),
  ),
};

const END_AGENT =
  "Ctrl-C in its terminal ends it; what 'orch service install' has set up ends by 'orch service uninstall'.";
const LOG = "A server writes to its terminal, with --background to server.log in its home, as a service to journalctl.";
/** Other words for those of ADVICE. */
const SAME: Record<string, string> = {
  kill: "stop",
  end: "stop",
  shutdown: "stop",
  down: "stop",
  quit: "stop",
  reload: "restart",
};
/** What no command does, and what does it, by group and word. */
const ADVICE: Record<string, string> = {
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
  "flow-run pause": "A flow pauses itself, by pauseFlowRun(); 'orch flow-run cancel' ends a run.",
};

/** A sentence about a word of the group that is no command because something else does that; undefined for others. */
export function adviceFor(word: string, group: string): string | undefined {
  const found = [word, ...(SYNONYMS[own(word)] ?? []), ...(Object.hasOwn(SAME, word) ? [SAME[word]] : [])].map(
    (name) => `${group} ${name}`,
  );
  const key = found.find((name) => Object.hasOwn(ADVICE, name));
  return key === undefined ? undefined : ADVICE[key];
}

/** The name of a command of the group; else `orch …`, a command of another one; else undefined. */
export function meantOf(word: string, names: readonly string[], group: string): string | undefined {
  const synonyms = SYNONYMS[own(word)] ?? [];
  const other = Object.hasOwn(ELSEWHERE, group) ? (ELSEWHERE[group] ?? {}) : {};
  const known = (name: string) => Object.hasOwn(other, name);
  if (known(word)) return other[word];
  const close = synonyms.find((name) => names.includes(name)) ?? nearest(word, names);
  const verb = synonyms.find(known);
  return close ?? (verb === undefined ? undefined : other[verb]);
}

/** The words after `orch`, or undefined. */
export function meantAtRoot(
  word: string,
  commands: readonly string[],
  groups: Record<string, Group>,
): string | undefined {
  if (Object.hasOwn(AT_ROOT, word)) return AT_ROOT[word];
  const close = nearest(word, [...commands, ...Object.keys(groups)]);
  const order = [...LIKELY, ...Object.keys(groups).filter((name) => !LIKELY.includes(name))];
  const within = (name: string) => order.find((group) => Object.hasOwn(groups[group]?.commands ?? {}, name));
  const group = within(word);
  if (group !== undefined) return `${group} ${word}`;
  if (close !== undefined) return close;
  for (const name of SYNONYMS[own(word)] ?? []) {
    if (commands.includes(name)) return name;
    const found = within(name);
    if (found !== undefined) return `${found} ${name}`;
  }
  return undefined;
}

/** Not `SYNONYMS[word]`: `constructor` is no synonym. */
function own(word: string): string {
  return Object.hasOwn(SYNONYMS, word) ? word : "";
}
