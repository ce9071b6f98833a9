// Lets user code start scripts with `process.execPath`, as it does in Bun and Node: `fork`, `cluster`, `spawn` and their
// like. The executable is Bun when BUN_BE_BUN is set, so the variable is set for such children, and for them alone.

/** Set in the processes of user code: commands of a shell are recognized too (src/main.ts). */
const SCRIPTS_VARIABLE = "ORCH__RUNS_SCRIPTS";

const PATCHED = Symbol.for("orch.scripts");
/** Flags of the command line of orch itself. */
const OWN_FLAGS = new Set(["--help", "-h", "--version", "-v"]);

/** Commands of Bun that orch does not have. */
const BUN_COMMANDS = new Set([
  ...[
    "add",
    "build",
    "exec",
    "i",
    "install",
    "link",
    "outdated",
    "patch",
    "pm",
    "publish",
    "remove",
    "repl",
    "rm",
    "test",
  ],
  ...["unlink", "update", "x"],
]);

/** Whether the words after the executable are for Bun: a script, flags of Bun or Node, a command of Bun. */
export function isScript([first = ""]: readonly string[]): boolean {
  if (first.startsWith("-")) return !OWN_FLAGS.has(first);
  return BUN_COMMANDS.has(first) || /[\\/]|\.[cm]?[jt]sx?$/.test(first);
}

/** The words and the variables that make the executable run them as Bun. `preload`: a module that scripts load first. */
export function asBun(words: readonly string[], env: NodeJS.ProcessEnv, preload: string | null) {
  return {
    words: [...(preload === null || BUN_COMMANDS.has(words[0] ?? "") ? [] : ["--preload", preload]), ...words],
    env: { ...env, BUN_BE_BUN: "1" } as NodeJS.ProcessEnv,
  };
}

type Options = { cmd?: string[]; env?: NodeJS.ProcessEnv; ipc?: unknown; stdio?: unknown };
type Spawn = (first: string[] | Options, second?: Options) => unknown;

/** All that starts processes in Bun and in its `node:child_process` goes through these two. */
export function runScriptsAsBun(preload: () => string | null): void {
  if (PATCHED in Bun.spawn) return;
  process.env[SCRIPTS_VARIABLE] = "1";
  const patched = (plain: Spawn): Spawn =>
    Object.assign(
      (first: string[] | Options, second?: Options) => {
        const options = (Array.isArray(first) ? second : first) ?? {};
        const [command, ...words] = (Array.isArray(first) ? first : first.cmd) ?? [];
        // Bun's own default is the environment that the process began with: BUN_BE_BUN is still in that of a script.
        const env = options.env ?? process.env;
        if (command === undefined) return plain(first, second); // Bun says what is wrong
        const isOwn = command === process.execPath && (talks(options) || isScript(words));
        const child = isOwn ? asBun(words, env, preload()) : { words, env };
        return plain({ ...options, cmd: [command, ...child.words], env: child.env });
      },
      { [PATCHED]: true },
    );
  Object.assign(Bun, {
    spawn: patched(Bun.spawn as unknown as Spawn), // both have one type for each form of their arguments
    spawnSync: patched(Bun.spawnSync as unknown as Spawn),
  });
}

/** Commands of orch speak no IPC. */
function talks({ ipc, stdio }: Options): boolean {
  return ipc !== undefined || (Array.isArray(stdio) && stdio.includes("ipc"));
}
