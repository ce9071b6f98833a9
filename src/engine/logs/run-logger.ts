// Makes the logger of a run: prints `HH:MM:SS.mmm | INFO    | Flow run 'name' - message` and passes the record to the shipper.
import { localTime } from "#lib/time/local-time.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import { isUtcZone } from "#lib/time/zone.ts";
import type { LogInput } from "#wire/runs/logs.ts";
import { currentRun, type LogLevel, type RunLogger } from "../session/context.ts";
import type { Session } from "../session/session.ts";
import { logText } from "./log-text.ts";

const LEVELS: Record<LogLevel, { number: number; word: string }> = {
  debug: { number: 10, word: "DEBUG" },
  info: { number: 20, word: "INFO" },
  warn: { number: 30, word: "WARNING" },
  error: { number: 40, word: "ERROR" },
  critical: { number: 50, word: "CRITICAL" },
};

export interface LogSubject {
  kind: "Flow" | "Task";
  name: string;
  flowRunId: string;
  taskRunId: string | null;
}

export function createRunLogger(
  session: Pick<Session, "clock" | "folder" | "logs" | "output" | "settings">,
  subject: LogSubject,
) {
  const wanted = levelNumber(session.settings.ORCH_LOGGING_LEVEL);
  const utc = isUtcZone();
  const source = subject.kind === "Flow" ? "prefect.flow_runs" : "prefect.task_runs";

  function write(level: LogLevel, parts: unknown[]): void {
    const { number, word } = LEVELS[level];
    if (number < wanted) return;
    const message = logText(parts, session.folder);
    const now = session.clock.now();
    const timestamp = toTimestamp(now);
    const line = `${localTime(now, utc)} | ${word.padEnd(7)} | ${subject.kind} run '${subject.name}' - ${message}`;
    // Outside of the run: what prints the line may be a console whose lines go to this very log.
    currentRun.exit(() => session.output(line));
    const { flowRunId: flow_run_id, taskRunId: task_run_id } = subject;
    session.logs.add({ name: source, level: number, message, timestamp, flow_run_id, task_run_id } satisfies LogInput);
  }

  const logger: RunLogger = {
    debug: (...parts) => write("debug", parts),
    info: (...parts) => write("info", parts),
    warn: (...parts) => write("warn", parts),
    error: (...parts) => write("error", parts),
    critical: (...parts) => write("critical", parts),
  };
  return logger;
}

/** A level's name in any case, or its number; what is neither counts as INFO. */
function levelNumber(level: string): number {
  const known = Object.values(LEVELS).find(({ word }) => word === level.toUpperCase());
  return known?.number ?? (Number(level) || LEVELS.info.number);
}
