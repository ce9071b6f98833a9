// `orch adopt URL` on a server that is played: what goes wrong on the way, and what changes meanwhile.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPrefectServer } from "#cli/adopt/server/prefect-server.ts";
import { messageOf } from "#lib/errors.ts";
import { manualClock } from "../../../clock.ts";
import type { TestTerminal } from "../../io.ts";
import type { FakePrefect } from "../fake-prefect.ts";
import { createServerHome, type Line, later, made, type ServerHome } from "../server-home.ts";

let home: ServerHome;
let terminal: TestTerminal;
let fake: FakePrefect;
const open = (env?: Record<string, string>) => {
  home = createServerHome(env);
  ({ fake, terminal } = home);
};
beforeEach(() => open());
afterEach(() => home.close());

const database = () => join(terminal.home, "orch.db");

async function adopted(...words: string[]): Promise<Map<string, Line>> {
  const { out, err } = await terminal.orch("adopt", fake.url, "--json", ...words);
  expect(err).toBe("");
  return new Map((JSON.parse(out).tables as Line[]).map((line) => [line.table, line]));
}

test("adopt: a server with a small limit is read whole, also when the command is repeated", async () => {
  fake.limit = 3;
  const { runs } = home.withRuns(10);
  const lines = Array.from({ length: 11 }, (_, index) => ({
    ...made(),
    ...{ name: "x", level: 20, message: `line ${index}`, flow_run_id: runs[0]?.["id"], task_run_id: null },
    // Seven of them at one moment: more than a page.
    timestamp: later(index < 2 ? 1 : index < 9 ? 2 : 3),
  }));
  fake.lists["/logs/filter"] = lines;
  fake.lists["/variables/filter"] = Array.from({ length: 6 }, (_, index) => ({
    ...made(),
    ...{ name: `v${index}`, value: "x", tags: [] },
  }));
  const first = await adopted();
  const taken = Object.fromEntries([...first].map(([table, line]) => [table, line.taken]));
  expect(taken).toEqual({ flow: 1, variable: 6, flow_run: 10, flow_run_state: 10, log: 11 });
  for (const [table, line] of await adopted()) expect([table, line.known, line.taken]).toEqual([table, line.found, 0]);
});

test("adopt: nothing but reads and filters is sent", async () => {
  home.withRuns(2);
  await adopted();
  expect(fake.asked.filter((line) => !/^GET |^POST \S+\/(filter|count) /.test(line))).toEqual([]);
});

test("adopt: a dry run of a server makes neither a database nor a key", async () => {
  home.withRuns(2);
  const planned = await adopted("--dry-run");
  expect(existsSync(terminal.home)).toBeFalse();
  expect(await adopted()).toEqual(planned);
});

test("adopt: secrets come over, and what another block gives is not kept twice", async () => {
  const type = { ...made(), name: "Mine", slug: "mine", is_protected: false };
  const schema = { ...made(), checksum: "sha256:1", version: "1", capabilities: [], block_type_id: type.id };
  const own = { block_type_id: type.id, block_schema_id: schema.id, is_anonymous: false };
  const inner = { ...made(), ...own, name: "inner", data: { password: "hush" }, block_document_references: {} };
  const outer = { ...made(), ...own, name: "outer", data: { n: 1, inner: inner.data } };
  fake.lists["/block_types/filter"] = [type];
  fake.lists["/block_schemas/filter"] = [{ ...schema, fields: { title: "Mine", block_schema_references: {} } }];
  const references = { inner: { block_document: { id: inner.id, name: "inner" } } };
  fake.lists["/block_documents/filter"] = [inner, { ...outer, block_document_references: references }];
  const first = await adopted();
  expect(first.get("block_document_reference")?.taken).toBe(1);
  expect(JSON.stringify(home.rows("select data from block_document"))).not.toContain("hush");
  const source = await openPrefectServer(fake.url, { apiKey: null, clock: manualClock(), show() {} });
  expect([source.unsealed({ id: inner.id }), source.unsealed({ id: outer.id })]).toEqual([
    { password: "hush" },
    { n: 1 },
  ]);
  source.close();
});

describe("adopt: while the server goes on", () => {
  test("objects that are deleted between two pages hide no others", async () => {
    fake.limit = 4;
    const { runs } = home.withRuns(12);
    let pages = 0;
    fake.before = (path) => {
      if (path !== "/flow_runs/filter") return undefined;
      pages += 1;
      if (pages === 2) runs.splice(0, 3);
      return undefined;
    };
    expect((await adopted()).get("flow_run")?.taken).toBe(9);
  });

  test("a run that goes on while it is read comes over as it is in the end, with all its states", async () => {
    const { flow, runs } = home.withRuns(2);
    const moving = home.runOf(flow, "moving", "RUNNING");
    runs.push(moving);
    let looks = 0;
    fake.before = (path) => {
      if (path !== "/flow_runs/filter") return;
      looks += 1;
      if (looks === 3) home.enter(moving, "COMPLETED");
    };
    expect((await adopted()).get("flow_run_state")?.taken).toBe(4);
    expect(home.rows("select state_type from flow_run where name = 'moving'")).toEqual([{ state_type: "COMPLETED" }]);
  });

  test("runs that go on and on are named, and nothing is taken", async () => {
    const { runs } = home.withRuns(2);
    fake.before = (path) => {
      if (path === "/flow_runs/filter" && runs[1]) home.enter(runs[1], "RUNNING");
    };
    const { code, err } = await terminal.orch("adopt", fake.url);
    expect(err).toMatch(/went on while they were read: run-1\. Stop its agents and workers, and adopt again\./);
    expect([code, existsSync(database())]).toEqual([1, false]);
  });

  test("runs that the scheduler makes meanwhile come over too", async () => {
    const { flow, runs } = home.withRuns(1);
    fake.before = (path, { offset }) => {
      if (path !== "/flow_runs/filter" || offset !== 0) return;
      runs.push(home.runOf(flow, `next-${runs.length}`, "SCHEDULED"));
    };
    const taken = (await adopted()).get("flow_run")?.taken ?? 0;
    expect(taken).toBe(3);
    expect(home.rows("select count(*) as n from flow_run_state")).toEqual([{ n: taken }]);
  });
});

describe("adopt: the API key of a server", () => {
  beforeEach(() => {
    fake.key = "s3cret";
  });
  test("by the environment", async () => {
    home.close();
    open({ PREFECT_API_KEY: "s3cret" });
    fake.key = "s3cret";
    home.withRuns(1);
    expect((await adopted()).get("flow_run")?.taken).toBe(1);
  });
  test("by a file", async () => {
    writeFileSync(join(terminal.folder, "key"), "s3cret\n");
    home.withRuns(1);
    expect((await adopted("--api-key", "key")).get("flow_run")?.taken).toBe(1);
  });
  test("by standard input", async () => {
    terminal.piped = "s3cret\n";
    home.withRuns(1);
    expect((await adopted("--api-key", "-")).get("flow_run")?.taken).toBe(1);
  });
});

describe("adopt: a server that is refused in one sentence, and nothing is made", () => {
  const refused = async (pattern: RegExp, ...words: string[]) => {
    const { code, err, out } = await terminal.orch("adopt", ...words);
    expect(err).toMatch(pattern);
    expect([code, out, err.split("\n").length, existsSync(database())]).toEqual([1, "", 1, false]);
  };
  test("an address of a database", () =>
    refused(/^'postgresql:…' is no address of Prefect's API: give a file/, "postgresql://me:hush@db/prefect"));
  test("an address with a password", () => refused(/^Leave the password out/, "http://me:hush@127.0.0.1:1/api"));
  test("where nothing answers", () => {
    fake.stop();
    return refused(/^No server answers at http:\S+ \(/, fake.url);
  });
  test("what is no server of Prefect", () => {
    fake.before = () => new Response("<html>");
    return refused(/is not the API of a Prefect server/, fake.url);
  });
  test("Prefect 3", () => {
    fake.version = "3.1.0";
    return refused(/is a Prefect 3\.1\.0: servers of 2\.10 to 2\.20 can be adopted/, fake.url);
  });
  test("one that is too old", () => {
    fake.version = "2.8.7";
    return refused(/is a Prefect 2\.8\.7, which is too old/, fake.url);
  });
  test("without the key that it asks for", () => {
    fake.key = "s3cret";
    return refused(/asks for an API key \(401\)\. Set PREFECT_API_KEY/, fake.url);
  });
  test("with another key", () => {
    fake.key = "s3cret";
    terminal.piped = "other";
    return refused(/refuses the API key \(401\)/, fake.url, "--api-key", "-");
  });
  test("with the key itself as a word, which is not repeated", async () => {
    const { code, err } = await terminal.orch("adopt", fake.url, "--api-key", "s3cret");
    expect(err).toMatch(/^--api-key names a file that holds the key/);
    expect([code, err.includes("s3cret")]).toEqual([1, false]);
  });
  test("one that fails", () => {
    fake.before = (path) => (path === "/logs/filter" ? new Response("", { status: 500 }) : undefined);
    return refused(/answered POST \/logs\/filter with 500\. Its own log says why\. Nothing was changed\./, fake.url);
  });
  test("one that has not all that belongs to it", () => {
    fake.before = (path) => (path === "/flows/filter" ? Response.json({}, { status: 404 }) : undefined);
    return refused(/does not know \/flows\/filter/, fake.url);
  });
});

test("adopt: a server that is lost in the middle", async () => {
  home.withRuns(2);
  fake.before = (path) => {
    if (path === "/logs/filter") fake.stop();
    return undefined;
  };
  const clock = { ...manualClock(), sleep: async () => {} };
  const reading = openPrefectServer(fake.url, { apiKey: null, clock, show() {} });
  const failure = await reading.then(() => "", messageOf);
  expect(failure).toMatch(/^The connection to Prefect's server at \S+ was lost \(.*\)\. Nothing was changed/);
});
