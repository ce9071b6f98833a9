// orch's own image for two architectures: built here, with one manifest for both. What is of another architecture is looked at, not run.
import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "#lib/json.ts";
import { compileFor, formatOf } from "../repo/release/executable.ts";
import { TARGETS } from "../repo/release/targets.ts";
import { engineHere, startPodman } from "./engine.ts";

const real = await engineHere(startPodman);
const BASE = "gcr.io/distroless/base-debian12:nonroot";
const folder = mkdtempSync(join(tmpdir(), "orch-platforms-"));
afterAll(async () => {
  await real?.close();
  rmSync(folder, { recursive: true });
}, 60_000);

const PLATFORMS = [
  { architecture: "amd64", target: "linux-x64" },
  { architecture: "arm64", target: "linux-arm64" },
];

/** An archive of a folder, as the engine takes and gives them. */
const archive = (of: string) =>
  new Response(Bun.spawn(["tar", "-C", of, "-c", "."], { stdout: "pipe" }).stdout).arrayBuffer();

async function send(path: string, body: BodyInit, type = "application/x-tar"): Promise<string> {
  const answer = await fetch(`http://localhost${path}`, {
    ...{ method: "POST", headers: { "content-type": type }, body, unix: real?.engine.endpoint.socket },
  } as RequestInit); // what only Bun's fetch knows
  const text = await answer.text();
  if (!answer.ok || /"error(?:Detail)?"/.test(text)) throw new Error(`${path}: ${text.slice(-500)}`);
  return text;
}

/** The last layer of an image, unpacked. */
async function lastLayer(image: string): Promise<string> {
  const unpacked = mkdtempSync(join(folder, "image-"));
  const untar = async (file: string, to: string) => {
    if ((await Bun.spawn(["tar", "-C", to, "-xf", file], { stderr: "ignore" }).exited) !== 0)
      throw new Error(`tar: ${file}`);
  };
  const answer = await fetch(`http://localhost/images/${encodeURIComponent(image)}/get`, {
    unix: real?.engine.endpoint.socket,
  } as RequestInit); // as above
  await Bun.write(join(unpacked, "image.tar"), answer);
  await untar(join(unpacked, "image.tar"), unpacked);
  const [manifest] = JSON.parse(readFileSync(join(unpacked, "manifest.json"), "utf8")) as { Layers: string[] }[];
  const root = join(unpacked, "root");
  mkdirSync(root);
  for (const layer of manifest?.Layers ?? []) await untar(join(unpacked, layer), root);
  return root;
}

test.skipIf(!real)(
  "the image of templates/docker for x64 and arm64: each has its own executable, and one name leads to both",
  async () => {
    if (!real) return;
    const context = join(folder, "context");
    mkdirSync(context);
    cpSync("templates/docker/Dockerfile", join(context, "Dockerfile"));
    const seen: Record<string, unknown> = {};
    for (const { architecture, target } of PLATFORMS) {
      const found = TARGETS.find(({ name }) => name === target);
      if (!found) throw new Error(`there is no target ${target}`);
      mkdirSync("dist/release", { recursive: true });
      for (const name of readdirSync(context).filter((name) => name !== "Dockerfile")) rmSync(join(context, name));
      await compileFor(found, join(context, `orch-${target}`));
      // In place of the base image, which a registry has for both.
      const base = mkdtempSync(join(folder, "base-"));
      writeFileSync(join(base, "base"), architecture);
      const platform = `linux/${architecture}`;
      await send(`/images/create?${new URLSearchParams({ fromSrc: "-", repo: BASE, platform })}`, await archive(base));
      const query = {
        t: `localhost/orch:${architecture}`,
        platform,
        buildargs: JSON.stringify({ ORCH: `orch-${target}` }),
      };
      await send(`/build?${new URLSearchParams(query)}`, await archive(context));
      const { body } = await real.engine.ask("GET", `/images/localhost/orch:${architecture}/json`);
      const root = await lastLayer(`localhost/orch:${architecture}`);
      const format = formatOf(readFileSync(join(root, "usr/local/bin/orch")).subarray(0, 4096));
      seen[architecture] = { image: architectureOf(body), base: readFileSync(join(root, "base"), "utf8"), format };
    }
    expect(seen).toEqual({
      amd64: { image: "amd64", base: "amd64", format: { format: "ELF", machine: 0x3e } },
      arm64: { image: "arm64", base: "arm64", format: { format: "ELF", machine: 0xb7 } },
    });
    const images = PLATFORMS.map(({ architecture }) => `containers-storage:localhost/orch:${architecture}`);
    const made = new URLSearchParams(images.map((image) => ["images", image]));
    await send(`/v4.0.0/libpod/manifests/localhost%2Forch%3A1?${made}`, JSON.stringify({}), "application/json");
    const { body } = await real.engine.ask("GET", "/v4.0.0/libpod/manifests/localhost%2Forch%3A1/json");
    const { manifests } = body as unknown as { manifests: { platform: { os: string; architecture: string } }[] }; // podman's own shape
    expect(manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`).toSorted()).toEqual([
      "linux/amd64",
      "linux/arm64",
    ]);
  },
  600_000,
);

function architectureOf(image: Json): unknown {
  return (image as { Architecture?: unknown } | null)?.Architecture; // the engine's own shape
}
