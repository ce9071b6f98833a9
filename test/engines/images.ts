// Images that the tests make of what the machine has, and import: no registry is needed.
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unpacked } from "./debian.ts";
import type { RealEngine } from "./engine.ts";

const NONROOT = 65_532;
const WORDS = ["sh", "sleep", "echo", "true", "cat", "head", "tail", "id", "wget", "env", "dd"];

/** A shell and what a script needs. */
export async function importShell(engine: RealEngine, name: string): Promise<void> {
  await imported(engine, name, addShell);
}

/** The executable with the libraries that it links, and flows in /opt/prefect/flows. */
export async function importFlows(
  engine: RealEngine,
  name: string,
  orch: string,
  flows: Record<string, string>,
): Promise<void> {
  await imported(engine, name, (root) => addFlows(root, orch, flows));
}

/** As `importFlows`, into the folder that becomes the image. */
export async function addFlows(root: string, orch: string, flows: Record<string, string>): Promise<void> {
  await addShell(root);
  const program = join(root, "usr/local/bin/orch");
  mkdirSync(dirname(program), { recursive: true });
  cpSync(orch, program);
  await addLibraries(root, orch);
  const folder = join(root, "opt/prefect/flows");
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(flows)) writeFileSync(join(folder, file), text);
}

/** What a base image has that holds nothing but libraries and a user. */
export async function importBase(engine: RealEngine, name: string, orch: string): Promise<void> {
  const fill = async (root: string) => {
    await addLibraries(root, orch);
    for (const path of ["etc", "tmp", "home/nonroot"]) mkdirSync(join(root, path), { recursive: true });
    chmodSync(join(root, "tmp"), 0o1777);
    chownSync(join(root, "home/nonroot"), NONROOT, NONROOT);
    writeFileSync(join(root, "etc/passwd"), `nonroot:x:${NONROOT}:${NONROOT}:nonroot:/home/nonroot:/sbin/nologin\n`);
  };
  await imported(engine, name, fill, [`USER ${NONROOT}:${NONROOT}`]);
}

/** Those that the programs link. */
export async function addLibraries(root: string, ...programs: string[]): Promise<void> {
  const ldd = Bun.spawn(["ldd", ...programs], { stdout: "pipe", stderr: "ignore" });
  const linked = await new Response(ldd.stdout).text();
  for (const [path] of linked.matchAll(/\/\S*lib\S*(?= \()/g)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    cpSync(path, join(root, path), { dereference: true });
  }
}

/** A shell and its programs, in the folder that becomes an image. */
export async function addShell(root: string): Promise<void> {
  const { folder } = await unpacked("busybox", ["busybox-static"]);
  const bin = join(root, "bin");
  for (const path of ["bin", "tmp", "etc", "root"]) mkdirSync(join(root, path), { recursive: true });
  chmodSync(join(root, "tmp"), 0o1777);
  cpSync(
    ["bin/busybox", "usr/bin/busybox"].map((path) => join(folder, path)).find(existsSync) ?? "",
    join(bin, "busybox"),
  );
  for (const word of WORDS) symlinkSync("busybox", join(bin, word));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
}

/** Makes an image of what `fill` writes into a folder. `changes`: lines of a Dockerfile. */
export async function imported(
  { engine }: RealEngine,
  name: string,
  fill: (root: string) => Promise<void>,
  changes: readonly string[] = [],
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "orch-image-"));
  try {
    await fill(root);
    const tar = Bun.spawn(["tar", "-C", root, "-c", "."], { stdout: "pipe" });
    const query = new URLSearchParams({ fromSrc: "-", repo: name });
    for (const change of ["ENV PATH=/usr/local/bin:/bin", ...changes]) query.append("changes", change);
    const { socket } = engine.endpoint;
    const answer = await fetch(`http://localhost/images/create?${query}`, {
      ...{ method: "POST", body: await new Response(tar.stdout).arrayBuffer(), unix: socket },
    } as RequestInit); // what only Bun's fetch knows
    const text = await answer.text();
    if (!answer.ok || /"error"/.test(text)) throw new Error(`The image ${name} could not be imported: ${text}`);
  } finally {
    rmSync(root, { recursive: true });
  }
}
