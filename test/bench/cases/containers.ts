// Runs in containers of one dockerd: both products' agents with the same image, which has orch, Python and Prefect.
import { cpSync, mkdirSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { engineHere, type RealEngine, startDockerd } from "../../engines/engine.ts";
import { addFlows, addLibraries, imported } from "../../engines/images.ts";
import type { Case, Figure } from "../cases.ts";
import { prefectEnvironment } from "../environment.ts";
import { createBed, ORCH_FLOWS, PREFECT_FLOWS, type Product, trigger } from "../product.ts";
import { percentile } from "../stats.ts";
import { IDLE_MS } from "./runs.ts";

const IMAGE = "localhost/orch-and-prefect:1";
const OVERRIDES = [`image=${IMAGE}`, "image_pull_policy=NEVER", "network_mode=host", "auto_remove=true"];
/** Of a Python: what its flows do not need. */
const LEFT_OUT = /\/(?:test|tests|idlelib|turtledemo|ensurepip|config-[^/]*|site-packages)$/;

export const containersCase: Case = {
  name: "containers",
  async measure(product, { quick, program }) {
    const engine = await engineHere(startDockerd);
    if (!engine) return [];
    try {
      await importBoth(engine, program);
      const own = await measureRuns(product, engine, quick, product.entry("noop"));
      const python = product.name === "Prefect" ? own : await measureRuns(product, engine, quick, "flows.py:noop");
      return [
        {
          ...FIGURE,
          what: "no-op run in a container (host network), trigger → COMPLETED, p50 (CPU: server and agent)",
          ...own,
        },
        { ...FIGURE, what: "the same with the flow in Python, by Prefect's engine in the container", ...python },
      ];
    } finally {
      await engine.close();
    }
  },
};

const FIGURE = { unit: "ms" } as const;

async function measureRuns(
  product: Product,
  engine: RealEngine,
  quick: boolean,
  entry: string,
): Promise<Pick<Figure, "value" | "cpu">> {
  const bed = await createBed(product, { DOCKER_HOST: engine.env["DOCKER_HOST"] ?? "" });
  try {
    await Bun.write(join(bed.folder, "flows.py"), PREFECT_FLOWS);
    const { server } = await bed.startServer();
    const agent = await bed.startAgent();
    const words = OVERRIDES.flatMap((override) => ["--override", override]);
    const id = await bed.deploy("noop", entry, "--infra", "docker-container", ...words);
    await trigger(bed, id); // the first one connects, and fills caches
    const cpu = () => server.cpu() + agent.cpu();
    const before = cpu();
    const times: number[] = [];
    for (let left = entry.endsWith(".ts") ? (quick ? 10 : 30) : quick ? 2 : 5; left > 0; left -= 1) {
      await Bun.sleep(IDLE_MS);
      times.push(await trigger(bed, id));
    }
    return { value: percentile(times, 0.5), cpu: (cpu() - before) / times.length };
  } finally {
    await bed.close();
  }
}

/** Python's files stay at the paths that they have on this machine: an environment knows those. */
async function importBoth(engine: RealEngine, program: string): Promise<void> {
  const environment = await prefectEnvironment();
  const python = realpathSync(join(environment, "bin/python"));
  const home = dirname(dirname(python));
  const version = readdirSync(join(home, "lib")).find((name) => /^python3\.\d+$/.test(name)) ?? "python3.11";
  const fill = async (root: string) => {
    await addFlows(root, resolve(program), { "flows.ts": ORCH_FLOWS, "flows.py": PREFECT_FLOWS });
    const parts = [environment, python, ...libraries(join(home, "lib")), join(home, "lib", version)];
    for (const part of parts) {
      mkdirSync(dirname(join(root, part)), { recursive: true });
      cpSync(part, join(root, part), {
        recursive: true,
        verbatimSymlinks: true,
        preserveTimestamps: true, // else Python takes none of what it has compiled, and compiles it again for each run
        filter: (path) => !LEFT_OUT.test(path) || path.startsWith(environment),
      });
    }
    const modules = [join(home, "lib", version, "lib-dynload"), join(environment, "lib")].flatMap(modulesIn);
    await addLibraries(root, python, ...modules);
  };
  await imported(engine, IMAGE, fill, [`ENV PATH=${environment}/bin:/usr/local/bin:/bin`, "ENV TZ=UTC"]);
}

function libraries(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^libpython.*\.so/.test(name))
    .map((name) => join(folder, name));
}

function modulesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".so"))
    .map((name) => join(folder, name));
}
