// The two programs, each with the page's flow in its language.
import { dirname, join, resolve } from "node:path";
import { freePort, type Program, served } from "./run.ts";

export const orch: Program = {
  name: "orch",
  executable: resolve("dist/orch"),
  path: "/usr/bin:/bin",
  flow: {
    file: "flows/marvin.ts",
    name: "sayHi",
    source: `import { flow } from "orch";

/** Says hello. */
export const sayHi = flow(async function sayHi(name: string = "Marvin", num = 42) {
  console.log(name, num);
});
export const NUMBER = 42;
`,
  },
  environment: (home) => ({
    ORCH_HOME: join(home, ".orch"),
    ORCH_API_SERVICES_SCHEDULER_ENABLED: "false",
    ORCH_API_SERVICES_LATE_RUNS_ENABLED: "false",
  }),
  serve(env) {
    const port = freePort();
    return served([resolve("dist/orch"), "server", "start", "--port", String(port)], env, port);
  },
};

/** `folder`: an environment with Prefect 2.10.4. */
export function prefect(folder: string): Program {
  const bin = join(resolve(folder), "bin");
  return {
    name: "prefect",
    executable: join(bin, "prefect"),
    path: `${bin}:${dirname("/usr/bin/env")}:/bin`,
    flow: {
      file: "flows/marvin.py",
      name: "say_hi",
      source: `from prefect import flow


@flow
def say_hi(name: str = "Marvin", num: int = 42):
    """Says hello."""
    print(name, num)


NUMBER = 42
`,
    },
    environment: (home) => ({
      PREFECT_HOME: join(home, ".prefect"),
      PREFECT_CLI_COLORS: "false",
      PREFECT_API_SERVICES_SCHEDULER_ENABLED: "false",
      PREFECT_API_SERVICES_LATE_RUNS_ENABLED: "false",
      PYTHONWARNINGS: "ignore",
    }),
    serve(env) {
      const port = freePort();
      const command = [join(bin, "prefect"), "server", "start", "--host", "127.0.0.1", "--port", String(port)];
      return served(command, env, port);
    },
  };
}
