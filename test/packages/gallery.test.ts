// Deploys and runs a small flow on each of the packages that people bring along, by the compiled executable.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { createSandbox } from "../binary/sandbox.ts";
import { type Entry, type Need, type Project, projects } from "./entries.ts";
import { installProject } from "./install.ts";
import { DEBIAN, type Peer, startPeer } from "./peers.ts";

const needs: Need[] = ["PostgreSQL", "Redis", "Chromium"];
const peers = new Map<Need, Peer>();
for (const need of needs) {
  const peer = await startPeer(need);
  if (peer) peers.set(need, peer);
  else console.log(`Skipped: there is no ${need} here (Debian: apt-get install ${DEBIAN[need]}).`);
}

const sandbox = createSandbox();
let api: Record<string, string>;
beforeAll(async () => {
  const server = sandbox.start(["server", "start", "--port", "0", "--agent", "gallery"]);
  const [, url] = await server.until(/running at (http:\S+?),/);
  api = { ORCH_API_URL: `${url}/api` };
});
afterAll(async () => {
  await sandbox.close();
  for (const peer of peers.values()) await peer.close();
});

for (const project of projects) {
  describe(project.folder, () => {
    let folder: string;
    beforeAll(async () => {
      folder = join(await installProject(project.folder), project.from ?? ".");
    });

    for (const entry of project.entries) {
      const isMissing = entry.needs !== undefined && !peers.has(entry.needs.peer);
      test.skipIf(isMissing)(`${entry.name}: ${entry.shows}`, async () => {
        await deploy(project, entry, folder);
        if (entry.schema) expect(await schemaOf(project, entry)).toMatchObject(entry.schema);
        const log = await run(project, entry, folder);
        expect(log).toContain(` - ${entry.logs}\n`);
        expect(log).toContain("finished in state Completed");
      });
    }

    const [first] = project.entries;
    if (project.from && first) {
      test("T16: what was deployed runs, whatever is edited in a linked package later", async () => {
        await deploy(project, first, folder);
        const root = await installProject(project.folder);
        await Bun.write(join(root, "packages/lib/src/index.ts"), 'export const total = () => "edited";');
        expect(await run(project, first, folder)).toContain(` - ${first.logs}\n`);
        await installProject(project.folder);
      });
    }

    if (project.extension !== "js") {
      test("orch check knows the types of its packages", async () => {
        const { stdout } = await sandbox.orch(["check"], { folder });
        expect(stdout).toMatch(/^No problems in \d+ files?\.\n$/);
      });
    }
  });
}

/** Throws when the build fails or has something to remark. */
async function deploy(project: Project, entry: Entry, folder: string): Promise<void> {
  const name = deploymentName(project, entry);
  const file = `flows/${entry.name}.${project.extension ?? "ts"}`;
  const path = entry.programs ? ["--override", `env.PATH=${resolve("dist")}:/usr/bin:/bin`] : [];
  const options = ["-n", name, "-q", "gallery", "-a", "-o", join(sandbox.folder, `${name}.yaml`), ...path];
  const command = ["deployment", "build", ...options, `${file}:example`];
  const { code, stdout, stderr } = await sandbox.orch(command, { env: api, folder });
  if (code !== 0 || stderr !== "") throw new Error(`The build exited ${code}:\n${stdout}${stderr}`);
}

/** The schema that the deployment has for the flow's parameters. */
async function schemaOf(project: Project, entry: Entry): Promise<Record<string, unknown>> {
  const command = ["deployment", "inspect", `example/${deploymentName(project, entry)}`, "--json"];
  const { stdout } = await sandbox.orch(command, { env: api });
  return JSON.parse(stdout).parameter_openapi_schema;
}

/** What the watched run printed. Throws when it exits with an error. */
async function run(project: Project, entry: Entry, folder: string): Promise<string> {
  const peer = entry.needs && { [entry.needs.as]: peers.get(entry.needs.peer)?.address };
  const params = JSON.stringify({ ...entry.params, ...peer });
  const command = ["deployment", "run", `example/${deploymentName(project, entry)}`, "--watch", "--params", params];
  const { code, stdout, stderr } = await sandbox.orch(command, { env: api, folder });
  if (code !== 0) throw new Error(`The run exited ${code}:\n${stdout}${stderr}`);
  return stdout;
}

function deploymentName(project: Project, entry: Entry): string {
  return `${project.folder}-${entry.name}`;
}
