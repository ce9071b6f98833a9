// The flow run routes.

import type { Reader } from "#db/connect.ts";
import { timestampNow } from "#lib/clock.ts";
import { releaseOf } from "#wire/later.ts";
import { PROCESS_START_HEADER } from "#wire/pools/agents.ts";
import * as wire from "#wire/runs/flow-runs.ts";
import { HEARTBEAT_HEADER } from "#wire/runs/heartbeats.ts";
import { attemptOf, isClaimedBy, refuseOlder } from "../../attempts/store.ts";
import { readGraph } from "../../flow-runs/graph.ts";
import * as store from "../../flow-runs/store.ts";
import { recordHeartbeats, waitsInItsProcess } from "../../heartbeats/store.ts";
import { checkFound, found } from "../../http/found.ts";
import { orchestrationNotFound } from "../../http/problem.ts";
import { handle, handleOlder, type Route, reply } from "../../http/route.ts";
import { pageOf } from "../../kernel/paging.ts";
import { createFlowRun } from "../../orchestration/create-flow-run.ts";
import { proposeFlowRunState } from "../../orchestration/propose.ts";
import { notNow, resumeFlowRun } from "../../orchestration/resume-flow-run.ts";
import type { Proposed } from "../../orchestration/verdict.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";
import { describeResult } from "../../states/store.ts";
import { verdictReply } from "./verdict-reply.ts";

const NOT_FOUND = "Flow run not found";

export function flowRunRoutes(context: RouteContext): Route[] {
  const { db, clock, settings, events, slowReads } = context;
  return [
    handle(wire.createFlowRun, ({ body }, { headers, write }) => {
      const attempt = attemptOf(headers);
      const given = { ...body, attempt: attempt?.flowRunId === null ? attempt.token : null };
      const release = releaseOf(headers);
      return write((tx) => {
        const { flowRun, created } = createFlowRun(tx, context, given, release);
        return reply(created ? 201 : 200, flowRun);
      });
    }),
    handle(wire.readFlowRun, async ({ params }, { headers }) =>
      found(await db.read((q) => store.readFlowRun(q, params.id, clock.now(), releaseOf(headers))), NOT_FOUND),
    ),
    handle(wire.readFlowRunGraph, async ({ params }) => {
      const now = clock.now();
      return db.read((q) => {
        if (!store.readFlowRun(q, params.id, now))
          throw orchestrationNotFound(`Flow run with id ${params.id} not found`);
        return readGraph(q, params.id, now);
      });
    }),
    handle(wire.updateFlowRun, async ({ params, body }, { headers, write }) => {
      const start = headers.get(PROCESS_START_HEADER);
      const speaker = attemptOf(headers);
      await write((tx) => {
        refuseOlder(tx, speaker); // the run may have been handed back since the router looked
        checkFound(store.updateFlowRun(tx, clock, params.id, body, start), NOT_FOUND);
      });
    }),
    handle(wire.deleteFlowRun, ({ params }, { write }) =>
      write((tx) => {
        checkFound(store.deleteFlowRun(tx, params.id), NOT_FOUND);
        tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
      }),
    ),
    handle(wire.listFlowRuns, async ({ body }, { headers }) => {
      const page = pageOf(body, settings);
      const release = releaseOf(headers);
      return slowReads.read("flowRuns", { filters: body, sort: body.sort, page, now: clock.now(), release });
    }),
    handle(wire.countFlowRuns, ({ body }) => slowReads.read("countFlowRuns", { filters: body })),
    handleOlder(wire.setFlowRunState, async ({ params, body }, request) => {
      const looksAfter = request.headers.has(HEARTBEAT_HEADER);
      const speaker = attemptOf(request.headers);
      const attempt = speaker?.flowRunId === params.id ? speaker.token : null;
      return request.write((tx) => {
        if (!attempt || body.state.type !== "PENDING") refuseOlder(tx, speaker);
        else if (isClaimedBy(tx, params.id, attempt)) return verdictReply(claimedBefore(tx, params.id, clock.now()));
        else if (waitsInItsProcess(tx, params.id)) return verdictReply(WAITS);
        const options = { force: body.force, attempt, keepsLimits: looksAfter };
        const proposed = proposeFlowRunState(tx, context, params.id, body.state, options);
        if (looksAfter && proposed.stored) recordHeartbeats(tx, [params.id], timestampNow(clock));
        if (body.result_metadata && proposed.stored && proposed.state) {
          describeResult(tx, "flow_run", proposed.state.id, body.result_metadata);
        }
        return verdictReply(proposed);
      });
    }),
    handle(wire.resumeFlowRun, ({ params, body }, { write }) =>
      write((tx) => verdictReply(resumeFlowRun(tx, context, params.id, body.run_input))),
    ),
  ];
}

/** The answer to a claim was lost, and the claim comes again. */
function claimedBefore(q: Reader, id: string, now: number): Proposed {
  const state = store.readFlowRun(q, id, now)?.state ?? null;
  return { state, status: "ACCEPT", details: { type: "accept_details" }, stored: false };
}

const WAITS = notNow("The process of this run waits to try it again itself.");
