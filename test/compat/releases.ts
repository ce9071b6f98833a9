// Environments of the later releases of Prefect 2 that orch is tried with, each with the packages of its day.
import { pythonEnvironment } from "../python.ts";

export const RELEASES: [version: string, day: string, minor: number][] = [
  ["2.14.21", "2024-02-12", 14],
  ["2.16.9", "2024-04-15", 16],
  ["2.20.27", "2026-10-27", 20],
];

/** Their folders, by version. Throws where one cannot be made here. */
export async function laterEnvironments(): Promise<Record<string, string>> {
  const environments: Record<string, string> = {};
  for (const [version, day] of RELEASES) {
    const packages = [`prefect==${version}`, "setuptools<68", "pip"];
    environments[version] = await pythonEnvironment({ name: `prefect-${version}`, program: "prefect", day, packages });
  }
  return environments;
}
