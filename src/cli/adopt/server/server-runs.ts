// Reads all runs of a server that may be at work: until a look at all of them finds none that has changed since it was read.
import { OrchError } from "#lib/errors.ts";
import { type JsonObject, objectOf } from "#lib/json.ts";
import { eachOf } from "#lib/parallel.ts";
import { cachedResult, idOf, nameOf, type Of, objectsOf, run, spooled, stampOf, state } from "./api-rows.ts";
import { placeName } from "./lacking.ts";
import { ApiFailure } from "./paging.ts";
import type { PrefectApi } from "./prefect-api.ts";
import type { Reading } from "./reading.ts";
import { missingOf } from "./server-counts.ts";

/** Prefect answers from one process, which is busy with so many. */
const AT_ONCE = 6;
const MOST_LOOKS = 6;
const MOST_NAMES = 5;
/** The first that has inputs of runs. */
const INPUTS_MINOR = 14;
const INPUTS_AT_ONCE = 1_000;

/** Throws `conflict` when runs go on changing, as those that agents work on. What is only scheduled may change. */
export async function readRuns(reading: Reading): Promise<void> {
  await lookAtRuns(reading);
  let busy: string[] = [];
  for (let look = 1; look < MOST_LOOKS; look += 1) {
    busy = await lookAtRuns(reading);
    if (busy.length === 0) return;
  }
  const more = busy.length > MOST_NAMES ? ` and ${busy.length - MOST_NAMES} more` : "";
  const names = `${busy.slice(0, MOST_NAMES).join(", ")}${more}`;
  const sentence = `Runs of Prefect's server at ${reading.api.url} went on while they were read: ${names}. Stop its agents and workers, and adopt again. Nothing was changed.`;
  throw new OrchError("conflict", sentence);
}

const UNDER_WAY = new Set<unknown>(["PENDING", "RUNNING", "CANCELLING", "PAUSED"]);

/** Reads what has changed since the look before. Gives the names of those that an agent may be at work on. */
async function lookAtRuns(reading: Reading): Promise<string[]> {
  const { api, spool, lacking } = reading;
  const [there, busy] = [new Set<string>(), [] as string[]];
  lacking.forget("flow_run");
  const pages = api.pages("/flow_runs/filter", { sort: "ID_DESC" }, (one) =>
    lacking.unsent("flow_run", placeName(one)),
  );
  for await (const page of pages) {
    for (const { id } of page) there.add(String(id));
    const changed = page.filter((one) => spool.stampOf("flow_run", idOf(one)) !== stampOf(one));
    await eachOf(changed, AT_ONCE, (one) => readFlowRun(one, reading));
    const isChanged = new Set(changed);
    const watched = page.filter((one) => isChanged.has(one) || UNDER_WAY.has(one["state_type"]));
    const ofTasks = await lookAtTaskRuns(watched, reading);
    busy.push(
      ...page
        .filter((one) => ofTasks.has(idOf(one)) || (isChanged.has(one) && one["state_type"] !== "SCHEDULED"))
        .map(nameOf),
    );
  }
  await forgetGone(there, reading);
  return busy;
}

/** A run alone, with its task runs: one that its list could not send. */
export async function readRunAlone(one: JsonObject, reading: Reading): Promise<void> {
  await readFlowRun(one, reading);
  await lookAtTaskRuns([one], reading);
}

/** Runs that a scheduler has made meanwhile, where the server counts more than were read. */
export async function readNewRuns(reading: Reading): Promise<void> {
  if ((await missingOf("flow_run", reading)) > 0) await lookAtRuns(reading);
}

async function readFlowRun(one: JsonObject, reading: Reading): Promise<void> {
  const { api, spool, show } = reading;
  const id = idOf(one);
  if (spool.put("flow_run", run(one))) show("flow runs");
  await readStates(one, { kind: "flow_run", id, flow_run_id: id }, reading);
  if (api.minor >= INPUTS_MINOR) await readInputs(one, reading);
}

/** Without those that are there already, until no other comes: their list has no pages. */
async function readInputs(one: JsonObject, { api, spool, lacking }: Reading): Promise<void> {
  const keys = new Set<string>();
  try {
    for (;;) {
      const body = { prefix: "", limit: INPUTS_AT_ONCE, exclude_keys: [...keys] };
      const inputs = (await api.filter(`/flow_runs/${idOf(one)}/input/filter`, body)) ?? [];
      const fresh = inputs.filter(({ key }) => !keys.has(String(key)));
      for (const input of fresh) spool.put("flow_run_input", spooled(input));
      for (const { key } of fresh) keys.add(String(key));
      if (fresh.length > 0) continue;
      if (inputs.length > 0) lacking.unsent("flow_run_input", `those of ${labelOf(one)} after its first ${keys.size}`);
      return;
    }
  } catch (error) {
    if (!isUnsent(error)) throw error;
    const which = keys.size > 0 ? `those of ${labelOf(one)} after its first ${keys.size}` : `those of ${labelOf(one)}`;
    lacking.unsent("flow_run_input", which);
  }
}

/** Where they cannot be sent, the state that the run itself tells of is all there is. */
async function readStates(one: JsonObject, of: Of, { api, spool, lacking }: Reading): Promise<void> {
  for (const each of await statesOf()) {
    spool.put(`${of.kind}_state`, state(each, of));
    const cached = of.kind === "task_run" ? cachedResult(each) : undefined;
    if (cached) spool.put("task_run_state_cache", cached);
  }

  async function statesOf(): Promise<JsonObject[]> {
    try {
      return objectsOf(await api.get(`/${of.kind}_states/?${of.kind}_id=${of.id}`));
    } catch (error) {
      if (!isUnsent(error)) throw error;
      lacking.unsent(`${of.kind}_state`, `those of ${labelOf(one)} before its last`);
      const last = objectOf(one["state"]);
      return last["id"] === undefined ? [] : [last];
    }
  }
}

const labelOf = (one: JsonObject) => `'${nameOf(one)}' (${idOf(one)})`;

/** Whether the server fails with the one object that was asked for. */
export const isUnsent = (error: unknown) => error instanceof ApiFailure && error.isOfObject;

/** Gives the ids of the flow runs with task runs that have changed. */
async function lookAtTaskRuns(flowRuns: readonly JsonObject[], reading: Reading): Promise<ReadonlySet<string>> {
  const { api, spool, lacking, show } = reading;
  const touched = new Set<string>();
  if (flowRuns.length === 0) return touched;
  const body = { sort: "ID_DESC", flow_runs: { id: { any_: flowRuns.map(idOf) } } };
  const pages = api.pages("/task_runs/filter", body, (one) => lacking.unsent("task_run", placeName(one)));
  for await (const page of pages) {
    const changed = page.filter((one) => spool.stampOf("task_run", idOf(one)) !== stampOf(one));
    await eachOf(changed, AT_ONCE, async (one) => {
      const flow_run_id = String(one["flow_run_id"]);
      touched.add(flow_run_id);
      if (spool.put("task_run", run(one))) show("task runs");
      await readStates(one, { kind: "task_run", id: idOf(one), flow_run_id }, reading);
    });
  }
  return touched;
}

/** A run that no page had may have moved from one page to another: the server is asked for it. */
async function forgetGone(there: ReadonlySet<string>, { api, spool }: Reading): Promise<void> {
  const absent = spool.ids("flow_run").filter((id) => !there.has(id));
  await eachOf(absent, AT_ONCE, async (id) => {
    if (await isGone(api, id)) spool.forgetFlowRun(id);
  });
}

async function isGone(api: PrefectApi, id: string): Promise<boolean> {
  try {
    return (await api.get(`/flow_runs/${id}`)) === undefined;
  } catch (error) {
    if (isUnsent(error)) return false;
    throw error;
  }
}
