// The packages of npm and PyPI under names that an owner has chosen, and under the placeholders: those no registry takes.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { type About, readAbout } from "../repo/release/about.ts";
import { mainPackage, type NpmPackage, nameOn, platformPackage } from "../repo/release/npm.ts";
import { pack } from "../repo/release/packing.ts";
import { TARGETS, type Target } from "../repo/release/targets.ts";
import { wheelOf } from "../repo/release/wheel.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-packages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const placeholder: About = { ...readAbout(), npm: "orch", pypi: "orch", hasNames: false };
const named: About = { ...placeholder, npm: "@owner/orch", pypi: "owner-orch", hasNames: true };
const here = TARGETS.find(({ npm }) => npm?.name === `${process.platform}-${process.arch}`) as Target; // the tests run there
const executable = join(folder, "executable");

const files: Record<string, NpmPackage[]> = {};
beforeAll(async () => {
  writeFileSync(executable, '#!/bin/sh\necho "orch $*"\n', { mode: 0o755 });
  for (const [kind, about] of Object.entries({ placeholder, named })) {
    const to = join(folder, kind);
    mkdirSync(to);
    const platform = await platformPackage(about, here, { executable, digest: "0".repeat(64), to });
    files[kind] = [...(platform ? [platform] : []), await mainPackage(about, to)];
  }
}, 60_000);

/** A registry that has nothing and takes everything: the names of what was published. */
const published: string[] = [];
const registry = Bun.serve({
  ...{ hostname: "127.0.0.1", port: 0 },
  fetch({ method, url }) {
    if (method !== "PUT") return Response.json({ error: "not found" }, { status: 404 });
    published.push(decodeURIComponent(new URL(url).pathname.slice(1)));
    return Response.json({ ok: true }, { status: 201 });
  },
});
afterAll(() => registry.stop(true));

async function npm(cwd: string, ...words: string[]): Promise<{ code: number; output: string }> {
  const address = `127.0.0.1:${registry.port}/`;
  const rc = join(folder, "npmrc");
  writeFileSync(rc, `registry=http://${address}\n//${address}:_authToken=x\nupdate-notifier=false\n`);
  // The settings of an npm that runs the tests: `--silent` would hide what is looked for.
  const own = Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith("npm_"));
  const env = { ...Object.fromEntries(own), npm_config_userconfig: rc };
  const child = Bun.spawn(["npm", ...words], { cwd, env, stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, output: out + err };
}

test("the main package asks for each platform's, and installed as 'orch' it starts the executable", async () => {
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), "{}");
  const [platform, main] = files["named"] ?? [];
  const words = ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  expect(await npm(project, ...words, `orch@file:${main?.path}`, platform?.path ?? "")).toMatchObject({ code: 0 });
  const about = JSON.parse(readFileSync(join(project, "node_modules/orch/package.json"), "utf8")) as {
    name: string;
    optionalDependencies: Record<string, string>;
  };
  expect(about.name).toBe("@owner/orch");
  const wanted = TARGETS.flatMap((target) => (target.npm ? [nameOn(named, target.npm.name)] : []));
  expect(about.optionalDependencies).toEqual(Object.fromEntries(wanted.map((name) => [name, named.version])));
  expect(wanted).toContain("@owner/orch-linux-x64");
  expect(await npm(project, "exec", "--offline", "--", "orch", "a", "b")).toMatchObject({
    code: 0,
    output: "orch a b\n",
  });
});

test("editors find its types, also under the alias", () => {
  const project = join(folder, "project");
  const tsc = (text: string) => {
    writeFileSync(join(project, "flow.ts"), text);
    const words = [
      "--noEmit",
      "--strict",
      "--module",
      "esnext",
      "--moduleResolution",
      "bundler",
      "--types",
      "",
      "flow.ts",
    ];
    return Bun.spawnSync([process.execPath, resolve("node_modules/typescript/bin/tsc"), ...words], { cwd: project });
  };
  const flow = 'import { flow } from "orch";\nexport const hi = flow(async (name: string) => name.length);\n';
  expect(tsc(flow).stdout.toString()).toBe("");
  expect(tsc(`${flow}hi(1);\n`).stdout.toString()).toMatch(/flow\.ts.*'number' is not assignable/);
});

test("packages without a chosen name ask a registry for nothing, and npm publishes none of them", async () => {
  for (const { path, id } of files["placeholder"] ?? []) {
    expect(id).toMatch(/^orch(-[a-z0-9-]+)?@\d/);
    const { code, output } = await npm(folder, "publish", path);
    expect([code, output]).toEqual([1, expect.stringContaining("marked as private")]);
    const listed = Bun.spawnSync(["tar", "-xzOf", path, "package/package.json"]).stdout.toString();
    expect(JSON.parse(listed)).not.toHaveProperty("optionalDependencies");
  }
  expect(published).toEqual([]);
  for (const { path } of files["named"] ?? []) {
    expect(basename(path)).toStartWith("owner-orch-");
    expect(await npm(folder, "publish", "--access", "public", path)).toMatchObject({ code: 0 });
  }
  expect(published).toEqual([nameOn(named, here.npm?.name ?? ""), "@owner/orch"]);
});

test("a wheel without a chosen name is one that PyPI refuses", () => {
  const text = (about: About) => {
    const packed = pack(Buffer.from("x"));
    const wheel = wheelOf({ about, target: here, executable: packed, digest: "0".repeat(64), license: "", readme: "" });
    writeFileSync(join(folder, "a.whl"), wheel?.bytes ?? "");
    const metadata = `${about.pypi.replaceAll("-", "_")}-${about.version}.dist-info/METADATA`;
    return Bun.spawnSync(["unzip", "-p", join(folder, "a.whl"), metadata]).stdout.toString();
  };
  expect(text(placeholder)).toContain("Name: orch\n");
  expect(text(placeholder)).toContain("\nClassifier: Private :: Do Not Upload\n");
  expect(text(named)).toContain("Name: owner-orch\n");
  expect(text(named)).not.toContain("Classifier:");
});
