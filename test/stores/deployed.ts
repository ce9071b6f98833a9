// A flow that is deployed by a storage block on one home, by the command line and by code, and run by an agent on another,
// empty one.
import { expect } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { createSandbox } from "../binary/sandbox.ts";
import { freePort } from "./free-port.ts";

/** `block`: `gcs`, with its fields. Throws where the run does not complete, and where one of `secrets` is printed. */
export async function deployAndRun(
  block: string,
  fields: JsonObject,
  path: string,
  {
    env = {},
    secrets = [],
    programs = [],
  }: { env?: Record<string, string>; secrets?: readonly string[]; programs?: readonly string[] } = {},
): Promise<void> {
  const [here, there] = [createSandbox(programs), createSandbox(programs)];
  try {
    const port = await freePort();
    const server = here.start(["server", "start", "--host", "127.0.0.1", "--port", String(port)]);
    await server.until(new RegExp(`:${port}`));
    const all = { ...env, PREFECT_API_URL: `http://127.0.0.1:${port}/api` };
    writeFileSync(
      join(here.folder, "hello.ts"),
      'import { flow } from "orch";\nimport { word } from "./words/word.ts";\nexport const hello = flow(() => console.log("says", word), { name: "hello" });\n',
    );
    const made = await here.shell("mkdir words && echo 'export const word = \"from-afar\";' > words/word.ts");
    expect(made.code).toBe(0);
    await saveBlock(`http://127.0.0.1:${port}/api`, block, "dev", fields);
    const build = ["deployment", "build", "-n", "d", "-q", "q", "-sb", `${block}/dev/${path}`, "-a", "hello.ts:hello"];
    const built = await here.orch(build, { env: all });
    expect([built.stderr, built.code]).toEqual(["", 0]);
    const agent = there.start(["agent", "start", "-q", "q"], all);
    const started = await here.orch(["deployment", "run", "hello/d"], { env: all });
    expect(started.code).toBe(0);
    await agent.until(/says from-afar/);
    await agent.until(/Finished in state Completed/);
    writeFileSync(join(here.folder, "words/word.ts"), 'export const word = "from-code";\n');
    writeFileSync(join(here.folder, "deploy.ts"), deployScript(block, `${path}-by-code`));
    const coded = await here.orch(["run", "deploy.ts"], { env: all });
    expect([coded.stderr, coded.code]).toEqual(["", 0]);
    await agent.until(/says from-code/);
    await agent.until(/Finished in state Completed[\s\S]*Finished in state Completed/);
    const yaml = readFileSync(join(here.folder, "hello-deployment.yaml"), "utf8");
    const printed = [yaml, built.stdout, coded.stdout, agent.output(), server.output()].join("\n");
    for (const secret of secrets) expect(printed).not.toContain(secret);
    await agent.stop();
    await server.stop();
  } finally {
    await here.close();
    await there.close();
  }
}

function deployScript(block: string, path: string): string {
  return `import { Deployment, runDeployment, StorageBlock } from "orch";
import { hello } from "./hello.ts";
const storage = await StorageBlock.load("${block}/dev");
const options = { flow: hello, name: "c", workQueueName: "q", storage, path: "${path}" };
const deployment = await Deployment.buildFromFlow({ ...options, applyOnBuild: true });
console.log(deployment, storage);
await runDeployment("hello/c", { timeout: 0 });
`;
}

/** `api`: the address of the server's API, with `/api`. */
export async function saveBlock(api: string, slug: string, name: string, data: JsonObject): Promise<void> {
  const ask = async (path: string, body?: JsonObject): Promise<Record<string, string>[]> => {
    const response = await fetch(`${api}${path}`, {
      ...(body === undefined
        ? {}
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return [(await response.json()) as Record<string, string>].flat(); // what the API answers
  };
  const [type] = await ask(`/block_types/slug/${slug}`);
  const [schema] = await ask("/block_schemas/filter", {
    block_schemas: { block_type_id: { any_: [type?.["id"] ?? ""] } },
  });
  await ask("/block_documents/", {
    ...{ name, data },
    ...{ block_type_id: type?.["id"] ?? "", block_schema_id: schema?.["id"] ?? "" },
  });
}
