// Explains why a flow run waits and what can be done, by the same rules that decide what agents are offered.
import type { Reader } from "#db/connect.ts";
import { shellQuoted } from "#lib/text/shell-words.ts";
import { AGENT_SILENCE_MS } from "#lib/time/agent-silence.ts";
import { toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import { DEFAULT_POOL } from "#wire/pools/work-pools.ts";
import type { Waiting } from "#wire/runs/flow-run-stories.ts";
import type { StateType } from "#wire/runs/states.ts";
import { waitsInItsProcess } from "../heartbeats/store.ts";
import { othersUnderWay, readRunPolicy } from "../run-policies/store.ts";
import { membersOf, membersOfPool, slots } from "../work-queues/slots.ts";
import { holdersOf, MOST_HOLDERS, tasksWithoutSlot } from "./holders.ts";

/** Agents that are free take a run sooner. */
const TAKEN_WITHIN_MS = 30_000;
const USUAL_POOL_TYPE = "prefect-agent";

interface Run {
  state_type: StateType | null;
  state_name: string | null;
  state_timestamp: string | null;
  due: string | null;
  deployment_id: string | null;
  deployment: string | null;
  queue_id: string | null;
  queue_text: string | null;
  queue: string | null;
  queue_paused: number;
  queue_limit: number | null;
  last_polled: string | null;
  pool_id: string | null;
  pool: string | null;
  pool_type: string | null;
  pool_paused: number;
  pool_limit: number | null;
  pause_timeout: string | null;
}

const RUN = `select r.state_type, r.state_name, r.state_timestamp, r.next_scheduled_start_time as due, r.deployment_id,
    f.name || '/' || d.name as deployment, r.work_queue_id as queue_id, r.work_queue_name as queue_text, q.name as queue,
    q.is_paused as queue_paused, q.concurrency_limit as queue_limit, q.last_polled, p.id as pool_id, p.name as pool,
    p.type as pool_type, p.is_paused as pool_paused, p.concurrency_limit as pool_limit,
    s.state_details ->> 'pause_timeout' as pause_timeout
  from flow_run r join flow f on f.id = r.flow_id left join deployment d on d.id = r.deployment_id
    left join work_queue q on q.id = r.work_queue_id left join work_pool p on p.id = q.work_pool_id
    left join flow_run_state s on s.id = r.state_id
  where r.id = ?`;

type Answer = Pick<Waiting, "code" | "sentence"> & Partial<Waiting>;

/** `undefined` for a run that does not wait, or is not there. `now` in milliseconds. */
export function waitingOf(q: Reader, id: string, now: number): Waiting | undefined {
  const run = q.get<Run>(RUN, id);
  const found = run && answerFor(q, id, run, now);
  return found && { remedy: null, command: null, since: null, until: null, valid_until: null, held_by: [], ...found };
}

function answerFor(q: Reader, id: string, run: Run, now: number): Answer | undefined {
  const since = run.state_timestamp;
  switch (run.state_type) {
    case "SCHEDULED":
      return ofScheduled(q, id, run, now);
    case "PENDING": {
      const sentence = "An agent has taken it, and its process has not begun yet.";
      const remedy = "If this lasts, the agent's own output says why.";
      return { code: "process_starting", sentence, remedy, since };
    }
    case "PAUSED": {
      const sentence = "It is paused, and goes on when it is resumed.";
      const remedy = run.pause_timeout === null ? "Resume it." : "Resume it: it fails when its time for that is over.";
      return {
        code: "paused",
        sentence,
        remedy,
        command: `orch flow-run resume ${id}`,
        since,
        until: run.pause_timeout,
      };
    }
    case "RUNNING":
      return ofRunning(q, id);
    case "CANCELLING": {
      const remedy = "Its agent does that. Where the agent is gone, set its state to Cancelled.";
      return {
        code: "cancelling",
        sentence: "It is being cancelled: its process is about to be ended.",
        remedy,
        since,
      };
    }
    default:
      return undefined;
  }
}

function ofRunning(q: Reader, id: string): Answer | undefined {
  const blocked = tasksWithoutSlot(q, id);
  if (!blocked) return undefined;
  const { tag, limit, tasks, since } = blocked;
  const taken =
    limit === 0 ? "The tag's limit is 0" : limit === 1 ? "Its only slot is taken" : `All its ${limit} slots are taken`;
  return {
    code: "task_slot",
    sentence: `${tasks === 1 ? "1 task run waits" : `${tasks} task runs wait`} for a slot of tag '${tag}'. ${taken}.`,
    remedy: "Raise the limit of the tag, or free its slots if those that had them are gone.",
    command: `orch concurrency-limit create ${shellQuoted(tag)} ${limit + 1}`,
    since,
    held_by: blocked.heldBy,
  };
}

function ofScheduled(q: Reader, id: string, run: Run, now: number): Answer {
  const { due } = run;
  const isRetry = run.state_name === "AwaitingRetry";
  if (isRetry && waitsInItsProcess(q, id)) {
    const sentence = "It failed, and its own process tries it again.";
    return { code: "retry_in_process", sentence, until: due, since: run.state_timestamp };
  }
  if (due !== null && toMillis(due) > now) {
    if (isRetry) {
      const sentence = "It failed, and is tried again when its time has come.";
      return { code: "retry_later", sentence, until: due, valid_until: due, since: run.state_timestamp };
    }
    const instead = run.deployment === null ? {} : runInstead(run.deployment);
    return {
      code: "scheduled_later",
      sentence: "Its time has not come yet.",
      until: due,
      valid_until: due,
      ...instead,
    };
  }
  return { since: due ?? run.state_timestamp, ...ofDue(q, id, run, now) };
}

function runInstead(deployment: string): Pick<Waiting, "remedy" | "command"> {
  const command = `orch deployment run ${shellQuoted(deployment)}`;
  return { remedy: "To have a run now, start another one of its deployment.", command };
}

/** Of a run whose time has come. */
function ofDue(q: Reader, id: string, run: Run, now: number): Answer {
  if (run.deployment_id === null) {
    const sentence = "It has no deployment, so no agent starts it: only the process that made it can.";
    return { code: "no_deployment", sentence, remedy: "If that process is gone, delete the run." };
  }
  if (run.queue === null || run.queue_id === null || run.pool === null) return withoutQueue(run);
  const { queue, pool } = run;
  const ofPool = pool === DEFAULT_POOL ? "" : ` --pool ${shellQuoted(pool)}`;
  if (run.pool_paused === 1) {
    const sentence = `Its work pool '${pool}' is paused: none of its runs start.`;
    return {
      code: "pool_paused",
      sentence,
      remedy: "Resume the pool.",
      command: `orch work-pool resume ${shellQuoted(pool)}`,
    };
  }
  if (run.queue_paused === 1) {
    const sentence = `Its work queue '${queue}' is paused: none of its runs start.`;
    return {
      code: "queue_paused",
      sentence,
      remedy: "Resume the queue.",
      command: `orch work-queue resume ${shellQuoted(queue)}${ofPool}`,
    };
  }
  const limited = fullOf(q, { ...run, queue, pool, queue_id: run.queue_id }, ofPool);
  return limited ?? ofOverlap(q, id, run.deployment_id) ?? ofAgents(run, { queue, pool }, now);
}

function ofOverlap(q: Reader, id: string, deploymentId: string): Answer | undefined {
  const { overlap } = readRunPolicy(q, deploymentId) ?? {};
  if (!overlap || overlap === "allow") return undefined;
  const others = othersUnderWay(q, deploymentId, id);
  if (others.length === 0) return undefined;
  return {
    code: "overlap",
    sentence: "Another run of its deployment is under way, and the deployment's runs do not overlap.",
    remedy: "It starts when that one has ended.",
    held_by: others.slice(0, MOST_HOLDERS).map((other) => ({ flow_run_id: other.id, name: other.name })),
  };
}

function withoutQueue({ queue_text, deployment }: Run): Answer {
  if (queue_text === null) {
    const remedy = `Name one in the deployment${deployment === null ? "" : ` '${deployment}'`}, and start another run.`;
    return { code: "no_queue", sentence: "It is in no work queue, so no agent is offered it.", remedy };
  }
  const sentence = `Its work queue '${queue_text}' was deleted, so no agent is offered it.`;
  const command = `orch work-queue create ${shellQuoted(queue_text)}`;
  return { code: "queue_gone", sentence, remedy: "Make the queue again: the run then waits in it.", command };
}

function fullOf(
  q: Reader,
  { queue, pool, queue_id, queue_limit, pool_id, pool_limit }: Run & { queue: string; pool: string; queue_id: string },
  poolOption: string,
): Answer | undefined {
  const ofQueue = membersOf({ id: queue_id, filter: null });
  if (queue_limit !== null && slots(q, queue_limit, ofQueue, "pool") <= 0) {
    const command = `orch work-queue set-concurrency-limit ${shellQuoted(queue)} ${queue_limit + 1}${poolOption}`;
    return {
      code: "queue_full",
      ...full(`work queue '${queue}'`, queue_limit),
      command,
      held_by: holdersOf(q, ofQueue),
    };
  }
  const ofPool = membersOfPool({ id: pool_id ?? "" });
  if (pool_limit !== null && slots(q, pool_limit, ofPool, "pool") <= 0) {
    const command = `orch work-pool set-concurrency-limit ${shellQuoted(pool)} ${pool_limit + 1}`;
    return { code: "pool_full", ...full(`work pool '${pool}'`, pool_limit), command, held_by: holdersOf(q, ofPool) };
  }
  return undefined;
}

function full(place: string, limit: number): { sentence: string; remedy: string } {
  const most = limit === 0 ? "none at all" : `${limit} at once`;
  const remedy =
    limit === 0 ? "Raise the limit." : "It starts when one of these runs has ended, or when the limit is raised.";
  return { sentence: `The limit of its ${place} is reached: ${most}.`, remedy };
}

function ofAgents(run: Run, { queue, pool }: { queue: string; pool: string }, now: number): Answer {
  const silentFrom = run.last_polled === null ? Number.NEGATIVE_INFINITY : toMillis(run.last_polled) + AGENT_SILENCE_MS;
  if (silentFrom < now) {
    const never = run.last_polled === null ? "has ever asked" : "asks";
    const isAgents = run.pool_type === USUAL_POOL_TYPE;
    const words = `--pool ${shellQuoted(pool)} --work-queue ${shellQuoted(queue)}`;
    return {
      code: "no_agent",
      sentence: `No ${isAgents ? "agent" : "worker"} ${never} work queue '${queue}' of pool '${pool}' for work.`,
      remedy: `Start ${isAgents ? "an agent" : "a worker"} for it.`,
      command: `orch ${isAgents ? "agent" : "worker"} start ${words}`,
    };
  }
  const takenUntil = (run.due === null ? now : toMillis(run.due)) + TAKEN_WITHIN_MS;
  if (takenUntil > now) {
    const valid_until = toTimestamp(Math.min(takenUntil, silentFrom));
    const soon = `An agent asks work queue '${queue}', and should take it now.`;
    return { code: "agent_soon", sentence: soon, valid_until };
  }
  const sentence = `Agents ask work queue '${queue}', but have not taken it: they may have as many runs as they take at once.`;
  const remedy = "Start another agent, or one with a higher --limit.";
  return { code: "agent_busy", sentence, remedy, valid_until: toTimestamp(silentFrom) };
}
