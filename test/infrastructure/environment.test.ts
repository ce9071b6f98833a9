// What a flow run's process finds in its environment, and who wins.
import { expect, test } from "bun:test";
import { environmentOf } from "#infrastructure/environment.ts";
import { entryOf, SETTING_NAMES, withoutServerVariables } from "#settings/table.ts";

const RUN = "0191e5a0-0000-7000-8000-00000000000a";

interface Parts {
  machine?: Record<string, string | undefined>;
  settings?: Record<string, string>;
  env?: Record<string, string | null>;
  workingDir?: string | null;
}

function environment({ machine = {}, settings = {}, env = {}, workingDir = null }: Parts) {
  return environmentOf({ machine, settings, job: { flowRunId: RUN, env, workingDir }, agentPid: 42 });
}

const ALWAYS = { PREFECT__FLOW_RUN_ID: "0191e5a00000700080000000000000" + "0a", ORCH__AGENT_PID: "42" };

/** Of Prefect's server, which may run beside orch in the same environment. */
const SECRETS = {
  PREFECT_API_DATABASE_CONNECTION_URL: "postgresql://user:secret@db/prefect",
  PREFECT_API_DATABASE_PASSWORD: "secret",
  PREFECT_ORION_DATABASE_CONNECTION_URL: "postgresql://user:secret@db/orion",
  PREFECT_API_ENCRYPTION_KEY: "k",
  ORION_ENCRYPTION_KEY: "k",
};

const CASES: [what: string, parts: Parts, expected: Record<string, string>][] = [
  ["the run's id without dashes and the agent's process are always there", {}, {}],
  ["the machine's variables are inherited", { machine: { PATH: "/bin", EMPTY: "" } }, { PATH: "/bin", EMPTY: "" }],
  ["D1: the folder that a deployment names", { workingDir: "/srv" }, { ORCH__WORKING_DIR: "/srv" }],
  ["D1: and none of an agent that runs inside of a run", { machine: { ORCH__WORKING_DIR: "/x" } }, {}],
  ["what the machine has unset stays unset", { machine: { GONE: undefined } }, {}],
  [
    "settings win over the machine",
    { machine: { ORCH_HOME: "/a" }, settings: { ORCH_HOME: "/b" } },
    { ORCH_HOME: "/b" },
  ],
  [
    "the address of the API has both names, whatever the old one was",
    { machine: { PREFECT_API_URL: "http://old/api" }, settings: { ORCH_API_URL: "http://new/api" } },
    { ORCH_API_URL: "http://new/api", PREFECT_API_URL: "http://new/api" },
  ],
  [
    "the level of logs has both names",
    { settings: { ORCH_LOGGING_LEVEL: "DEBUG" } },
    { ORCH_LOGGING_LEVEL: "DEBUG", PREFECT_LOGGING_LEVEL: "DEBUG" },
  ],
  [
    "the block wins over everything",
    { machine: { A: "1" }, settings: { ORCH_API_URL: "x" }, env: { A: "2", ORCH_API_URL: "y" } },
    { A: "2", ORCH_API_URL: "y", PREFECT_API_URL: "x" },
  ],
  ["a null of the block removes a variable", { machine: { A: "1", B: "2" }, env: { A: null } }, { B: "2" }],
  [
    "what would turn the executable into something else is not inherited",
    { machine: { BUN_OPTIONS: "--inspect", BUN_BE_BUN: "1", NODE_OPTIONS: "--x", KEPT: "1" } },
    { KEPT: "1" },
  ],
  [
    "R16: the server's variables are not inherited, under neither name; the client's are",
    {
      machine: { ORCH_SERVER_API_KEY: "k", PREFECT_SERVER_API_AUTH_STRING: "k", PREFECT_API_KEY: "mine", ...SECRETS },
      settings: { ORCH_SERVER_API_KEY: "k", ORCH_API_KEY: "mine", ORCH_UI_URL: "http://a" },
    },
    { ORCH_API_KEY: "mine", PREFECT_API_KEY: "mine" },
  ],
  [
    "R16: a block may set any",
    { machine: { ORCH_SERVER_API_KEY: "k" }, env: { ORCH_SERVER_API_KEY: "given" } },
    { ORCH_SERVER_API_KEY: "given" },
  ],
  [
    "but a block may set it",
    { machine: { NODE_OPTIONS: "--x" }, env: { NODE_OPTIONS: "--y" } },
    { NODE_OPTIONS: "--y" },
  ],
];
for (const [what, parts, expected] of CASES) {
  test(what, () => expect(environment(parts)).toEqual({ ...ALWAYS, ...expected }));
}

test("R16: every secret setting is one of the server's, but the key of clients", () => {
  const secrets = SETTING_NAMES.filter((name) => entryOf(name).secret);
  const inherited = withoutServerVariables(Object.fromEntries(secrets.map((name) => [name, "x"])));
  expect(Object.keys(inherited)).toEqual(["ORCH_API_KEY"]);
});
