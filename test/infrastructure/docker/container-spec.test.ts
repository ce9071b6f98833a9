// From a job to the container that an engine is asked for; statements 15 to 18 where no engine is needed.
import { describe, expect, test } from "bun:test";
import {
  bytesIn,
  containerName,
  containerSpec,
  type EngineFacts,
  reversed,
} from "#infrastructure/docker/container-spec.ts";
import type { Job } from "#infrastructure/infrastructure.ts";
import type { Json, JsonObject } from "#lib/json.ts";

const RUN = "0191e5a0-0000-7000-8000-00000000000a";
const DOCKER: EngineFacts = { isPodman: false, hasHostGateway: true };
const OLD: EngineFacts = { isPodman: false, hasHostGateway: false };
const PODMAN: EngineFacts = { isPodman: true, hasHostGateway: false };
const LOCAL = "http://127.0.0.1:4200/api";

interface Told {
  api?: string | undefined;
  settings?: Record<string, string>;
  facts?: EngineFacts;
  entrypoint?: string;
  platform?: NodeJS.Platform;
}

function job(block: JsonObject, entrypoint = "flows/a.ts:f"): Job {
  const deployment = {
    id: RUN,
    name: "marvin",
    updated: "2026-11-28T00:00:00Z",
    entrypoint,
    flowName: async () => "say-hi",
  };
  const fields = { image: "team/flows:1", ...block };
  return {
    run: { id: RUN, name: "calm-crow" },
    deployment,
    type: "docker-container",
    block: fields,
    attempt: "t",
    output: () => {},
  };
}

async function spec(
  block: JsonObject,
  { api = LOCAL, settings = {}, facts = DOCKER, entrypoint, platform = "linux" }: Told = {},
) {
  const all = { ...(api ? { ORCH_API_URL: api } : {}), ...settings };
  const { body, ...rest } = await containerSpec(job(block, entrypoint), all, facts, platform);
  const env = Object.fromEntries((body["Env"] as string[]).map((line) => line.split(/=(.*)/s, 2))); // as it is built
  return { ...rest, body, env, host: body["HostConfig"] as JsonObject }; // as above
}

describe("blocks 15: the way to the API", () => {
  const GATEWAY = ["host.docker.internal:host-gateway"];
  const CASES: [what: string, block: JsonObject, told: Told, mode: string, url: string, hosts: string[] | undefined][] =
    [
      ["a local API: the host's network", {}, {}, "host", LOCAL, GATEWAY],
      ["by its name", {}, { api: "http://localhost:4200/api" }, "host", "http://localhost:4200/api", GATEWAY],
      [
        "an API elsewhere: a network of its own",
        {},
        { api: "https://orch.lan/api" },
        "default",
        "https://orch.lan/api",
        GATEWAY,
      ],
      [
        "a bridge: another name",
        { network_mode: "bridge" },
        {},
        "bridge",
        "http://host.docker.internal:4200/api",
        GATEWAY,
      ],
      ["a user's network", { networks: ["team"] }, {}, "team", "http://host.docker.internal:4200/api", GATEWAY],
      ["the host's network on purpose", { network_mode: "host" }, {}, "host", LOCAL, GATEWAY],
      ["Docker Desktop", {}, { platform: "darwin" }, "default", "http://host.docker.internal:4200/api", undefined],
      [
        "an engine before 20.10",
        { network_mode: "bridge" },
        { facts: OLD },
        "bridge",
        "http://host.docker.internal:4200/api",
        undefined,
      ],
      [
        "podman before 4.7",
        { network_mode: "bridge" },
        { facts: PODMAN },
        "bridge",
        "http://host.containers.internal:4200/api",
        undefined,
      ],
      [
        "an address of the block's own",
        { env: { PREFECT_API_URL: "http://orch:4200/api" }, networks: ["team"] },
        {},
        "team",
        "http://orch:4200/api",
        undefined,
      ],
      [
        "under orch's name",
        { env: { ORCH_API_URL: "http://orch:4200/api" } },
        { api: "" },
        "default",
        "http://orch:4200/api",
        undefined,
      ],
      [
        "a local one of the block's own stays as it is",
        { env: { PREFECT_API_URL: LOCAL }, network_mode: "bridge" },
        {},
        "bridge",
        LOCAL,
        GATEWAY,
      ],
      ["no network at all", { network_mode: "none" }, {}, "none", "http://host.docker.internal:4200/api", undefined],
    ];
  for (const [what, block, told, mode, url, hosts] of CASES) {
    test(what, async () => {
      const { env, host } = await spec(block, told);
      expect([host["NetworkMode"], env["ORCH_API_URL"], env["PREFECT_API_URL"]]).toEqual([mode, url, url]);
      expect(host["ExtraHosts"] as string[] | undefined).toEqual(hosts);
    });
  }

  test("an agent without a server's address says what to do", async () => {
    await expect(spec({}, { api: "" })).rejects.toThrow(
      "A run in a container finds no server: this agent works on the database",
    );
  });

  test("the first network is the one it is made with, the others are joined", async () => {
    const { body, networks } = await spec({ networks: ["a", "b", "c"] });
    expect(body["NetworkingConfig"]).toEqual({ EndpointsConfig: { a: {} } });
    expect(networks).toEqual(["b", "c"]);
    await expect(spec({ networks: ["a"], network_mode: "host" })).rejects.toThrow(
      "'network_mode' ('host') or 'networks'",
    );
  });
});

describe("blocks 16: the fields of the block", () => {
  test("memory, volumes and rights", async () => {
    const block = { mem_limit: "512m", memswap_limit: -1, volumes: ["/srv:/data:ro", "cache:/c"], privileged: true };
    expect((await spec(block)).host).toMatchObject({
      ...{ Memory: 512 * 1024 ** 2, MemorySwap: -1, Binds: ["/srv:/data:ro", "cache:/c"], Privileged: true },
    });
    expect((await spec({})).host).not.toHaveProperty("Memory");
  });

  for (const volume of ["/srv", ":/data", "/srv:", ""]) {
    test(`the volume '${volume}' is refused`, () =>
      expect(spec({ volumes: [volume] })).rejects.toThrow(`The volume '${volume}'`));
  }

  const SIZES: [given: Json, bytes: number | undefined][] = [
    [null, undefined],
    [1024, 1024],
    ["1024", 1024],
    ["64M", 64 * 1024 ** 2],
    ["1.5g", 1.5 * 1024 ** 3],
    ["512kb", 512 * 1024],
    ["7b", 7],
    ["-1", -1],
  ];
  for (const [given, bytes] of SIZES) {
    test(`mem_limit ${JSON.stringify(given)} is ${bytes} bytes`, () => expect(bytesIn("mem_limit", given)).toBe(bytes));
  }
  for (const given of ["lots", "5x", {}, "1 2m"]) {
    test(`mem_limit ${JSON.stringify(given)} is refused`, () => {
      expect(() => bytesIn("mem_limit", given)).toThrow(
        "'mem_limit' must be a number of bytes, or text such as 512m or 2g",
      );
    });
  }

  test("the command is the engine of the flow's language, or the block's", async () => {
    expect((await spec({})).body["Cmd"]).toEqual(["orch", "engine"]);
    expect((await spec({}, { entrypoint: "a.py:f" })).body["Cmd"]).toEqual(["python", "-m", "prefect.engine"]);
    expect((await spec({ command: ["nice", "orch", "engine"] })).body["Cmd"]).toEqual(["nice", "orch", "engine"]);
  });

  test("an image that nothing names is the agent's default for TypeScript flows, and Prefect's for Python", async () => {
    const settings = { ORCH_API_URL: LOCAL, ORCH_DEFAULT_IMAGE: "team/orch:2" };
    const imageOf = async (block: JsonObject, entrypoint?: string) => {
      const whole = job(block, entrypoint);
      const unnamed = Object.fromEntries(
        Object.entries(whole.block).filter(([name]) => name !== "image" || "image" in block),
      );
      return (await containerSpec({ ...whole, block: unnamed }, settings, DOCKER, "linux")).image;
    };
    expect(await imageOf({})).toBe("team/orch:2");
    expect(await imageOf({ image: "own:1" })).toBe("own:1");
    expect(await imageOf({}, "a.py:f")).toStartWith("prefecthq/prefect:");
  });

  test("no image is refused", () => expect(spec({ image: "" })).rejects.toThrow("names no image"));

  test("variables: settings that were set, without the server's and the machine's; the run; the block's last", async () => {
    const settings = {
      ...{ ORCH_HOME: "/home/me/.orch", ORCH_LOCAL_STORAGE_PATH: "/x", ORCH_AGENT_SPARE_ENGINES: "2" },
      ...{ ORCH_SERVER_API_KEY: "secret", ORCH_API_KEY: "mine", ORCH_LOGGING_LEVEL: "DEBUG" },
    };
    const { env } = await spec({ env: { A: "1", ORCH_LOGGING_LEVEL: null } }, { settings });
    expect(env).toEqual({
      ...{ ORCH_API_URL: LOCAL, PREFECT_API_URL: LOCAL, ORCH_API_KEY: "mine", PREFECT_API_KEY: "mine" },
      ...{ PREFECT_LOGGING_LEVEL: "DEBUG", PREFECT__FLOW_RUN_ID: RUN.replaceAll("-", ""), ORCH__ATTEMPT: "t", A: "1" },
    });
  });
});

describe("blocks 17: containers are named after the run, and labelled", () => {
  const NAMES: [given: string, name: string | undefined][] = [
    ["calm-crow", "calm-crow"],
    ["Café № 1 / nightly", "Cafe-No-1-nightly"],
    ["__x.y", "x.y"],
    ["日本", undefined],
    ["a", undefined],
    ["n".repeat(300), "n".repeat(250)],
  ];
  for (const [given, name] of NAMES) {
    test(`'${given.slice(0, 20)}' is ${name?.slice(0, 20)}`, () => expect(containerName(given)).toBe(name));
  }

  test("the block's name goes before the run's", async () => {
    expect([(await spec({})).name, (await spec({ name: "mine" })).name]).toEqual(["calm-crow", "mine"]);
  });

  test("labels of the run, and the block's as Docker writes them", async () => {
    const { body } = await spec({ labels: { "prefect.io/team": "blue", plain: "x" } });
    expect(body["Labels"]).toEqual({
      ...{ "prefect.io/flow-run-id": RUN, "prefect.io/flow-run-name": "calm-crow", "prefect.io/version": "2.10.4" },
      ...{ "prefect.io/deployment-name": "marvin", "prefect.io/deployment-updated": "2026-11-28T00:00:00Z" },
      ...{ "prefect.io/flow-name": "say-hi", "io.prefect.team": "blue", plain: "x", "io.prefect.version": "2.10.4" },
    });
    expect(reversed({ "a.b.c/d/e": "1" })).toEqual({ "c.b.a.d/e": "1" });
  });
});
