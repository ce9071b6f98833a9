// Plays a program that imports parts of the built-in Python engine, by this machine's Python.
import { expect } from "bun:test";
import { resolve } from "node:path";
import { pythonHere } from "../../binary/python-here.ts";

export const python = pythonHere();

/** What the program prints last, as JSON. */
export async function played(program: string): Promise<unknown> {
  const env = { PATH: "/usr/bin:/bin", PYTHONPATH: resolve("src/python"), PYTHONDONTWRITEBYTECODE: "1" };
  const child = Bun.spawn([python as string, "-c", program], { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect([await child.exited, err]).toEqual([0, ""]);
  return JSON.parse(out.trimEnd().split("\n").at(-1) ?? "");
}
