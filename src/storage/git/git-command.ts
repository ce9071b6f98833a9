// Runs git for one repository: without questions, with its credentials in the environment, and with git's own words for
// what fails.
import { OrchError } from "#lib/errors.ts";
import { visibleLine } from "#lib/text/visible.ts";
import { loadExeca } from "../execa.ts";
import { TryAgain } from "../file-store.ts";
import type { GitRemote } from "./git-remote.ts";

/** Runs a command in a folder and returns its output. Throws `TryAgain` for what may work in a moment, else `GitFailure`. */
export type Git = (folder: string, ...args: string[]) => Promise<string>;

/** `invalid`, with a sentence for people. */
export class GitFailure extends OrchError {
  /** All of what git wrote, without secrets. */
  readonly words: string;

  constructor(words: string) {
    super("invalid", `Failed to pull from remote: ${inOneLine(words)}`);
    this.words = words;
  }
}

const LONGEST_MESSAGE = 1000;
const STALLED_SECONDS = 60;

/** Variables of the user's shell or of a hook that would lead git to another repository. */
const MISLEADING = [
  ...["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_CONFIG"],
  ...["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE"],
  ...["GIT_NO_LAZY_FETCH", "GIT_LITERAL_PATHSPECS", "GIT_DEFAULT_HASH", "GIT_TEMPLATE_DIR"],
];

/** Settings that neither the user's nor the system's configuration may change. */
const SETTINGS = [
  ...["gc.auto=0", "maintenance.auto=false", "submodule.recurse=false", "fetch.recurseSubmodules=false"],
  ...["advice.detachedHead=false", "credential.interactive=false"],
  ...["http.lowSpeedLimit=1", `http.lowSpeedTime=${STALLED_SECONDS}`],
];

/** Ends instead of asking for a password or a host's key, and where nothing answers. */
const SSH = [
  `core.sshCommand=\${GIT_SSH:-ssh} -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=15`,
  "ssh.variant=ssh",
];

/** Prints what the environment holds. The shell's own `printf`: a program would show its arguments to others. */
const HELPER = `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$ORCH_GIT_USERNAME" "$ORCH_GIT_PASSWORD"; }; f`;

/** What a server that is away, busy or cut off makes git say. */
const PASSING = new RegExp(
  [
    ...["could not resolve host", "couldn't connect", "failed to connect", "connection (reset|refused|timed out)"],
    ...["the requested URL returned error: (429|5\\d\\d)", "HTTP (429|5\\d\\d)", "early EOF", "unexpected disconnect"],
    ...["expected 'packfile'", "RPC failed", "bytes of (body|length header)", "invalid index-pack output"],
    ...["the remote end hung up unexpectedly", "operation (too slow|timed out)", "transfer closed", "empty reply"],
  ].join("|"),
  "i",
);

export async function gitFor(remote: GitRemote, signal?: AbortSignal): Promise<Git> {
  const execa = loadExeca();
  const { credentials } = remote;
  const env: Record<string, string | undefined> = {
    ...Object.fromEntries(MISLEADING.map((name) => [name, undefined])),
    LC_ALL: "C", // its words are read here
    LANGUAGE: "",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: remote.protocols.join(":"),
    SSH_ASKPASS_REQUIRE: "never",
  };
  const settings = [...SETTINGS];
  if (credentials) {
    Object.assign(env, { GIT_ASKPASS: "", SSH_ASKPASS: "" });
    Object.assign(env, { ORCH_GIT_USERNAME: credentials.username, ORCH_GIT_PASSWORD: credentials.password });
    // The empty one takes away the user's. git asks for the server by name, so another one gets nothing.
    settings.push("credential.helper=", `credential.${credentials.origin}.helper=${HELPER}`);
  }
  // What the user has configured for ssh is theirs to choose; the variable GIT_SSH_COMMAND goes before all of it.
  if ((await run("config", "--get", "core.sshCommand")).failed) settings.push(...SSH);
  const options = settings.flatMap((setting) => ["-c", setting]);

  return async (folder, ...args) => {
    const ended = await run("-C", folder, ...options, ...args);
    if (!ended.failed) return ended.stdout;
    const words = withoutSecrets(ended.stderr || (ended.shortMessage ?? ""), remote.secrets);
    const failure = new GitFailure(words);
    throw PASSING.test(words) ? new TryAgain(failure.message, { cause: failure }) : failure;
  };

  async function run(...args: string[]) {
    signal?.throwIfAborted();
    // In a group that ends as one: git does not end the programs that it has started for it.
    const child = execa("git", args, { env, stdin: "ignore", reject: false, detached: true });
    const end = () => endGroup(child.pid);
    signal?.addEventListener("abort", end);
    process.once("exit", end);
    const ended = await child;
    signal?.removeEventListener("abort", end);
    process.off("exit", end);
    signal?.throwIfAborted();
    if (ended.code !== "ENOENT") return ended;
    throw new OrchError("invalid", "git is not on the PATH of this machine: install it to use code from repositories.");
  }
}

/** Kills the group at once: its folder is removed next, and nothing may write there by then. */
function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL");
  } catch {
    // The group has just ended.
  }
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  const texts = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]).filter((secret) => secret !== "");
  return texts.toSorted((a, b) => b.length - a.length).reduce((shown, secret) => shown.replaceAll(secret, "***"), text);
}

function inOneLine(words: string): string {
  const lines = words
    .split(/[\r\n]+/)
    .filter((line) => !/^\s*$|^Cloning into|^warning: (redirecting|Could not find)/.test(line));
  return visibleLine(
    lines
      .map((line) => line.trim())
      .join(" ")
      .slice(0, LONGEST_MESSAGE),
  );
}
