// One flow run in an agent's care: claimed, started, watched, and reported when its process ends badly.
import type { Client } from "#client/client.ts";
import { Cancelled, Crashed, Failed, isTerminal, Pending } from "#domain/states.ts";
import type { Infrastructure, Started } from "#infrastructure/infrastructure.ts";
import { describeExit } from "#infrastructure/process.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { PATIENCE_SECONDS, patiently } from "#lib/patience.ts";
import { type FlowRun, readFlowRun, setFlowRunState, updateFlowRun } from "#wire/flow-runs.ts";
import { HEARTBEAT_HEADER } from "#wire/heartbeats.ts";
import type { StateInput } from "#wire/states.ts";
import { type BlockCache, prepareJob } from "./job.ts";

export interface CareOptions {
  client: Client;
  clock: Clock;
  infrastructure: Infrastructure;
  blocks: BlockCache;
  /** One line about a run, for the person who started the agent. */
  say: (line: string) => void;
  /** A line that a run printed. */
  print: (line: string) => void;
}

export interface InCare {
  run: FlowRun;
  pid: string;
  /** Resolves when the process has ended and its end is reported. */
  ended: Promise<void>;
}

/** `undefined` when the run is somebody else's, or could not be started and was reported so. */
export async function takeCare(options: CareOptions, run: FlowRun): Promise<InCare | undefined> {
  const { client, say } = options;
  const claim = await client.call(
    setFlowRunState,
    { params: { id: run.id }, body: { state: Pending() } },
    { headers: { [HEARTBEAT_HEADER]: "1" } },
  );
  // Of several agents that ask, exactly one gets ACCEPT.
  if (claim.status !== "ACCEPT" || claim.state?.type !== "PENDING") return undefined;
  say(`Submitting flow run '${run.name}' (${run.id})`);
  const started = await start(options, run);
  if (!started) return undefined;
  return { run, pid: started.pid, ended: watch(options, run, started) };
}

async function start(options: CareOptions, run: FlowRun): Promise<Started | undefined> {
  const { client, clock, infrastructure, blocks, say, print } = options;
  try {
    const job = await patiently({ clock, seconds: PATIENCE_SECONDS }, () => prepareJob(client, run, blocks));
    return await infrastructure.start({ ...job, output: print });
  } catch (error) {
    say(`Flow run '${run.name}' could not be started: ${messageOf(error)}`);
    await report(options, run, Failed({ message: `Submission failed. ${messageOf(error)}` }));
    return undefined;
  }
}

async function watch(options: CareOptions, run: FlowRun, { pid, exited }: Started): Promise<void> {
  const { client, clock, say } = options;
  // In the background: the process is at work already.
  const noted = patiently({ clock, seconds: PATIENCE_SECONDS }, () =>
    client.call(updateFlowRun, { params: { id: run.id }, body: { infrastructure_pid: pid } }),
  ).catch((error) => say(`The process of flow run '${run.name}' could not be noted: ${messageOf(error)}`));
  const { code } = await exited;
  await noted;
  if (code !== 0) {
    say(describeExit(run.name, code));
    await report(
      options,
      run,
      Crashed({ message: `Flow run infrastructure exited with non-zero status code ${code}.` }),
    );
  }
  await settle(options, run, pid);
}

/** A process that ended without an end of its run leaves nobody who would end it. */
async function settle(options: CareOptions, run: FlowRun, pid: string): Promise<void> {
  const { client, clock, say } = options;
  const now = await patiently({ clock, seconds: PATIENCE_SECONDS }, () =>
    client.call(readFlowRun, { params: { id: run.id } }),
  ).catch(() => undefined); // deleted meanwhile: nothing is left to settle
  if (!now) return;
  const ours = now.infrastructure_pid === pid;
  if (ours && now.state_type === "CANCELLING") await report(options, run, Cancelled(), true);
  if (ours && (now.state_type === "PENDING" || now.state_type === "RUNNING")) {
    await report(options, run, Crashed({ message: "The process of the flow run ended without reporting its result." }));
  }
  if (isTerminal(now.state_type)) say(`Flow run '${run.name}' finished in state ${now.state_name}`);
}

/** Offered until the server answers; a run that has ended already stays as it is. */
async function report(
  { client, clock, say }: CareOptions,
  run: FlowRun,
  state: StateInput,
  force = false,
): Promise<void> {
  await patiently({ clock, seconds: PATIENCE_SECONDS }, () =>
    client.call(setFlowRunState, { params: { id: run.id }, body: { state, force } }),
  ).catch((error) => say(`The end of flow run '${run.name}' could not be reported: ${messageOf(error)}`));
}
