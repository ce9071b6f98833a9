// What the commands that print the log of a run have in common.
import type { Client } from "#client/client.ts";
import { type Log, listLogs } from "#wire/logs.ts";
import { JSON_OPTION } from "./command.ts";
import { wholeNumber } from "./numbers.ts";
import { allPages } from "./pages.ts";

const USUAL_HEAD = 20;

export const LOG_OPTIONS = {
  head: {
    type: "boolean",
    alias: "h",
    description: `Only the first lines, ${USUAL_HEAD} unless --num-logs says otherwise.`,
  },
  help: { type: "boolean", description: "Show this page." },
  "num-logs": { type: "string", alias: "n", description: "How many lines." },
  reverse: { type: "boolean", alias: "r", description: "The newest first." },
  ...JSON_OPTION,
} as const;

interface AskedLines {
  head: boolean;
  "num-logs": string | undefined;
  reverse: boolean;
}

/** How many lines were asked for; undefined for all. Throws `invalid`. */
export function mostLines({ head, "num-logs": asked }: AskedLines): number | undefined {
  return wholeNumber("--num-logs", asked, 1) ?? (head ? USUAL_HEAD : undefined);
}

/** The lines of the run that `logs`, a filter of the API, names. */
export function readLines(
  client: Client,
  logs: { flow_run_id?: { any_: string[] }; task_run_id?: { any_: string[] } },
  options: AskedLines,
): Promise<Log[]> {
  const sort = options.reverse ? ("TIMESTAMP_DESC" as const) : ("TIMESTAMP_ASC" as const);
  return allPages((page) => client.call(listLogs, { body: { ...page, logs, sort } }), mostLines(options));
}
