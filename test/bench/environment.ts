// A Python environment with the real Prefect 2.10.4. Its bytecode is compiled first: a Python program timed without is
// timed unfairly.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pythonEnvironment, run } from "../python.ts";

const PREFECT = {
  ...{ name: "prefect-2.10.4", program: "prefect", day: "2023-04-15" },
  packages: ["prefect==2.10.4", "setuptools<68", "pip"],
};

export async function prefectEnvironment(): Promise<string> {
  const given = process.env["ORCH_BENCH_PREFECT"];
  if (given && !existsSync(join(given, "bin/prefect"))) {
    throw new Error(`ORCH_BENCH_PREFECT names '${given}', which has no bin/prefect.`);
  }
  const folder = given ?? (await pythonEnvironment(PREFECT));
  await run([join(folder, "bin/python"), "-m", "compileall", "-q", join(folder, "lib")], true);
  return folder;
}
