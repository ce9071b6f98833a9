// Spare engine processes: used once, for one environment, started when nothing executes, ended with their agent.
import { afterEach, describe, expect, test } from "bun:test";
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { createEngineProcesses, type EngineProcesses } from "#infrastructure/engine-processes.ts";
import { manualClock } from "../clock.ts";

/** Says how it was started and its pid; as a spare, what it was ordered to do. Ends with its input, or at once. */
const ENGINE = `
if [ "$0" = --spare ]; then read -r order || exit 0; echo "spare $$ $order"; else echo "cold $$ $PREFECT__FLOW_RUN_ID"; fi
[ -z "$HOLD" ] || read -r forever < "$HOLD"`;
const BASE = { PATH: process.env["PATH"] ?? "", KIND: "base" };
const OTHER = { ...BASE, KIND: "other" };
const folder = realpathSync(tmpdir());

let open: EngineProcesses[] = [];
afterEach(async () => {
  await Promise.all(open.map((engines) => engines.close()));
  open = [];
});

async function setup(spares = 1) {
  const clock = manualClock();
  const engines = createEngineProcesses({ command: ["sh", "-c", ENGINE], spares, clock });
  open.push(engines);
  engines.expect(BASE);
  await settled();
  return { clock, engines };
}

/** What was due has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function outcome(engines: EngineProcesses, id: string, environment: Record<string, string> = BASE) {
  const child = engines.start({ environment: { ...environment, PREFECT__FLOW_RUN_ID: id }, folder });
  const [text] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  await settled();
  const [kind, pid, ...rest] = text.trim().split(" ");
  return { kind, pid: Number(pid), order: rest.join(" ") };
}

describe("a spare engine", () => {
  test("executes the next run, and gets the run's variables and folder", async () => {
    const { engines } = await setup();
    const { kind, order } = await outcome(engines, "aaa", { ...BASE, ORCH__LOG_FILE: "/tmp/log" });
    expect(kind).toBe("spare");
    const environment = { PREFECT__FLOW_RUN_ID: "aaa", ORCH__LOG_FILE: "/tmp/log" };
    expect(JSON.parse(order)).toEqual({ environment, folder });
  });

  test("is used once: the next run has another process", async () => {
    const { engines } = await setup();
    const [first, second] = [await outcome(engines, "aaa"), await outcome(engines, "bbb")];
    expect([first.kind, second.kind]).toEqual(["spare", "spare"]);
    expect(second.pid).not.toBe(first.pid);
  });

  test("is not started while runs follow each other, but after a quiet moment", async () => {
    const { engines, clock } = await setup();
    const held = { ...BASE, HOLD: "/dev/zero" };
    const long = engines.start({ environment: { ...held, PREFECT__FLOW_RUN_ID: "long" }, folder });
    expect((await outcome(engines, "aaa")).kind).toBe("spare");
    expect((await outcome(engines, "bbb")).kind).toBe("cold");
    clock.advance(1);
    await settled();
    expect((await outcome(engines, "ccc")).kind).toBe("spare");
    long.kill("SIGKILL");
  });

  test("does not serve another environment; after two runs in a row it changes to theirs", async () => {
    const { engines } = await setup();
    const kinds = [];
    for (const environment of [OTHER, BASE, OTHER, OTHER, OTHER, BASE]) {
      kinds.push((await outcome(engines, "aaa", environment)).kind);
    }
    expect(kinds).toEqual(["cold", "spare", "cold", "cold", "spare", "cold"]);
  });

  test("is not there with a setting of 0", async () => {
    const { engines } = await setup(0);
    expect(await outcome(engines, "aaa")).toMatchObject({ kind: "cold", order: "aaa" });
  });

  test("that cannot be started stops no run", async () => {
    const engines = createEngineProcesses({ command: ["/nowhere/orch"], spares: 1, clock: manualClock() });
    engines.expect(BASE);
    await settled();
    expect(() => engines.start({ environment: BASE, folder })).toThrow("/nowhere/orch");
  });

  test("ends when it is closed, and none follows", async () => {
    const { engines } = await setup();
    await engines.close();
    engines.expect(BASE);
    await settled();
    expect((await outcome(engines, "aaa")).kind).toBe("cold");
  });
});
