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

/** What a group has not, and another one has: the group's name, the word, the command. */
const ELSEWHERE: Record<string, Record<string, string>> = {
  deployment: { logs: "orch flow-run logs", cancel: "orch flow-run cancel", retry: "orch flow-run retry" },
  flow: { logs: "orch flow-run logs", cancel: "orch flow-run cancel", retry: "orch flow-run retry" },
  "task-run": { cancel: "orch flow-run cancel", retry: "orch flow-run retry" },
  agent: { ls: "orch work-queue ls", logs: "orch flow-run logs" },
  worker: { ls: "orch work-pool ls", logs: "orch flow-run logs" },
};

/** The name of a command of the group; else `orch …`, a command of another one; else undefined. */
export function meantOf(word: string, names: readonly string[], group: string): string | undefined {
  const synonyms = SYNONYMS[own(word)] ?? [];
  const other = Object.hasOwn(ELSEWHERE, group) ? ELSEWHERE[group] : undefined;
  const verb = [word, ...synonyms].find((name) => other !== undefined && Object.hasOwn(other, name));
  const close = synonyms.find((name) => names.includes(name)) ?? nearest(word, names);
  return close ?? (verb === undefined ? undefined : other?.[verb]);
}

/** The words after `orch`, or undefined. */
export function meantAtRoot(
  word: string,
  commands: readonly string[],
  groups: Record<string, Group>,
): string | undefined {
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
