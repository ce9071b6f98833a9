#!/usr/bin/env node
// Starts the executable of this platform, which is in a package beside this one, and ends as it ends.
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { constants } = require("node:os");
const path = require("node:path");

const NAME = require("../package.json").name;

/** Node's own report names the C library that it was linked with. */
function isMusl() {
  if (process.platform !== "linux") return false;
  try {
    return !process.report.getReport().header.glibcVersionRuntime;
  } catch {
    return existsSync(`/lib/ld-musl-${process.arch === "x64" ? "x86_64" : "aarch64"}.so.1`);
  }
}

/** Undefined where the package is not installed. */
function programOf(name) {
  try {
    const folder = path.dirname(require.resolve(`${name}/package.json`));
    return path.join(folder, process.platform === "win32" ? "orch.exe" : "orch");
  } catch {
    return undefined;
  }
}

function find() {
  const name = `${NAME}-${process.platform}-${process.arch}`;
  const [plain, musl] = [programOf(name), programOf(`${name}-musl`)];
  // npm installs the one that fits; the report takes long.
  const found = plain && musl ? (isMusl() ? musl : plain) : (plain ?? musl);
  if (found) return found;
  console.error(
    `orch is not installed for this platform: the package '${name}' is missing. Install again with optional packages allowed (npm install --include=optional); from files, install that package's file too. There are packages for Linux, macOS and Windows on x64, and for Linux and macOS on arm64.`,
  );
  process.exit(1);
}

// The executable would end with a crash page, before any code of orch.
if (process.platform === "linux" && !existsSync("/proc/self")) {
  console.error("There is no /proc here, without which orch does not run: mount -t proc proc /proc");
  process.exit(1);
}
const program = find();
const args = process.argv.slice(2);

// Where Node can, orch takes the place of this process, with its id: nothing is left to forward, and nothing is held in memory.
if (typeof process.execve === "function" && process.platform !== "win32") {
  try {
    process.execve(program, [program, ...args], process.env);
  } catch {} // it is started as a child below, which says what is wrong
}

// Before it is started: a signal that comes meanwhile would end this process alone, and leave the executable running.
let child;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"]) {
  try {
    // Ctrl-C of a terminal reaches every process there: sent twice, it would mean "at once".
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
  } catch {} // a signal that the platform does not have
}
child = spawn(program, args, { stdio: "inherit" });
child.on("error", (error) => {
  console.error(`'${program}' cannot be started: ${error.message}`);
  process.exit(126);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // What cannot end itself by the signal ends with the number that shells give it.
  setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 1000);
});
