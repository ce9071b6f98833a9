// The flows of a storm. What they do they append to a file that orch knows nothing of, the ledger: one line for each step,
// `MILLISECONDS EVENT RUN EXECUTION …`. An execution is one process.

/** Their kinds of work, the parameter `kind`. */
export const KINDS = ["steps", "retry", "subflow", "slots", "pause", "handed", "child", "artifact", "lines"] as const;
/** Of the tasks that hold a slot. */
export const SLOT_TAG = "storm-slot";
/** Of one execution between two calls of the server, where it hears that its run was taken from it. */
export const MOST_EVENTS_BETWEEN_CALLS = 4;

/** `sturdy` is tried again, by its process or by another one; `plain` is not. */
export function stormFlows(ledger: string): string {
  return `
import { appendFileSync } from "node:fs";
import { createMarkdownArtifact, flow, getRunLogger, pauseFlowRun, runContext, sleep, task } from "orch";

const execution = crypto.randomUUID().slice(0, 8);
const lines = new Map<string, number>();
let top = "";

function note(event: string, ...words: (string | number)[]) {
  const now = (performance.timeOrigin + performance.now()).toFixed(3);
  appendFileSync(${JSON.stringify(ledger)}, [now, event, top, execution, ...words].join(" ") + "\\n");
}
/** Numbered, in the log of the run around the call. Noted when it is in the log's hands. */
function say(count = 1) {
  const { id } = runContext().flowRun;
  for (let n = 0; n < count; n += 1) {
    const line = lines.get(id) ?? 0;
    lines.set(id, line + 1);
    getRunLogger().info("line " + execution + " " + line);
  }
  note("lines", id, (lines.get(id) ?? 0) - 1);
}
async function body(name: string, work: () => Promise<void> = () => sleep(0.02)) {
  const { flowRun, taskRun } = runContext();
  note("task", taskRun!.id, flowRun.runCount, taskRun!.runCount, name);
  say();
  await work();
  note("done", taskRun!.id);
  return name;
}
const step = task(async function step(n: number) { return body("step"); }, { persistResult: true });
const loose = task(async function loose(n: number) { return body("loose"); });
const slot = task(async function slot(n: number) { return body("slot"); }, { tags: ["${SLOT_TAG}"] });
const failed = new Set<string>();
const flaky = task(async function flaky() {
  const { id } = runContext().taskRun!;
  return body("flaky", async () => {
    if (failed.has(id)) return;
    failed.add(id);
    throw new Error("the first time");
  });
}, { retries: 1 });
const inner = flow(async function inner(n: number) {
  note("inner", runContext().flowRun.id, runContext().flowRun.runCount);
  say();
  await loose(n);
  return step(n);
});

async function work(kind: string) {
  const { id, runCount } = runContext().flowRun;
  top = id;
  note("begin", runCount, process.pid, kind);
  say();
  await step(0);
  if (kind === "steps") for (let n = 1; n < 4; n += 1) { await loose(n); say(); await step(n); }
  if (kind === "retry") {
    await flaky();
    if (runCount === 1) throw new Error("the first run");
  }
  if (kind === "subflow") await Promise.all([inner(1), step(1)]);
  if (kind === "slots") await Promise.all([slot.submit(1), slot.submit(2), slot.submit(3)]);
  if (kind === "pause") await pauseFlowRun({ timeout: 300, pollInterval: 0.2 });
  if (kind === "handed") await pauseFlowRun({ timeout: 300, reschedule: true });
  if (kind === "child") {
    // An agent whose runs are shorter tells nothing that could end what they leave (infrastructure/survivors.ts).
    await sleep(1.2);
    const child = Bun.spawn(["sleep", "600"]);
    await sleep(0.5);
    child.kill();
  }
  if (kind === "artifact") {
    await createMarkdownArtifact({ key: "storm", markdown: id + " " + execution });
    note("artifact");
  }
  if (kind === "lines") for (let n = 0; n < 4; n += 1) { say(250); await loose(n); }
  say();
  note("end", runCount);
  return { kind, execution };
}
export const sturdy = flow(async function sturdy({ label = "", kind = "steps" }: { label?: string; kind?: string }) {
  return work(kind);
}, { retries: 2, persistResult: true });
export const plain = flow(async function plain({ label = "", kind = "steps" }: { label?: string; kind?: string }) {
  return work(kind);
});
`;
}
