// Ends runs that have passed their time and keep the process so busy that nothing in it can notice. A thread watches: it is
// started by the first function that has a time limit.
import { ownWorker } from "#project/loading/threads.ts";
import type { RunRef, Session, Watchdog } from "../session/session.ts";

/** A message to the watchdog thread. */
export type WatchdogMessage =
  | { api: string; logFile: string | undefined; attempt: string | undefined }
  | { enter: number; limit: TimeLimit }
  | { leave: number }
  | { answer: true };

export interface TimeLimit {
  kind: RunRef["kind"];
  id: string;
  name: string;
  /** The flow run itself, or that of the task. */
  flowRunId: string;
  seconds: number;
  /** Runs of the process that go on around it. */
  others: { kind: RunRef["kind"]; id: string }[];
}

export function startWatchdog({ client, active, attempt }: Session, logFile: string | undefined): Watchdog {
  const worker = ownWorker("cli/watchdog-worker.ts");
  const send = (message: WatchdogMessage) => worker.postMessage(message);
  // It asks whether this thread still does anything.
  worker.onmessage = () => send({ answer: true });
  worker.onerror = () => {}; // runs then go on without it
  let count = 0;
  send({ api: client.description, logFile, attempt });
  return {
    enter({ flowRun, taskRun }, seconds) {
      const number = ++count;
      const { id, name } = taskRun ?? flowRun;
      const others = [...active.values()].filter((run) => run.id !== id).map((run) => ({ kind: run.kind, id: run.id }));
      const kind = taskRun ? "task" : "flow";
      send({ enter: number, limit: { kind, id, name, flowRunId: flowRun.id, seconds, others } });
      return () => send({ leave: number });
    },
  };
}
