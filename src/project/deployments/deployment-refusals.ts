// What the server would refuse of a deployment, refused before anything is written or sent, with the words of people.

import type { DeploymentSpec } from "#domain/deployment.ts";
import { readInterval } from "#domain/schedules/read-interval.ts";
import { usableSchedule } from "#domain/schedules/refusals.ts";
import { OrchError } from "#lib/errors.ts";
import { type JsonObject, textOfJson } from "#lib/json.ts";
import type { Schedule, ScheduleInput } from "#wire/deployments/schedules.ts";
import { FORBIDDEN_IN_NAMES } from "#wire/primitives.ts";

/** The server would take any length, but such a name fits no table, no command line and no name of a file. */
const MOST_OF_NAME = 200;
const SHOWN_OF_NAME = 40;

/** Throws `invalid`. */
export function checkName(name: string): void {
  refuseUnprintable("The name", name);
  if (name.length > MOST_OF_NAME) {
    const sentence = `The name '${name.slice(0, SHOWN_OF_NAME)}…' has ${name.length} characters`;
    throw new OrchError("invalid", `${sentence}: names of deployments have at most ${MOST_OF_NAME}.`);
  }
  const bad = FORBIDDEN_IN_NAMES.find((character) => name.includes(character));
  if (bad === undefined) return;
  const list = FORBIDDEN_IN_NAMES.join(" ");
  throw new OrchError("invalid", `The name '${name}' has a '${bad}': names of deployments have none of ${list}.`);
}

/** Throws `invalid` for a line break or another invisible character: such a name cannot be typed in a command. */
export function refuseUnprintable(what: string, name: string | null | undefined): void {
  if (!name || !/\p{Cc}/u.test(name)) return;
  const sentence = "has a line break or another control character: use letters, digits, spaces and signs";
  throw new OrchError("invalid", `${what} ${JSON.stringify(name)} ${sentence}.`);
}

/** Throws `invalid` for storage in which no run could find code. `fields` are those of the block, `what` names it. */
export function refuseMemory(what: string, fields: JsonObject | null | undefined): void {
  if (!/^memory:/i.test(textOfJson(fields?.["basepath"] ?? ""))) return;
  const sentence =
    "keeps files in the memory of one process (memory://): runs have other processes, and would find no code";
  throw new OrchError("invalid", `${what} ${sentence}. Use a storage block that is a folder, a bucket or a share.`);
}

/** With its interval in seconds. Throws `invalid`. */
export function checkedSpec(spec: DeploymentSpec): DeploymentSpec {
  const { name, flow_name, work_queue_name, work_pool_name, schedule, storage } = spec;
  checkName(name);
  refuseUnprintable("The flow's name", flow_name);
  refuseUnprintable("The work queue's name", work_queue_name);
  refuseUnprintable("The work pool's name", work_pool_name);
  refuseMemory("'storage'", storage);
  if (!schedule) return spec;
  const inSeconds =
    "interval" in schedule
      ? { ...schedule, interval: readInterval(schedule.interval, "'schedule.interval'") }
      : schedule;
  usableSchedule(shaped(inSeconds));
  return { ...spec, schedule: inSeconds };
}

/** Throws `invalid`, with the name of the file. */
export function checkedFileSpec(spec: DeploymentSpec, path: string): DeploymentSpec {
  try {
    return checkedSpec(spec);
  } catch (error) {
    if (!(error instanceof OrchError)) throw error;
    const sentence = `'${path}' did not conform to deployment spec: ${error.message}`;
    throw new OrchError(error.code, sentence, { cause: error });
  }
}

const KINDS = {
  cron: { keys: ["cron", "timezone", "day_or"], holds: "string" },
  interval: { keys: ["interval", "anchor_date", "timezone"], holds: "number" },
  rrule: { keys: ["rrule", "timezone"], holds: "string" },
} as const;

function shaped(given: ScheduleInput): Schedule {
  const schedule: Record<string, unknown> = given;
  const kinds = Object.entries(KINDS).filter(([kind]) => kind in schedule);
  const [found, ...others] = kinds;
  if (!found || others.length > 0) {
    throw new OrchError("invalid", "'schedule' must have one of 'cron', 'interval' and 'rrule'.");
  }
  const [kind, { keys, holds }] = found;
  const unknown = Object.keys(schedule).find((key) => !keys.some((known) => known === key));
  if (unknown !== undefined) {
    throw new OrchError("invalid", `'schedule' has no '${unknown}': by ${kind} it has ${keys.join(", ")}.`);
  }
  if (typeof schedule[kind] !== holds) {
    throw new OrchError(
      "invalid",
      `'schedule.${kind}' must be a ${holds === "number" ? "number of seconds" : "text"}.`,
    );
  }
  const all = { timezone: null, ...("cron" in schedule ? { day_or: true } : {}) };
  const anchor = "interval" in schedule ? { anchor_date: null } : {};
  return { ...all, ...anchor, ...schedule } as unknown as Schedule; // its keys and its kind were just looked at
}
