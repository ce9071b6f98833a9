// Makes folders that a machine can have as its root, with next to nothing in them: busybox, a C library, and what a channel needs.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { unpacked } from "../engines/debian.ts";
import { addLibraries } from "../engines/images.ts";

/** A user's programs are here, and what a package manager of the machine has installed. */
const FOLDERS = ["bin", "dev", "etc", "home", "proc", "release", "root", "tmp", "usr/bin"];

/** Busybox alone, which is static: not even a C library. Throws a sentence where Debian's packages cannot be had. */
export async function bareRoot(root: string): Promise<void> {
  for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
  const { folder } = await unpacked("busybox", ["busybox-static"]);
  const [busybox = ""] = [...new Bun.Glob("**/bin/busybox").scanSync({ cwd: folder, absolute: true })];
  copyFileSync(busybox, join(root, "bin/busybox"));
  const applets = Bun.spawnSync([busybox, "--list"]).stdout.toString().trim().split("\n");
  for (const name of applets) if (name !== "busybox") symlinkSync("busybox", join(root, "bin", name));
  symlinkSync("../../bin/busybox", join(root, "usr/bin/env")); // where scripts look for it
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\ndev:x:65534:65534:dev:/home/dev:/bin/sh\n");
  writeFileSync(join(root, "etc/hosts"), "127.0.0.1 localhost\n");
}

/** With the machine's C library and the libraries that the programs link; the programs are in /usr/bin. */
export async function rootWith(root: string, ...programs: string[]): Promise<void> {
  await bareRoot(root);
  for (const program of programs) copyFileSync(realpathSync(program), join(root, "usr/bin", basename(program)));
  await addLibraries(root, "dist/release/orch-linux-x64", ...programs);
}

/** Node with its npm, as they are on this machine. Undefined where they are not. */
export async function rootWithNode(root: string): Promise<boolean> {
  const [node, npm] = [Bun.which("node"), Bun.which("npm")];
  if (node === null || npm === null) return false;
  await rootWith(root, realpathSync(node));
  const cli = realpathSync(npm); // …/npm/bin/npm-cli.js
  const folder = dirname(dirname(cli));
  cpSync(folder, join(root, "usr/lib/node_modules/npm"), { recursive: true });
  for (const name of ["npm", "npx"]) {
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, "usr/bin", name));
  }
  return true;
}

/** The program itself, not what a version manager puts in its place, and the folder it is installed in; undefined where there is no pip. */
export function pythonHere(): { program: string; prefix: string } | undefined {
  const script = "import pip, sys; print(sys.executable); print(sys.prefix)";
  const child = Bun.spawnSync(["python3", "-c", script], { stderr: "ignore" });
  const [program = "", prefix = ""] = child.stdout.toString().trim().split("\n");
  return child.exitCode === 0 ? { program, prefix } : undefined;
}

/** With the libraries of this machine's Python. Its folder has to be mounted besides: it may be /usr, so the programs are in /bin. */
export async function rootWithPython(root: string, prefix: string, ...programs: string[]): Promise<void> {
  const modules = [...new Bun.Glob("lib/python3*/lib-dynload/*.so").scanSync({ cwd: prefix, absolute: true })];
  await rootWith(root);
  for (const program of programs) copyFileSync(realpathSync(program), join(root, "bin", basename(program)));
  await addLibraries(root, join(prefix, "bin/python3"), ...programs, ...modules);
}

/** A wheel of PyPI, unpacked into the user's cache folder. Throws a sentence where it cannot be had. */
export async function unpackedWheel(name: string, ...options: string[]): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "orch-engines", `wheel-${name}`);
  const words = ["install", "--quiet", "--no-deps", "--only-binary=:all:", "--target", folder, ...options, name];
  try {
    if (readdirSync(folder).length > 0) return folder;
  } catch {} // it is not there yet
  const child = Bun.spawn(["python3", "-m", "pip", "--disable-pip-version-check", ...words], { stderr: "pipe" });
  const [err, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new Error(`PyPI's package '${name}' could not be installed: ${err.trim().split("\n").at(-1)}`);
  return folder;
}

/** Functions that the executable's C++ library has and the wheel's, which is older, has not. They end a program that calls them. */
const YOUNGER = ["_ZSt28__throw_bad_array_new_lengthv", "_ZSt21__glibcxx_assert_failPKciS0_S0_"];

/**
 * As Alpine is: the C library is musl, of Debian's package. The C++ library for it is in no package of Debian. A wheel that is built for
 * musl brings one along: not of the newest Alpine, whose relocations (RELR) Debian's musl 1.2.3 does not know. With `isComplete` false
 * there is none, as on an Alpine where it was not installed.
 */
export async function muslRoot(root: string, isComplete: boolean): Promise<void> {
  await bareRoot(root);
  const { folder } = await unpacked("musl", ["musl"]);
  const [libc = ""] = [...new Bun.Glob("**/libc.so").scanSync({ cwd: folder, absolute: true })];
  for (const each of ["lib", "usr/lib"]) mkdirSync(join(root, each), { recursive: true });
  copyFileSync(libc, join(root, "lib/ld-musl-x86_64.so.1"));
  chmodSync(join(root, "lib/ld-musl-x86_64.so.1"), 0o755);
  writeFileSync(join(root, "etc/ld-musl-x86_64.path"), "/lib:/usr/lib\n");
  if (!isComplete) return;
  const wheel = await unpackedWheel("greenlet==3.0.3", "--platform=musllinux_1_1_x86_64", "--python-version=3.11");
  const libraries = [...new Bun.Glob("greenlet.libs/*.so*").scanSync({ cwd: wheel, absolute: true })];
  for (const path of libraries) copyFileSync(path, join(root, "usr/lib", basename(path))); // by these names they find each other
  const source = join(root, "tmp/younger.c");
  writeFileSync(source, YOUNGER.map((name) => `void ${name}(void) { __builtin_trap(); }\n`).join(""));
  const words = ["-shared", "-nostdlib", "-fPIC", "-Wl,--no-as-needed,-soname,libstdc++.so.6", source, ...libraries];
  const cc = Bun.which("cc");
  if (cc === null) throw new Error("there is no C compiler");
  const child = Bun.spawn([cc, ...words, "-o", join(root, "usr/lib/libstdc++.so.6")], { stderr: "pipe" });
  const [err, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new Error(`the C++ library could not be linked: ${err.trim()}`);
  rmSync(source);
}
