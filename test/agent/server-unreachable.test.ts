// A server that goes away is said once, waited for, and said again when it is back; nothing is lost meanwhile.
import { afterEach, expect, test } from "bun:test";
import { OrchError } from "#lib/errors.ts";
import { type Bundle, history, makeDueRun, meanwhile, put, readRun, setup } from "./setup.ts";

const open: Bundle[] = [];
afterEach(async () => {
  for (const { agent, app, clock } of open.splice(0)) {
    await meanwhile(clock, agent.abort(), 1);
    await app.close();
  }
});

function start() {
  const bundle = setup();
  open.push(bundle);
  void bundle.agent.run();
  return bundle;
}

const count = ({ lines }: Bundle, text: string) => lines.all.filter((line) => line.includes(text)).length;

test("is said once, however often it is tried, and once more when it is back", async () => {
  const bundle = start();
  await makeDueRun(bundle.app);
  await bundle.place.started(1);
  bundle.line.cut = true;
  const { clock } = bundle;
  await meanwhile(clock, bundle.lines.until(/Lost the server at http:\/\/test\/api/), 1);
  const later = clock.now() + 60_000;
  await meanwhile(clock, clock.sleep(later - clock.now()), 1);
  bundle.line.cut = false;
  await meanwhile(clock, bundle.lines.until(/The server at http:\/\/test\/api is back\./));
  expect([count(bundle, "Lost the server"), count(bundle, "is back")]).toEqual([1, 1]);
});

test("work is taken within two seconds of its return", async () => {
  const bundle = start();
  const { app, clock, line, place, lines } = bundle;
  await makeDueRun(app);
  await place.started(1);
  line.cut = true;
  await meanwhile(clock, lines.until(/Lost the server/), 1);
  await meanwhile(clock, clock.sleep(120_000), 1);
  const run = await makeDueRun(app);
  line.cut = false;
  const back = clock.now();
  await meanwhile(clock, place.started(2));
  expect(place.jobs[1]?.run.id).toBe(run.id);
  expect(clock.now() - back).toBeLessThan(2_500);
});

test("an end that comes meanwhile is reported when it is back", async () => {
  const { app, clock, line, place, lines } = start();
  const run = await makeDueRun(app);
  const [job] = await place.started(1);
  await put(app, run.id, { type: "RUNNING" });
  line.cut = true;
  job?.exit(-9);
  await meanwhile(clock, lines.until(/Lost the server/), 1);
  await meanwhile(clock, clock.sleep(120_000), 1);
  expect((await readRun(app, run.id)).state_type).toBe("RUNNING");
  line.cut = false;
  await meanwhile(clock, lines.until(/finished in state Crashed|ended/), 1);
  expect((await readRun(app, run.id)).state?.message).toBe(
    "Flow run infrastructure exited with non-zero status code -9.",
  );
});

test("a claim whose answer is lost is still this agent's", async () => {
  const { app, clock, line, place } = start();
  let lost = 0;
  line.tamper = ({ path }, answer) => {
    if (!path.endsWith("/set_state") || lost++ > 0) return answer;
    throw new OrchError("unavailable", "The answer was lost.");
  };
  const run = await makeDueRun(app);
  const [job] = await meanwhile(clock, place.started(1));
  expect(job?.run.id).toBe(run.id);
  expect(lost).toBeGreaterThan(1);
  expect(await history(app, run.id)).toEqual(["Scheduled", "Pending"]);
});

test("a claim of another agent is not taken for one's own", async () => {
  const { app, clock, line, place } = start();
  line.tamper = ({ path }, answer) => {
    const [found]: { flow_run: { id: string } }[] = path.includes("get_scheduled") ? JSON.parse(answer.text) : [];
    // Stored before this agent's own claim arrives.
    if (found) void put(app, found.flow_run.id, { type: "PENDING", message: "Claimed by agent somebody:1" });
    return answer;
  };
  const taken = await makeDueRun(app);
  await meanwhile(clock, clock.sleep(1_000));
  expect(place.jobs).toEqual([]);
  expect((await readRun(app, taken.id)).state?.message).toBe("Claimed by agent somebody:1");
});

test("heartbeats are sent for the runs in care", async () => {
  const { app, clock, place, line } = start();
  await makeDueRun(app);
  await place.started(1);
  expect(await app.count("heartbeat")).toBe(1);
  const seen = async () =>
    (await app.db.read((q) => q.get<{ last_seen: string }>("select last_seen from heartbeat")))?.last_seen;
  const claimed = await seen();
  const beats = () => line.sent.filter((request) => request.endsWith("/orch/heartbeats")).length;
  await meanwhile(clock, clock.sleep(11_000), 0.5);
  expect(beats()).toBe(2);
  expect((await seen()) ?? "").not.toBe(claimed ?? "");
});
