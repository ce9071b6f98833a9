// Reading the log of a run: page by page, from orch's server and from one of Prefect, printed as it comes.
import { describe, expect, test } from "bun:test";
import { logPages, logTail, printLines } from "#cli/flow-run/printed-logs.ts";
import type { Io } from "#cli/kit/command.ts";
import type { Layout } from "#cli/terminal/layout.ts";
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { Log } from "#wire/runs/logs.ts";

const START = Date.UTC(2026, 10, 27, 12);
const OF_RUN = { flow_run_id: { any_: ["r"] } };
const OF_X = { logs: OF_RUN, ofRun: "Flow run 'x'" };

function record(index: number, millis: number): Log {
  const timestamp = toTimestamp(START + millis);
  const fixed = { created: timestamp, updated: timestamp, name: "prefect.flow_runs", level: 20, flow_run_id: "r" };
  return { ...fixed, id: `id-${index}`, message: `line ${index}`, timestamp, task_run_id: null };
}

interface OldBody {
  limit: number;
  offset: number;
  sort: string;
  logs: { timestamp?: { after_?: string; before_?: string } };
}

/** A server of Prefect: it knows no cursor, and its pages have 200 records. */
function oldServer(records: Log[]) {
  const calls: OldBody[] = [];
  const call = async (endpoint: { path: string }, { body }: { body: OldBody }) => {
    if (endpoint.path !== "/logs/filter") throw new OrchError("not_found", "Not Found");
    expect(body.limit).toBeLessThanOrEqual(200);
    calls.push(structuredClone(body));
    const { after_ = "", before_ = "9" } = body.logs.timestamp ?? {};
    const found = records.filter(({ timestamp }) => timestamp >= after_ && timestamp <= before_);
    if (body.sort === "TIMESTAMP_DESC") found.reverse();
    return found.slice(body.offset, body.offset + body.limit);
  };
  return { calls, client: { call } as unknown as Client }; // the one call that is made
}

async function all(pages: AsyncIterable<Log[]>): Promise<string[]> {
  const found: string[] = [];
  for await (const page of pages) {
    expect(page.length).toBeGreaterThan(0);
    found.push(...page.map(({ id }) => id));
  }
  return found;
}

describe("T28: from a server of Prefect", () => {
  const spreads: [what: string, millisOf: (index: number) => number][] = [
    ["of different times", (index) => index],
    ["in groups of one time", (index) => Math.floor(index / 70)],
    ["more than a page of one time", (index) => Math.floor(index / 450)],
    ["all of one time", () => 0],
  ];
  for (const [what, millisOf] of spreads) {
    const records = Array.from({ length: 1_000 }, (_, index) => record(index, millisOf(index)));
    for (const [sort, expected] of [
      ["TIMESTAMP_ASC", records],
      ["TIMESTAMP_DESC", records.toReversed()],
    ] as const) {
      test(`records ${what} are read once each, ${sort}`, async () => {
        const ids = expected.map(({ id }) => id);
        expect(await all(logPages(oldServer(records).client, OF_RUN, { sort }))).toEqual(ids);
        expect(await all(logPages(oldServer(records).client, OF_RUN, { sort, most: 333 }))).toEqual(ids.slice(0, 333));
      });
    }
  }

  test("no page begins far in", async () => {
    const { client, calls } = oldServer(Array.from({ length: 1_000 }, (_, index) => record(index, index)));
    await all(logPages(client, OF_RUN, { sort: "TIMESTAMP_ASC" }));
    expect(calls.map(({ offset }) => offset)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("a run that goes on is followed", async () => {
    const records = Array.from({ length: 450 }, (_, index) => record(index, index));
    const tail = logTail(oldServer(records).client, OF_RUN);
    expect(await all(tail.next())).toHaveLength(450);
    expect(await all(tail.next())).toEqual([]);
    records.push(record(450, 450));
    expect(await all(tail.next())).toEqual(["id-450"]);
  });
});

describe("printed", () => {
  const pages = [[record(0, 0), record(1, 1)], [record(2, 2)]];
  /** A server that has these pages. */
  function server() {
    let page = 0;
    const call = async () => {
      const logs = pages[page] ?? [];
      page += 1;
      return { logs, cursor: String(page), more: page < pages.length };
    };
    return { client: { call } as unknown as Client, asked: () => page }; // as above
  }
  function io(isRead = true) {
    const printed: string[] = [];
    const add = (text: string | Layout) => void printed.push(String(text));
    const write = async (texts: readonly (string | Layout)[]) => {
      add(texts.join("\n"));
      return isRead;
    };
    return { printed, io: { out: add, err: add, write } as unknown as Io }; // all that is used
  }
  const options = { head: false, "num-logs": undefined, reverse: false, json: false };

  test("as lines", async () => {
    const terminal = io();
    await printLines(server().client, OF_X, options, terminal.io);
    expect(terminal.printed.join("\n").split("\n")).toEqual([
      "2026-11-27 12:00:00.000 | INFO    | Flow run 'x' - line 0",
      "2026-11-27 12:00:00.001 | INFO    | Flow run 'x' - line 1",
      "2026-11-27 12:00:00.002 | INFO    | Flow run 'x' - line 2",
    ]);
  });

  test("as one JSON list, whatever the pages", async () => {
    const terminal = io();
    await printLines(server().client, OF_X, { ...options, json: true }, terminal.io);
    expect(terminal.printed.join("\n")).toBe(JSON.stringify(pages.flat(), null, 2));
  });

  test("as an empty list where there is nothing", async () => {
    const terminal = io();
    const client = oldServer([]).client;
    await printLines(client, OF_X, { ...options, json: true }, terminal.io);
    expect(terminal.printed).toEqual(["[]"]);
  });

  test("commands 2: lines of tasks by the names of their task runs, each asked for once", async () => {
    const terminal = io();
    const asked: string[][] = [];
    const line = (index: number, task_run_id: string | null) => ({ ...record(index, index), task_run_id });
    const client = {
      async call(
        endpoint: { path: string },
        { body }: { body: { task_runs?: { id: { any_: string[] } }; after?: string } },
      ) {
        if (endpoint.path === "/task_runs/filter") {
          asked.push(body.task_runs?.id.any_ ?? []);
          return [{ id: "a", name: "greet-0" }];
        }
        const isFirst = body.after === null;
        const logs = isFirst ? [line(0, null), line(1, "a"), line(2, "gone")] : [line(3, "a")];
        return { logs, cursor: "1", more: isFirst };
      },
    } as unknown as Client; // the two calls that are made
    await printLines(client, OF_X, options, terminal.io);
    const names = terminal.printed.join("\n").match(/(Flow|Task) run '[^']+'/g);
    expect(names).toEqual(["Flow run 'x'", "Task run 'greet-0'", "Flow run 'x'", "Task run 'greet-0'"]);
    expect(asked).toEqual([["a", "gone"]]);
  });

  test("commands 3: nothing, and why", async () => {
    const terminal = io();
    await printLines(oldServer([]).client, { ...OF_X, reason: "Its state is Late." }, options, terminal.io);
    expect(terminal.printed).toEqual(["Flow run 'x' has no log lines. Its state is Late."]);
  });

  test("no further than they are read", async () => {
    const terminal = io(false);
    const { client, asked } = server();
    await printLines(client, OF_X, options, terminal.io);
    expect(terminal.printed).toHaveLength(1);
    expect(asked()).toBe(1);
  });
});
