// Reads and prints the log of a run, for the commands that show one.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import type { In } from "#wire/endpoint.ts";
import { LOG_PAGE_LIMIT, type Log, type LogPage, listLogs, readLogPage } from "#wire/runs/logs.ts";
import { type Io, JSON_OPTION } from "../kit/command.ts";
import { wholeNumber } from "../options/numbers.ts";
import { jsonText } from "../terminal/layout.ts";
import { createLineNames } from "./line-names.ts";
import { logLine } from "./log-line.ts";

const USUAL_HEAD = 20;

export const LOG_OPTIONS = {
  head: {
    type: "boolean",
    alias: "h",
    description: `Only the first lines, ${USUAL_HEAD} unless --num-logs says otherwise.`,
  },
  help: { type: "boolean", description: "Show this page." },
  "num-logs": { type: "string", alias: "n", description: "How many lines." },
  reverse: { type: "boolean", alias: "r", description: "Newest first." },
  ...JSON_OPTION,
} as const;

interface AskedLines {
  head: boolean;
  "num-logs": string | undefined;
  reverse: boolean;
}

interface ShownLines extends AskedLines {
  json: boolean;
}

/** The run whose records are read, as a filter of the API. */
export type LogsOf = { flow_run_id: { any_: string[] } } | { task_run_id: { any_: string[] } };

/** How many lines were asked for; undefined for all. Throws `invalid`. */
export function mostLines({ head, "num-logs": asked }: AskedLines): number | undefined {
  return wholeNumber("--num-logs", asked, 1) ?? (head ? USUAL_HEAD : undefined);
}

export interface LogOf {
  logs: LogsOf;
  /** How a line of the run starts: `Flow run 'x'`. */
  ofRun: string;
  /** Why there may be no lines: what the run's state says of it. */
  reason?: string | undefined;
}

/** Prints the records as they come, those of task runs under their names. */
export async function printLines(client: Client, { logs, ofRun, reason }: LogOf, options: ShownLines, io: Io) {
  const sort = options.reverse ? "TIMESTAMP_DESC" : "TIMESTAMP_ASC";
  const pages = logPages(client, logs, { sort, most: mostLines(options) });
  if (options.json) return printJson(pages, io);
  const names = createLineNames(client, ofRun);
  let isEmpty = true;
  for await (const lines of pages) {
    isEmpty = false;
    const nameOf = await names.of(lines);
    if (!(await io.write(lines.map((line) => logLine(line, nameOf(line), io.paint))))) return;
  }
  if (isEmpty) io.err(`${ofRun} has no log lines.${reason === undefined ? "" : ` ${reason}`}`);
}

/** One list, as it would be printed whole. */
async function printJson(pages: AsyncIterable<Log[]>, io: Io): Promise<void> {
  let items: string | undefined;
  for await (const lines of pages) {
    const isRead = await io.write([jsonText(items === undefined ? "[" : `${items},`)]);
    if (!isRead) return;
    items = JSON.stringify(lines, null, 2).slice("[\n".length, -"\n]".length);
  }
  io.out(jsonText(items === undefined ? "[]" : `${items}\n]`));
}

interface Pages {
  sort: "TIMESTAMP_ASC" | "TIMESTAMP_DESC";
  /** Undefined for all. */
  most?: number | undefined;
}

/** The records of a run, page by page; none is empty. A server of Prefect gives smaller pages. */
export async function* logPages(client: Client, logs: LogsOf, { sort, most }: Pages): AsyncGenerator<Log[]> {
  let left = most ?? Number.POSITIVE_INFINITY;
  let after: string | null = null;
  while (left > 0) {
    const body: In<typeof readLogPage.body> = { logs, sort, after, limit: Math.min(left, LOG_PAGE_LIMIT) };
    const page: LogPage | undefined = await client.call(readLogPage, { body }).catch(unlessUnknown);
    if (page === undefined) return yield* oldPages(client, logs, { sort, most });
    if (page.logs.length > 0) yield page.logs;
    if (!page.more) return;
    left -= page.logs.length;
    after = page.cursor;
  }
}

export interface LogTail {
  /** The records since the last call, page by page. */
  next(): AsyncGenerator<Log[]>;
}

/** Reads the log of a run that goes on. */
export function logTail(client: Client, logs: LogsOf): LogTail {
  const sort = "TIMESTAMP_ASC";
  let after: string | null = null;
  /** Set once a server of Prefect has answered: records are counted then. */
  let count: number | undefined;

  async function page(): Promise<LogPage> {
    const found =
      count === undefined
        ? await client.call(readLogPage, { body: { logs, sort, after } }).catch(unlessUnknown)
        : undefined;
    if (found) return found;
    const old = await client.call(listLogs, { body: { logs, sort, limit: OLD_PAGE, offset: count ?? 0 } });
    count = (count ?? 0) + old.length;
    return { logs: old, cursor: null, more: old.length === OLD_PAGE };
  }

  return {
    async *next() {
      for (let more = true; more; ) {
        const found = await page();
        after = found.cursor;
        more = found.more;
        if (found.logs.length > 0) yield found.logs;
      }
    },
  };
}

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
}

const OLD_PAGE = 200;

/** Pages of the old API, each from the time of the last record on: far offsets take long. */
async function* oldPages(client: Client, logs: LogsOf, { sort, most }: Pages): AsyncGenerator<Log[]> {
  let left = most ?? Number.POSITIVE_INFINITY;
  let edge: string | undefined;
  /** Records of the time `edge` that were seen. */
  let seen = new Set<string>();
  while (left > 0) {
    const timestamp = edge === undefined ? undefined : sort === "TIMESTAMP_ASC" ? { after_: edge } : { before_: edge };
    const body = { sort, limit: OLD_PAGE, offset: 0, logs: { ...logs, timestamp } };
    // Many records of one time: go on among them.
    if (seen.size >= OLD_PAGE) body.offset = seen.size;
    const page = await client.call(listLogs, { body });
    const fresh = page.filter(({ id }) => !seen.has(id)).slice(0, left);
    if (fresh.length > 0) yield fresh;
    if (page.length < OLD_PAGE) return;
    left -= fresh.length;
    const last = page.at(-1)?.timestamp;
    if (last !== edge) seen = new Set();
    edge = last;
    for (const line of page) if (line.timestamp === last) seen.add(line.id);
  }
}
