// Ends the jobs of an agent that was killed: those that do not notice by themselves, because they are too busy or no engine.
// A shell does it, which outlives the agent and needs hardly any memory. It is started by the first job that it is for.
import { parse } from "node:path";
import type { Clock } from "#lib/clock.ts";
import { startTicks } from "#lib/process/process-identity.ts";

/** Shorter jobs are not worth the words: they are over before anybody could look. */
const LONG_JOB_MS = 1_000;

/**
 * Reads `+ GROUP:START` and `- GROUP:START` from its input. When that ends, the agent is gone: engines have the time to report
 * the end of their runs, then what is left is ended. `kill -s`, `--`: the words that every shell knows. A group whose leader
 * has not started at START is another one, which has got the number meanwhile.
 */
const SCRIPT = `groups=" "
while read -r word group; do
  case "$word" in
    +) groups="$groups$group " ;;
    -) case "$groups" in *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;; esac ;;
  esac
done
[ "$groups" = " " ] && exit 0
end() {
  [ "\${2#*:}" = "" ] || { read -r stat < "/proc/\${2%%:*}/stat"; } 2>/dev/null || stat=""
  if [ "$stat" != "" ]; then
    set -- "$1" "$2" \${stat##*) }
    [ "\${2#*:}" = "\${22}" ] || return 0
  fi
  kill -s "$1" -- "-\${2%%:*}" 2>/dev/null
}
sleep "$1"
for group in $groups; do stat=""; end TERM "$group"; done
sleep "$2"
for group in $groups; do stat=""; end KILL "$group"; done
`;

export interface Survivors {
  /** A job whose processes are a group of this id; `ended` resolves when it is over. */
  add(group: number, ended: Promise<unknown>, options?: JobOptions): void;
  /** Jobs that go on then are ended like those of an agent that was killed. */
  close(): void;
}

export interface JobOptions {
  /** Of its leader. Default: startTicks. */
  start?: string;
  /** Also where it is short: it does not notice the end of the agent by itself. */
  atOnce?: boolean;
}

export interface SurvivorOptions {
  clock: Clock;
  /** The agent's own environment. */
  machine: Readonly<Record<string, string | undefined>>;
  /** Until they are asked to end: engines report their runs first. Default 8. */
  askAfterSeconds?: number;
  /** From then until they are ended hard. Default 4. */
  killAfterSeconds?: number;
}

export function createSurvivors(options: SurvivorOptions): Survivors {
  const { clock, machine, askAfterSeconds = 8, killAfterSeconds = 4 } = options;
  let shell: Bun.Subprocess<"pipe", "ignore", "ignore"> | undefined;
  let isClosed = false;

  function tell(words: string): void {
    if (isClosed) return;
    try {
      shell ??= start();
      shell.stdin.write(`${words}\n`);
      shell.stdin.flush();
    } catch {
      isClosed = true; // a machine without a shell: the engines still notice by themselves
    }
  }

  /** Starts the shell in a new session, so that Ctrl-C at the agent's terminal does not reach it. */
  function start() {
    const env = { PATH: machine["PATH"] ?? "/usr/bin:/bin" };
    const options = { env, cwd: parse(process.execPath).root, stdout: "ignore", stderr: "ignore" } as const;
    const command = ["sh", "-c", SCRIPT, "sh", String(askAfterSeconds), String(killAfterSeconds)];
    const started = Bun.spawn(command, { ...options, stdin: "pipe", detached: true });
    started.unref();
    return started;
  }

  return {
    add(group, ended, { start = startTicks(group), atOnce = false } = {}) {
      if (!Number.isSafeInteger(group) || group <= 1) return; // 0 and 1 would mean "all processes"
      const named = `${group}:${start ?? ""}`;
      const note = () => {
        tell(`+ ${named}`);
        void ended.then(() => tell(`- ${named}`));
      };
      if (atOnce) {
        note();
        return;
      }
      const over = new AbortController();
      void ended.then(() => over.abort());
      void clock.sleep(LONG_JOB_MS, over.signal).then(() => {
        if (!over.signal.aborted) note();
      });
    },
    close() {
      shell?.stdin.end();
      isClosed = true;
    },
  };
}
