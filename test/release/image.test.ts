// The image of templates/docker with a release's executable: the main job as a user without rights, on a read-only root, without network.
// What is left when container and image are removed is the volume with the home.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { engineHere, startDockerd } from "../engines/engine.ts";
import { importBase } from "../engines/images.ts";
import { madeRelease } from "./made.ts";

const real = await engineHere(startDockerd);
const BASE = "gcr.io/distroless/base-debian12:nonroot";
const EXECUTABLE = `orch-linux-${process.arch}`;

beforeAll(async () => {
  await madeRelease();
}, 600_000);
afterAll(async () => {
  await real?.close();
}, 60_000);

async function post(path: string, body: BodyInit, type = "application/json"): Promise<string> {
  const answer = await fetch(`http://localhost${path}`, {
    ...{ method: "POST", headers: { "content-type": type }, body, unix: real?.engine.endpoint.socket },
  } as RequestInit); // what only Bun's fetch knows
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${text}`);
  return text;
}

async function made(path: string, body: object): Promise<string> {
  return (JSON.parse(await post(path, JSON.stringify(body))) as { Id: string }).Id; // the engine's own shape
}

async function build(tag: string): Promise<void> {
  const context = mkdtempSync(join(tmpdir(), "orch-context-"));
  cpSync("templates/docker/Dockerfile", join(context, "Dockerfile"));
  cpSync(join("dist/release", EXECUTABLE), join(context, EXECUTABLE));
  const tar = Bun.spawn(["tar", "-C", context, "-c", "."], { stdout: "pipe" });
  const query = new URLSearchParams({ t: tag, buildargs: JSON.stringify({ ORCH: EXECUTABLE }) });
  const output = await post(`/build?${query}`, await new Response(tar.stdout).arrayBuffer(), "application/x-tar");
  rmSync(context, { recursive: true });
  expect(output).toContain(`Successfully tagged ${tag}`);
}

test.skipIf(!real)("the image runs the main job, and leaves nothing but the home", async () => {
  if (!real) return;
  await importBase(real, BASE, resolve("dist/release", EXECUTABLE)); // which a registry has
  const begun = performance.now();
  await build("orch:1");
  const built = performance.now();
  const container = await made("/containers/create", {
    ...{ Image: "orch:1", Cmd: ["orch", "server", "start", "--agent", "test"] },
    HostConfig: {
      ...{ ReadonlyRootfs: true, NetworkMode: "none", Tmpfs: { "/tmp": "mode=1777" }, CapDrop: ["ALL"] },
      Binds: ["orch-home:/home/nonroot"],
    },
  });
  await post(`/containers/${container}/start`, "");

  async function orch(folder: string, ...words: string[]): Promise<string> {
    const asked = { Cmd: ["orch", ...words], WorkingDir: folder, AttachStdout: true, AttachStderr: true };
    const id = await made(`/containers/${container}/exec`, asked);
    const output = await post(`/exec/${id}/start`, JSON.stringify({ Detach: false, Tty: false }));
    const { body } = (await real?.engine.ask("GET", `/exec/${id}/json`)) ?? {};
    expect({ words, output, code: Object(body).ExitCode }).toMatchObject({ code: 0 });
    return output;
  }
  const [home, project] = ["/home/nonroot", "/home/nonroot/project"];
  await orch(home, "init", "project");
  await orch(project, "deployment", "build", "-n", "marvin", "-q", "test", "-a", "flows/marvin.ts:sayHi");
  expect(await orch(project, "deployment", "run", "say-hi/marvin", "--watch")).toContain("finished in state Completed");
  const finished = performance.now();
  await post(`/containers/${container}/stop?t=20`, "");
  const { body } = await real.engine.ask("GET", `/containers/${container}/json`);
  expect(body).toMatchObject({ State: { ExitCode: 0 }, Config: { User: "65532:65532" } });
  const { body: image } = await real.engine.ask("GET", "/images/orch:1/json");

  await real.engine.ask("DELETE", `/containers/${container}`);
  await real.engine.ask("DELETE", "/images/orch:1");
  await real.engine.ask("DELETE", `/images/${BASE}`);
  expect((await real.engine.ask("GET", "/images/json")).body).toEqual([]);
  expect(readdirSync(join(real.folder, "data/volumes/orch-home/_data")).toSorted()).toEqual([".orch", "project"]);
  const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1);
  const size = (Number(Object(image).Size) / 1e6).toFixed(1);
  console.log(
    `image: ${size} MB, built after ${seconds(begun, built)} s, first run finished after ${seconds(begun, finished)} s`,
  );
});
