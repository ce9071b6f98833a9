// What every kind of infrastructure has to do: the same statements for each of them, on a real one.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Exit, Infrastructure, Job, Started } from "#infrastructure/infrastructure.ts";
import { typeOfPid } from "#infrastructure/registry.ts";
import { newId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/json.ts";
import { type LineRecorder, lineRecorder } from "./line-recorder.ts";

export interface Subject {
  infrastructure: Infrastructure;
  /** The slug of its blocks. */
  type: string;
  /** What a block needs besides a command: an image with a shell. */
  block: JsonObject;
  /** The command of a block that cannot be started. */
  impossible: JsonObject;
  /** A name of a job that runs at another place of the kind. */
  elsewhere: string;
  close: () => Promise<void>;
}

export interface StartedJob {
  runId: string;
  started: Started;
  lines: LineRecorder;
}

export const never = (): AbortSignal => new AbortController().signal;

/** A job that executes this line of a shell. */
export function shellJob({ type, block }: Pick<Subject, "type" | "block">, script: string, changes: JsonObject = {}) {
  const lines = lineRecorder();
  const run = { id: newId(), name: "calm-crow" };
  const fields = { ...block, command: ["sh", "-c", script], ...changes };
  const job: Job = { run, deployment: null, type, block: fields, attempt: "token-1", output: lines.add };
  return { job, lines };
}

/** `open` is called once, `seconds` is the most that a test may take. */
export function infrastructureContract(kind: string, open: () => Promise<Subject>, seconds = 30): void {
  describe(`${kind}: every infrastructure`, () => {
    let subject: Subject;
    beforeAll(async () => {
      subject = await open();
    }, 120_000);
    afterAll(() => subject?.close());

    async function start(script: string, changes: JsonObject = {}): Promise<StartedJob> {
      const { job, lines } = shellJob(subject, script, changes);
      return { runId: job.run.id, lines, started: await subject.infrastructure.start(job, never()) };
    }

    async function outcome(
      script: string,
      changes: JsonObject = {},
    ): Promise<Exit & { lines: string[]; last: string[] }> {
      const { started, lines } = await start(script, changes);
      const exit = await started.exited;
      return { ...exit, lines: lines.all, last: [...started.lastLines()] };
    }

    const it = (what: string, statement: () => Promise<void>) => test(what, statement, seconds * 1000);

    it("says how a job has ended: well, badly, by a signal", async () => {
      const [well, badly, hard] = await Promise.all([
        outcome("exit 0"),
        outcome("exit 7"),
        outcome("sh -c 'kill -9 $$'; exit $?"),
      ]);
      expect(well).toMatchObject({ code: 0, line: expect.stringMatching(/'calm-crow' exited cleanly\.$/) });
      expect(badly).toMatchObject({
        code: 7,
        line: expect.stringContaining("'calm-crow' exited with status code: 7."),
      });
      expect(badly.reason).toMatch(/^Crash detected! The .* of the flow run exited with status code 7\.$/);
      expect([-9, 137]).toContain(hard.code);
      expect(hard.reason).toMatch(/^Crash detected! The .* of the flow run was killed by signal SIGKILL/);
    });

    it("hands out what a job prints in whole lines, all of them before its end", async () => {
      const { lines } = await outcome(
        "printf 'a\\nb'; printf 'c\\n'; echo d >&2; i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done",
      );
      expect(lines.toSorted().slice(0, 3)).toEqual(["a", "bc", "d"]);
      expect(lines).toHaveLength(503);
      // Both streams are read: which line comes first is not known across them.
      expect(lines.filter((line) => line !== "d").at(-1)).toBe("line 499");
    });

    it("hands out long lines whole, escape codes as they are, and a sign for what is no text", async () => {
      const long = "a=x; i=0; while [ $i -lt 21 ]; do a=$a$a; i=$((i+1)); done; echo $a";
      const { code, lines } = await outcome(`${long}; printf '\\033[31mred\\033[0m \\377\\376 end\\n'; echo done`);
      const at = lines.findIndex((line) => !line.startsWith("x"));
      expect([code, lines.slice(0, at).join("").length]).toEqual([0, 1 << 21]);
      expect(lines.slice(at)).toEqual(["\u001b[31mred\u001b[0m \ufffd\ufffd end", "done"]);
    });

    it("keeps the last lines where nothing is streamed", async () => {
      const { lines, last } = await outcome("echo a; echo b", { stream_output: false });
      expect(lines).toEqual([]);
      expect(last).toEqual(["a", "b"]);
    });

    it("gives a job its run, its token and the block's variables", async () => {
      const script = "echo $PREFECT__FLOW_RUN_ID $ORCH__ATTEMPT $MINE $GONE";
      const { started, lines, runId } = await start(script, { env: { MINE: "yes", GONE: null } });
      await started.exited;
      expect(lines.all).toEqual([`${runId.replaceAll("-", "")} token-1 yes`]);
    });

    it("names a job so that its kind is known", async () => {
      const { started } = await start("exit 0");
      expect(typeOfPid(started.pid)).toBe(subject.type);
      expect(typeOfPid(subject.elsewhere)).toBe(subject.type);
      await started.exited;
    });

    it("asks a job to end, and waits for it", async () => {
      const { started, lines, runId } = await start(
        "trap 'echo bye; exit 4' TERM; echo ready; while :; do sleep 0.05; done",
      );
      await lines.until(/ready/);
      const job = { pid: started.pid, processStart: started.processStart, flowRunId: runId };
      expect(await subject.infrastructure.isRunning(job)).toBe(true);
      expect(await subject.infrastructure.kill(job, 600)).toBe("killed");
      expect(await started.exited).toMatchObject({ code: 4, cancelReason: null });
      expect(lines.all).toContain("bye");
      expect(await subject.infrastructure.isRunning(job)).toBe(false);
      expect(await subject.infrastructure.kill(job, 1)).toBe("not-found");
    });

    it("ends a job hard that does not end when asked", async () => {
      const { started, lines, runId } = await start("trap '' TERM; echo ready; while :; do sleep 0.05; done");
      await lines.until(/ready/);
      expect(await subject.infrastructure.kill({ pid: started.pid, flowRunId: runId }, 1)).toBe("killed");
      const exit = await started.exited;
      expect([-9, 137]).toContain(exit.code);
      expect(exit.cancelReason).toMatch(/^The flow run was cancelled\. Its .* did not end in time, and was killed/);
    });

    it("leaves alone the job of another run, and a job elsewhere", async () => {
      const { started, lines, runId } = await start("echo ready; sleep 60 & wait");
      await lines.until(/ready/);
      const { pid } = started;
      expect(await subject.infrastructure.kill({ pid, flowRunId: newId() }, 0)).toBe("not-found");
      expect(await subject.infrastructure.isRunning({ pid, flowRunId: runId })).toBe(true);
      expect(await subject.infrastructure.kill({ pid: subject.elsewhere, flowRunId: runId }, 0)).toBe("not-ours");
      expect(await subject.infrastructure.kill({ pid, flowRunId: runId }, 0)).toBe("killed");
      await started.exited;
    });

    it("says in one sentence why a job cannot be started", async () => {
      const { job } = shellJob(subject, "true", subject.impossible);
      const refused = await subject.infrastructure.start(job, never()).then(
        () => "",
        (error: Error) => error.message,
      );
      expect(refused).toMatch(/^[^\n]{20,}$/);
      expect(refused).not.toContain("unexpected");
    });
  });
}
