// What is started for a run, by its deployment's command and entrypoint.
import { expect, test } from "bun:test";
import { processCommand } from "#domain/engine-command.ts";

const PYTHON = ["python", "-m", "prefect.engine"];
const CHOSEN = ["/venv/bin/python", "-m", "prefect.engine"];
const COMMANDS: [command: string[] | null, entrypoint: string | null, expected: string[] | null, python?: string][] = [
  [null, "flows/marvin.ts:sayHi", null],
  [PYTHON, "flows/marvin.ts:sayHi", null],
  [CHOSEN, "flows/marvin.ts:sayHi", CHOSEN],
  [null, null, null],
  [null, "flows/marvin.py:say_hi", null],
  [PYTHON, "flows/marvin.py:say_hi", null],
  [CHOSEN, "flows/marvin.py:say_hi", null, "/venv/bin/python"],
  [["python", "-X", "dev", ...PYTHON.slice(1)], "flows/marvin.py:say_hi", ["python", "-X", "dev", ...PYTHON.slice(1)]],
  [["nice", "orch", "engine"], "flows/marvin.py:say_hi", ["nice", "orch", "engine"]],
];
for (const [command, entrypoint, expected, python] of COMMANDS) {
  test(`python 3: a process of ${entrypoint} for ${JSON.stringify(command)} is ${expected?.join(" ") ?? "the engine"}`, () => {
    expect(processCommand(command, entrypoint)).toEqual({ command: expected, ...(python ? { python } : {}) });
  });
}
