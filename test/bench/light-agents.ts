// Agents without processes: `bun light-agents.ts <ADDRESS AND QUEUES` runs the real agent's code in one process, for each queue one,
// where a run's process would only say that it began and completed. Prints "ready", works until its input ends, and prints what
// was claimed. What is left out is what a child process costs its machine, and what else it would ask the server.
import { createAgent } from "#agent/agent.ts";
import { attemptClient } from "#client/attempt.ts";
import { type Client, createClient } from "#client/client.ts";
import { httpTransport, type Transport } from "#client/transport.ts";
import { Completed, Running } from "#domain/states.ts";
import type { Infrastructures, Job } from "#infrastructure/infrastructure.ts";
import { processExit } from "#infrastructure/process-exit.ts";
import { systemClock } from "#lib/clock.ts";

import { attemptText } from "#wire/runs/attempts.ts";
import { setFlowRunState } from "#wire/runs/flow-runs.ts";
import { testSettings } from "../settings.ts";

export interface LightAgents {
  /** Resolves when all agents wait for work. */
  ready: Promise<void>;
  /** Ends them, and gives what they did. May be called again. */
  stop(): Promise<Done>;
}

export interface Done {
  claims: { agent: number; queue: string; run: string; at: number }[];
  /** Of each request for work that was answered with work: when it began, and its milliseconds. */
  polls: { at: number; took: number }[];
  /** Claims that another agent was quicker with. */
  beaten: number;
}

/** Milliseconds since 1970, with fractions: the same in all processes. */
export const moment = () => performance.timeOrigin + performance.now();

/** One agent for each entry. */
export function startLightAgents(url: string, queues: readonly string[]): LightAgents {
  const child = Bun.spawn([process.execPath, import.meta.path], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  child.stdin.write(`${JSON.stringify({ url, queues })}\n`);
  child.stdin.flush();
  const ready = Promise.withResolvers<void>();
  const printed = (async () => {
    let text = "";
    for await (const chunk of child.stdout) {
      text += new TextDecoder().decode(chunk);
      if (text.startsWith("ready\n")) ready.resolve();
    }
    return text;
  })();
  return {
    ready: ready.promise,
    async stop() {
      child.stdin.end();
      return JSON.parse((await printed).slice("ready\n".length)) as Done; // printed below
    },
  };
}

const WORK = "get_scheduled_flow_runs";

async function work(url: string, queues: readonly string[], isOver: Promise<void>): Promise<Done> {
  const done: Done = { claims: [], polls: [], beaten: 0 };
  let waiting = 0;
  const allWait = Promise.withResolvers<void>();

  /** Counts the agents that wait for work, and times what is answered with work. */
  function timed(transport: Transport): Transport {
    let isFirst = true;
    return {
      ...transport,
      async send(request) {
        const begun = moment();
        const isPoll = request.path.includes(WORK);
        if (isPoll && isFirst) {
          isFirst = false;
          waiting += 1;
          if (waiting === queues.length) allWait.resolve();
        }
        const answer = await transport.send(request);
        if (isPoll && answer.text.length > 2) done.polls.push({ at: begun, took: moment() - begun });
        if (answer.text.includes('"status":"ABORT"')) done.beaten += 1;
        return answer;
      },
    };
  }

  const agents = queues.map((queue, agent) => {
    const transport = timed(httpTransport({ url, apiKey: null }));
    const client = createClient({ transport, clock: systemClock, retries: 0 });
    const infrastructure = nowhere(client, (job) => done.claims.push({ agent, queue, run: job.run.id, at: moment() }));
    return createAgent({
      ...{
        client,
        clock: systemClock,
        settings: testSettings(),
        infrastructure,
        queues: [queue],
        prefixes: [],
        pool: null,
      },
      ...{ limit: null, prefetchSeconds: 0, output: () => {} },
    });
  });
  const all = agents.map((agent) => agent.run());
  await allWait.promise;
  console.log("ready");
  await isOver;
  for (const agent of agents) agent.drain();
  await Promise.all(all);
  return done;
}

/** A run begins and completes at once, by the word of its agent. */
function nowhere(client: Client, onStart: (job: Job) => void): Infrastructures {
  let count = 0;
  return {
    async start(job) {
      onStart(job);
      count += 1;
      const own = attemptClient(client, attemptText({ flowRunId: job.run.id, token: job.attempt ?? "" }), () => {});
      const say = (state: ReturnType<typeof Running>) =>
        own.call(setFlowRunState, { params: { id: job.run.id }, body: { state } });
      const exited = (async () => {
        await say(Running());
        await say(Completed());
        return processExit(job.run.name, 0);
      })();
      return { pid: `light:${process.pid}${count}`, exited, lastLines: () => [] };
    },
    kill: async () => "not-found",
    isRunning: async () => false,
    adopt: async () => null,
    takeLeft: () => [],
    close: async () => {},
  };
}

if (import.meta.main) {
  const over = Promise.withResolvers<void>();
  let text = "";
  for await (const chunk of Bun.stdin.stream()) {
    const isFirst = !text.includes("\n");
    text += new TextDecoder().decode(chunk);
    if (!isFirst || !text.includes("\n")) continue;
    const { url, queues } = JSON.parse(text) as { url: string; queues: string[] }; // written above
    work(url, queues, over.promise).then((done) => {
      console.log(JSON.stringify(done));
      process.exit();
    });
  }
  over.resolve();
}
