// Runs smbclient, which speaks SMB for us. What is asked for while it is busy goes to the next one together: a connection for
// each of many small files would take most of the time.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { PRIVATE_FILE } from "#lib/files/private.ts";
import { newId } from "#lib/ids.ts";
import type { Environment } from "#lib/process/environment.ts";
import { loadExeca } from "../execa.ts";
import { TryAgain } from "../file-store.ts";
import { textOf } from "./commands.ts";
import { type Attempted, failureOf } from "./failures.ts";
import type { SmbOptions } from "./options.ts";

/** So many of them at the same time. */
const LANES = 3;
const MOST_TOGETHER = 16;

export interface SmbClient {
  /**
   * What smbclient prints for these lines, one character for each byte. A failure of one command is in the text. Throws
   * `TryAgain` where it did not come to its end, and as `failureOf` where there is no connection.
   */
  run(lines: readonly string[], attempted: Attempted, signal?: AbortSignal): Promise<string>;
}

interface Asked {
  lines: readonly string[];
  attempted: Attempted;
  signal: AbortSignal | undefined;
  done: PromiseWithResolvers<string>;
}

export function smbClient(options: SmbOptions, env: Environment): SmbClient {
  const waiting: Asked[] = [];
  let busy = 0;
  return {
    run(lines, attempted, signal) {
      const done = Promise.withResolvers<string>();
      waiting.push({ lines, attempted, signal, done });
      // What is asked for in the same moment goes together.
      setImmediate(begin);
      return done.promise;
    },
  };

  function begin(): void {
    if (busy === LANES || waiting.length === 0) return;
    busy += 1;
    const together = waiting.splice(0, MOST_TOGETHER);
    runTogether(together)
      .catch((error) => {
        for (const { done } of together) done.reject(error);
      })
      .finally(() => {
        busy -= 1;
        begin();
      });
  }

  async function runTogether(together: readonly Asked[]): Promise<void> {
    const mark = `end-${newId()}`;
    const ends = together.map((_, index) => `${mark}-${index}: command not found\n`);
    const script = together.flatMap(({ lines }, index) => [...lines, `${mark}-${index}`]);
    const signals = together.flatMap(({ signal }) => (signal ? [signal] : []));
    const output = await outputOf(`${script.join("\n")}\n`, AbortSignal.any(signals));
    let rest = output;
    for (const [index, { attempted, signal, done }] of together.entries()) {
      const end = rest.indexOf(ends[index] ?? "");
      if (end >= 0) {
        done.resolve(rest.slice(0, end));
        rest = rest.slice(end + (ends[index] ?? "").length);
      } else if (signal?.aborted) done.reject(signal.reason);
      else done.reject(noAnswer(textOf(rest), attempted));
    }
  }

  function noAnswer(output: string, attempted: Attempted): Error {
    const found = failureOf(output, attempted);
    if (found) return found;
    return new TryAgain(`The connection to '${attempted.server}' ended in the middle of '${attempted.location}'.`);
  }

  async function outputOf(script: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const path = env["PATH"] ?? "";
    const program = Bun.which("smbclient", { PATH: path });
    if (program === null) {
      const how = "Install it: 'apt-get install smbclient' on Debian and Ubuntu, 'brew install samba' on macOS.";
      throw new OrchError("invalid", `Shares are reached by the program smbclient, which is not on the PATH. ${how}`);
    }
    const folder = await mkdtemp(join(tmpdir(), "orch-smb-"));
    try {
      const words = argumentsOf(options, await userFile(options, folder));
      const { stderr } = await loadExeca()(program, words, {
        ...{ input: script, stdout: "ignore", encoding: "latin1", stripFinalNewline: false },
        ...{ env: environmentOf(options, env), extendEnv: false, cancelSignal: signal, reject: false },
      });
      return stderr;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/**
 * The file that names the user: a name from the environment would be a guess, after which smbclient tries to be a guest.
 * Null where the block has none.
 */
async function userFile({ user, domain }: SmbOptions, folder: string): Promise<string | null> {
  if (user === undefined) return null;
  const place = join(folder, "user");
  const lines = [`username = ${user}`, ...(domain === undefined ? [] : [`domain = ${domain}`])];
  await writeFile(place, `${lines.join("\n")}\n`, { mode: PRIVATE_FILE });
  return place;
}

/** All that it prints goes to its stderr, in order. */
function argumentsOf({ host, port, share, password, isEncrypted }: SmbOptions, users: string | null): string[] {
  return [
    ...[`//${host}/${share}`, "--quiet", "--stderr", "--debuglevel=1"],
    ...(port === undefined ? [] : [`--port=${port}`]),
    ...(isEncrypted ? ["--client-protection=encrypt"] : []),
    ...(users === null ? [] : [`--authentication-file=${users}`]),
    // It would ask for one at the terminal.
    ...(users === null || password === undefined ? ["--no-pass"] : []),
  ];
}

/** Arguments are for all to see; the environment of a process is its user's alone. From a file, blanks at the ends were lost. */
function environmentOf({ user, password }: SmbOptions, env: Environment): Record<string, string | undefined> {
  const { PASSWD_FD: _, PASSWD_FILE: __, PASSWD: ___, ...kept } = env;
  const secret = user === undefined || password === undefined ? {} : { PASSWD: password };
  return { ...kept, LC_ALL: "C.UTF-8", ...secret };
}
