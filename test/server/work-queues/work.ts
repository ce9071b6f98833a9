// Runs in queues, for the tests of what waits there.

import { toTimestamp } from "#lib/time/timestamps.ts";
import { nextTurn } from "#lib/yield.ts";
import { createDeploymentFlowRun, type DeploymentInput } from "#wire/deployments/deployments.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import type { StateType } from "#wire/runs/states.ts";
import type { TestApp } from "../../app.ts";
import { makeDeployment } from "../../factory.ts";

export interface Work {
  /** A run named `name`, due in `seconds`. */
  due(name: string, seconds?: number): Promise<FlowRun>;
  /** A run in a state of this type. */
  inState(type: StateType): Promise<FlowRun>;
}

/** Work for the queue that the fields name. */
export async function workFor(app: TestApp, fields: Partial<DeploymentInput>): Promise<Work> {
  const { id } = await makeDeployment(app, fields);
  return {
    due(name, seconds = 0) {
      const scheduled_time = toTimestamp(app.clock.now() + seconds * 1000);
      const state = { type: "SCHEDULED" as const, state_details: { scheduled_time } };
      return app.call(createDeploymentFlowRun, { params: { id }, body: { name, state } });
    },
    inState: (type) => app.call(createDeploymentFlowRun, { params: { id }, body: { state: { type } } }),
  };
}

/** A moment that many seconds from now. */
export function inSeconds(app: TestApp, seconds: number): string {
  return toTimestamp(app.clock.now() + seconds * 1000);
}

/** A request that is under way: `answer` is what it said so far. */
export interface Held {
  answer: { status: number; body: unknown; headers: Headers } | undefined;
  names(): string[] | undefined;
  leave(): void;
}

/** Sends a request without waiting for its answer, and lets the server do what it can do now. */
export async function hold(app: TestApp, path: string, body: object, headers: object): Promise<Held> {
  const gone = new AbortController();
  const request = new Request(`http://test/api${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { ...headers },
    signal: gone.signal,
  });
  const held: Held = {
    answer: undefined,
    names() {
      const rows = held.answer?.body as { name?: string; flow_run?: { name: string } }[] | undefined; // either route's rows
      return rows?.map((row) => row.flow_run?.name ?? row.name ?? "");
    },
    leave: () => gone.abort(),
  };
  void app.app.fetch(request).then(async (response) => {
    held.answer = { status: response.status, body: await response.json(), headers: response.headers };
  });
  await settle();
  return held;
}

/** Lets everything happen that can happen without time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
}
