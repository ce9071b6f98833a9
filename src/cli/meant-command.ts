// Guesses the command that a word which is none was meant to be: another tool's word for it, a misspelling, or a command
// of a group whose name was left out.

import { nearest } from "#lib/nearest.ts";
import type { Group } from "./command.ts";

/** What other tools call them, the likeliest first. */
const SYNONYMS: Record<string, readonly string[]> = {
  rm: ["delete"],
  remove: ["delete"],
  del: ["delete"],
  destroy: ["delete"],
  list: ["ls"],
  ps: ["ls"],
  show: ["inspect", "view", "status"],
  get: ["inspect", "view"],
  describe: ["inspect"],
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

/** The name of a command of the group, or undefined. */
export function meantOf(word: string, names: readonly string[]): string | undefined {
  return SYNONYMS[own(word)]?.find((name) => names.includes(name)) ?? nearest(word, names);
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
