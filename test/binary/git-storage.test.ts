// Flows in a git repository, on the executable: a block is made, a deployment built, and an agent of another home runs it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createWorld, type World } from "../page/world.ts";
import {
  cannotRun,
  createRepositories,
  type GitServer,
  makeCertificate,
  type Repositories,
  serveGit,
} from "../storage/git-server.ts";

const TOKEN = "ghp_0123456789abcdef";
const FLOW = `import { flow, getRunLogger } from "orch";
import { word } from "./word.ts";
export const etl = flow(async function etl() { getRunLogger().info("the word is " + word); });
`;

let repositories: Repositories;
let server: GitServer;
let world: World;
let certificate: ReturnType<typeof makeCertificate> = null;

const impossible = cannotRun ?? (Bun.which("openssl") === null ? "openssl is not installed" : null);
const suite = describe.skipIf(impossible !== null);

beforeAll(async () => {
  if (impossible) return;
  repositories = createRepositories();
  certificate = makeCertificate(repositories.root);
  repositories.commit("app", {
    "flows/etl.ts": FLOW,
    "flows/word.ts": 'export const word = "first";',
    "other.txt": "x",
  });
  repositories.git("app", "tag", "v1/first");
  repositories.git("app", "push", "--quiet", "--tags", join(repositories.root, "app.git"));
  repositories.commit("app", { "flows/word.ts": 'export const word = "second";' });
  server = serveGit(repositories.root, { wanted: `${TOKEN}:`, ...(certificate ? { tls: certificate } : {}) });
  world = await createWorld();
  world.write("flows/etl.ts", FLOW);
  world.write("flows/word.ts", 'export const word = "here";');
  const repository = `${server.url}/app.git`;
  await world.saveBlock("github", "app", { repository, access_token: TOKEN });
  await world.saveBlock("github", "tagged", { repository, access_token: TOKEN, reference: "v1/first" });
  await world.saveBlock("github", "wrong", { repository, access_token: `wrong-${TOKEN}` });
});
afterAll(async () => {
  await world?.close();
  await server?.close();
  repositories?.close();
});

/** The executable, git, and nothing else. */
function withGit(): Record<string, string> {
  const path = `${join(world.sandbox.home, "../bin")}:${dirname(Bun.which("git") ?? "")}`;
  return { PATH: path, ORCH_API_URL: world.url, GIT_SSL_CAINFO: certificate?.file ?? "" };
}

function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => `/proc/${pid}/cmdline`);
}

/** Of another machine: an empty home, the executable, and git. */
async function runBy(queue: string, name: string) {
  const home = mkdtempSync(join(repositories.root, "home-"));
  const env = { ...withGit(), HOME: home, TMPDIR: home };
  const agent = world.sandbox.start(["agent", "start", "-q", queue], env);
  try {
    const run = await world.run(name);
    return {
      run,
      logs: await world.logs(run.id),
      left: readdirSync(home).filter((entry) => entry.startsWith("orch-run")),
    };
  } finally {
    await agent.stop();
    rmSync(home, { recursive: true });
  }
}

const build = (block: string, ...more: string[]) =>
  world.deployment(
    "build",
    "flows/etl.ts:etl",
    "-n",
    block,
    "-q",
    block,
    "-sb",
    `github/${block}/flows`,
    "-a",
    ...more,
  );

suite("a flow in a repository", () => {
  test("blocks 10: a deployment is built without a way to the repository, and run from its sub-folder", async () => {
    const before = server.seen.length;
    const out = await build("app");
    expect(out).toContain("Storage block 'github/app' does not take uploads; nothing was uploaded.");
    expect(server.seen.length).toBe(before);
    const { run, logs, left } = await runBy("app", "etl/app");
    expect(logs).toContain(`Downloading flow code from storage at '${server.url}/app.git/flows'`);
    expect(logs).toContain("the word is second");
    expect([run.state_type, left]).toEqual(["COMPLETED", []]);
    expect(logs).not.toContain(TOKEN);
  }, 60_000);

  test("blocks 10: the commit of a tag with a slash is run, also by a path of the folder itself", async () => {
    const folder = join(world.folder, "flows");
    const args = [
      "deployment",
      "build",
      "etl.ts:etl",
      "-n",
      "tagged",
      "-q",
      "tagged",
      "-sb",
      "github/tagged/flows/",
      "-a",
    ];
    const { code, stdout, stderr } = await world.sandbox.orch(args, { folder, env: { ORCH_API_URL: world.url } });
    expect([code, stdout + stderr]).toEqual([
      0,
      expect.stringContaining("Deployment 'etl/tagged' successfully created"),
    ]);
    const { run, logs } = await runBy("tagged", "etl/tagged");
    expect(logs).toContain("the word is first");
    expect(run.state_type).toBe("COMPLETED");
  }, 60_000);

  test("blocks 10: a wrong token fails the run in one sentence, without the token", async () => {
    await build("wrong");
    const { run, logs, left } = await runBy("wrong", "etl/wrong");
    expect([run.state_type, left]).toEqual(["FAILED", []]);
    expect(logs).toContain(
      `Failed to pull from remote: remote: no fatal: Authentication failed for '${server.url}/app.git/'`,
    );
    expect(logs).not.toContain(TOKEN);
    expect(existsSync(join(world.folder, ".git"))).toBe(false);
  }, 60_000);

  test("a run of a GitLab repository takes the token from the block in its block, and warns of a submodule that is not there", async () => {
    const commit = repositories.commit("lab", { "flows/etl.ts": FLOW, "flows/word.ts": 'export const word = "lab";' });
    repositories.commit("lab", { ".gitmodules": '[submodule "s"]\n\tpath = s\n\turl = ../none.git\n' });
    repositories.commitSubmodule("lab", "s", commit);
    const lab = serveGit(repositories.root, { wanted: `oauth2:${TOKEN}` });
    try {
      const script = `import { GitLabCredentials, GitLabRepository, GitHub } from "orch";
        const credentials = new GitLabCredentials({ token: process.env.TOKEN });
        await credentials.save("lab");
        await new GitLabRepository({ repository: "${lab.url}/lab.git", credentials }).save("lab");
        const loaded = await GitLabRepository.load("lab");
        await loaded.getDirectory("flows", "copy");
        console.log(await Bun.file("copy/flows/word.ts").text(), loaded);
        await new GitLabRepository({ repository: "${lab.url}/lab.git", credentials }).getDirectory("flows", "again");
        console.log(await Bun.file("again/flows/word.ts").exists(), (await GitHub.load("app")).saved.name);`;
      world.write("save.ts", script);
      const env = { ...withGit(), TOKEN };
      const saved = await world.sandbox.orch(["run", "save.ts"], { env });
      expect([saved.code, saved.stderr]).toEqual([0, ""]);
      expect(saved.stdout).toContain('export const word = "lab"; GitLabRepository');
      expect(saved.stdout).toContain("true app");
      expect(saved.stdout).not.toContain(TOKEN);
      await world.deployment(
        "build",
        "flows/etl.ts:etl",
        "-n",
        "lab",
        "-q",
        "lab",
        "-sb",
        "gitlab-repository/lab",
        "-a",
      );
      const { run, logs } = await runBy("lab", "etl/lab");
      expect(logs).toContain("the word is lab");
      expect(logs).toMatch(/WARNING .*The submodule 's' is left out\. Failed to pull from remote: .*not found/);
      expect([run.state_type, logs.includes(TOKEN)]).toEqual(["COMPLETED", false]);
    } finally {
      await lab.close();
    }
  }, 60_000);

  test("a run that is cancelled while git waits ends git, and leaves no folder", async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const silent = serveGit(repositories.root, {
      instead() {
        resolve();
        return new Promise<Response>(() => {});
      },
    });
    const home = mkdtempSync(join(repositories.root, "home-"));
    await world.saveBlock("github", "silent", { repository: `${silent.url}/app.git` });
    await build("silent");
    const agent = world.sandbox.start(["agent", "start", "-q", "silent"], { ...withGit(), HOME: home, TMPDIR: home });
    try {
      const { id } = await world.json<{ id: string }>("deployment", "run", "etl/silent");
      await asked;
      await world.orch("flow-run", "cancel", id);
      expect((await world.endOf(id)).state_type).toBe("CANCELLED");
      await agent.stop();
      expect(readdirSync(home).filter((entry) => entry.startsWith("orch-run"))).toEqual([]);
      expect(Bun.spawnSync(["grep", "-lsF", silent.url, ...commandLines()]).stdout.toString()).toBe("");
    } finally {
      await agent.stop();
      await silent.close();
    }
  }, 60_000);
});
