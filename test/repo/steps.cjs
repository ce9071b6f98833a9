// `node test/repo/steps.cjs install|install-for-build|build …`: makes a clone ready, and shows each step with its seconds. What is done already is left out.
// It runs before anything is installed, and on a Node that is too old says so: hence plain JavaScript that any Node reads.
const OLDEST_NODE = 18;

/** Everything that the build reads; a change in them makes a new executable. */
const SOURCES = ["src", "templates", "test/repo", "package.json", "package-lock.json", "tsconfig.json", "bunfig.toml"];
const STAMP = "dist/.built-from";
/** A reader of a pipe sees a line this often, and so is never left in silence for more than 3 seconds. */
const LINE_MILLISECONDS = 2500;

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  const sentence = "This is Node " + process.versions.node + ": install Node " + OLDEST_NODE + " or newer.";
  console.error(sentence);
  process.exit(1);
}

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const compile = require("./compile.json"); // the entries of the program, and the words of `bun build`
process.chdir(path.resolve(__dirname, "../.."));

/** What stops a step that was foreseen: its message is all that a person reads. */
class Foreseen extends Error {}

async function main(steps) {
  try {
    for (const step of steps) await STEPS[step]();
  } catch (error) {
    console.error(error instanceof Foreseen ? error.message : (sentenceFor(String(error.message)) ?? error.message));
    process.exit(1);
  }
}

const STEPS = {
  install: () => install([]),
  // Without what only tests need, a first `npm start` loads a third less.
  "install-for-build": () => install(["dev"]),
  build,
};

/** `omitted`: kinds of packages, as in npm's `--omit`. Where they are installed already they stay. */
async function install(omitted) {
  const lock = JSON.parse(fs.readFileSync("package-lock.json", "utf8")).packages;
  refusePlatform(lock);
  if (isInstalled(lock, omitted)) return;
  const npm = npmCommand();
  // npm waits up to a minute before it tries again: a machine without a network should hear of it sooner.
  const patience = ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=10000"];
  const omit = omitted.map((kind) => `--omit=${kind}`);
  const args = [...npm.args, "ci", "--no-audit", "--no-fund", ...omit, ...patience];
  await show("Installing packages", [npm.program, ...args]);
}

/** By npm's own note of what it installed. Packages for other machines are not in it. */
function isInstalled(lock, omitted) {
  let installed;
  try {
    installed = JSON.parse(fs.readFileSync("node_modules/.package-lock.json", "utf8")).packages;
  } catch {
    return false;
  }
  const isSame = (name) => installed[name]?.integrity === lock[name]?.integrity;
  const left = ["optional", ...omitted];
  const wanted = Object.keys(lock).filter((name) => name !== "" && left.every((kind) => lock[name][kind] !== true));
  return [...wanted, ...Object.keys(installed)].every(isSame) && wanted.every((name) => fs.existsSync(name));
}

function npmCommand() {
  const cli = process.env.npm_execpath ?? "";
  if (/npm-cli\.c?js$/.test(cli)) return { program: process.execPath, args: [cli] };
  return { program: process.platform === "win32" ? "npm.cmd" : "npm", args: [] };
}

function refusePlatform(lock) {
  const { platform, arch } = process;
  const builds = Object.entries(lock).filter(([name]) => name.startsWith("node_modules/@oven/bun-"));
  if (builds.some(([, { os, cpu }]) => os.includes(platform) && cpu.includes(arch))) return;
  throw new Foreseen(
    `Bun, which builds orch, does not run on ${platform} ${arch}: use Linux, macOS or Windows on x64 or arm64.`,
  );
}

async function build() {
  const state = stateOfSources();
  if (read(STAMP) === state && fs.existsSync("dist/orch")) {
    console.log("dist/orch is up to date.");
    return;
  }
  const bun = path.resolve("node_modules/bun/bin/bun.exe");
  if (!fs.existsSync(bun) || fs.statSync(bun).size < 1_000_000) {
    throw new Foreseen(
      "Bun's program is not in node_modules: let npm run install scripts, remove node_modules, and run 'npm run setup'.",
    );
  }
  fs.rmSync("dist", { recursive: true, force: true });
  fs.mkdirSync("dist");
  await show(
    "Building dist/orch",
    [bun, "test/repo/assets.ts"],
    [bun, ...compile.words, ...compile.entries, "--outfile", "dist/orch"],
  );
  // The executable holds its source maps; Bun writes them beside it once more.
  for (const name of fs.readdirSync("dist")) if (name.endsWith(".map")) fs.rmSync(`dist/${name}`);
  fs.writeFileSync(STAMP, state);
}

/** Names, sizes and times of change of all sources. */
function stateOfSources() {
  const lines = [];
  const visit = (name) => {
    const { size, mtimeMs, ...stat } = fs.statSync(name);
    if (isFolder(stat.mode)) for (const child of fs.readdirSync(name).sort()) visit(`${name}/${child}`);
    else lines.push(`${name} ${size} ${mtimeMs}`);
  };
  for (const name of SOURCES) visit(name);
  return lines.join("\n");
}

function isFolder(mode) {
  return (mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR;
}

function read(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Runs the commands one after the other under one title; a failure is one sentence, or the tool's own words. */
async function show(title, ...commands) {
  const begun = Date.now();
  const seconds = () => `${Math.round((Date.now() - begun) / 1000)} s`;
  const out = process.stdout;
  out.write(`${title}…${out.isTTY ? "" : "\n"}`);
  const tick = () => out.write(out.isTTY ? `\r${title}… ${seconds()}` : `${title}… ${seconds()}\n`);
  const ticking = setInterval(tick, out.isTTY ? 1000 : LINE_MILLISECONDS);
  let failure;
  for (const command of commands) {
    failure = await run(command);
    if (failure !== undefined) break;
  }
  clearInterval(ticking);
  out.write(`${out.isTTY ? "\r" : ""}${title}: ${failure === undefined ? "done" : "failed"} after ${seconds()}.\n`);
  if (failure !== undefined) throw new Foreseen(sentenceFor(failure) ?? failure.trim());
}

/** What the command printed, if it failed. */
function run([program, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const add = (chunk) => {
      output += chunk;
      if (IS_FULL.test(output)) child.kill(); // npm would go on for two minutes, and may say that all is well
    };
    for (const stream of [child.stdout, child.stderr]) stream.on("data", add);
    const end = (signal) => {
      child.kill(signal);
      process.exit(1);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, end);
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => {
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeListener(name, end);
      resolve(
        code === 0 && !IS_FULL.test(output)
          ? undefined
          : output || `${path.basename(program)} ended with ${signal ?? `exit code ${code}`}.`,
      );
    });
  });
}

const IS_FULL = /ENOSPC|EDQUOT|No space left|NoSpaceLeft|disk quota/i;

/** Of the ways in which machines fail; `undefined` for others, where the tool's own words say more. */
function sentenceFor(text) {
  if (IS_FULL.test(text)) {
    return `The disk is full: free some space (1 GB is enough), and run the command again.`;
  }
  if (/EROFS|EACCES|EPERM|ReadOnlyFileSystem|Read-only file system|AccessDenied|permission denied/i.test(text)) {
    const place = /(?:error path |'|")(\/[^\n'"]+)/.exec(text)?.[1] ?? process.cwd();
    return `'${place}' cannot be written: make a clone in a folder of yours, with a home folder that can be written.`;
  }
  const network =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/.exec(text);
  if (network) {
    return `The package registry does not answer (${network[0]}): check the network, or the setting 'registry' of npm.`;
  }
  if (/spawn npm\S* ENOENT/.test(text)) return "There is no npm on the PATH: install Node with its npm.";
  if (/Failed to (?:find|install) package "@oven|postinstall script was not run/i.test(text)) {
    return "Bun was not installed, although npm was asked for it: allow optional packages and install scripts in npm's settings.";
  }
  return undefined;
}

main(process.argv.slice(2));
