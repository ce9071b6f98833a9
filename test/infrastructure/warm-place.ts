// Starts stand-ins for runs of Python flows: a small package for Prefect, and a script for the engine of a run.
import { resolve } from "node:path";
import type { Infrastructure, Job } from "#infrastructure/infrastructure.ts";
import { createProcessInfrastructure } from "#infrastructure/process.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { pythonHere } from "../binary/python-here.ts";
import { never } from "./contract.ts";
import { lineRecorder } from "./line-recorder.ts";

export const RUN = "0191e5a0-0000-7000-8000-00000000000a";
export const STUB = resolve("test/fixtures/python/warm-stub");
export const python = pythonHere();
export const canFork = process.platform === "linux" && python !== undefined;

/** What each run prints first: its pid and that of its parent. */
const HELLO = "import os, sys, time; print('I am', os.getpid(), 'of', os.getppid(), flush=True)\n";

/** The words of runpy, which runs a module that is loaded: one line or two. */
const NOT_OF_RUN = /^I am|RuntimeWarning: 'prefect.engine' found|^ +warn\(RuntimeWarning/;

const open: Infrastructure[] = [];

/** Of those of `place`: after each test. */
export async function closePlaces(): Promise<void> {
  for (const place of open.splice(0)) await place.close();
}

/** A clock whose waits of a minute and more end when a test says so. */
export interface LongWaits {
  clock: Clock;
  /** Ends those of this length that wait now. False when there is none. */
  end(millis: number): boolean;
  /** Those of these lengths end at once. */
  atOnce: Set<number>;
}

export function longWaits(): LongWaits {
  const waiting = new Map<number, Set<() => void>>();
  const atOnce = new Set<number>();
  const sleep: Clock["sleep"] = (millis, signal, keepsAlive) => {
    if (millis < 60_000) return systemClock.sleep(millis, signal, keepsAlive);
    if (atOnce.has(millis) || signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const those = waiting.get(millis) ?? new Set();
    waiting.set(millis, those.add(resolve));
    signal?.addEventListener("abort", () => {
      those.delete(resolve);
      resolve();
    });
    return promise;
  };
  const end = (millis: number) => {
    const those = [...(waiting.get(millis) ?? [])];
    waiting.delete(millis);
    for (const resolve of those) resolve();
    return those.length > 0;
  };
  return { clock: { ...systemClock, sleep }, end, atOnce };
}

/** An infrastructure whose Python runs print what `HELLO` does first. */
export function place(
  machine: Record<string, string> = {},
  warmPythonSeconds = 600,
  clock = systemClock,
): Infrastructure {
  const made = createProcessInfrastructure({
    engineCommand: [process.execPath, resolve("test/infrastructure/warm-engine.ts")],
    machine: { PATH: process.env["PATH"], STUB_PYTHON: python ?? "", PYTHONPATH: STUB, ...machine },
    ...{ settings: {}, logHome: null, clock, warmPythonSeconds },
  });
  open.push(made);
  return made;
}

export function job(script: string, env: Record<string, string> = {}, fields: Record<string, unknown> = {}) {
  const lines = lineRecorder();
  const deployment = { id: RUN, name: "x", updated: "", entrypoint: "flows/a.py:work", flowName: async () => "work" };
  const block = { env: { SCRIPT: `${HELLO}${script}`, ...env }, ...fields };
  const whole: Job = { run: { id: RUN, name: "calm-crow" }, deployment, type: "process", block, output: lines.add };
  return { lines, job: whole };
}

/** Starts it, and resolves when it has printed its pid. */
export async function begin(where: Infrastructure, script: string, env?: Record<string, string>) {
  const { lines, job: whole } = job(script, env);
  const started = await where.start(whole, never());
  const [, pid, parent] = await lines.until(/I am (\d+) of (\d+)/);
  return { ...started, lines, id: Number(pid), parent: Number(parent) };
}

/** Runs it to its end. */
export async function outcome(
  where: Infrastructure,
  script: string,
  env?: Record<string, string>,
  fields?: Record<string, unknown>,
) {
  const { lines, job: whole } = job(script, env, fields);
  const { pid, exited } = await where.start(whole, never());
  const { code } = await exited;
  const [, own, parent] = /I am (\d+) of (\d+)/.exec(lines.all.join("\n")) ?? [];
  const rest = lines.all.filter((line) => !NOT_OF_RUN.test(line));
  return { pid, code, lines: rest, id: Number(own), parent: Number(parent) };
}
