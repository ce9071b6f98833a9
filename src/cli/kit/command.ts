// What a command is: declared options, from which the help is drawn, and a function. Nothing here is loaded
// until a command is run, so that `orch --version` and a run's engine start in milliseconds.
import type { LoadedSettings } from "#settings/load.ts";
import type { Layout } from "../terminal/layout.ts";

/** An option or a positional argument; `multiple` may be given more than once, `choices` are all that may be given. */
export interface OptionDef {
  type: "boolean" | "string" | "positional";
  description?: string;
  /** Other names, without their dashes. */
  alias?: string | readonly string[];
  default?: boolean | string;
  required?: boolean;
  multiple?: boolean;
  choices?: readonly string[];
  /** An empty text is a value too, as of a description. Default: it is refused, as a script's variable that was not set. */
  mayBeEmpty?: boolean;
  /** What is made under the name that is given, such as `folder`: the word of a command is refused, as it was meant for one. */
  makes?: string;
}
export type OptionsDef = Record<string, OptionDef>;

export type Values<A extends OptionsDef> = {
  [Name in keyof A]: A[Name] extends { type: "boolean" }
    ? boolean
    : A[Name] extends { multiple: true }
      ? string[]
      : A[Name] extends { type: "positional"; required: true }
        ? string
        : string | undefined;
};

/** Colours by what they say; plain text where no person sees them. `busy` is what goes on now, `faint` what matters least. */
export type Paint = Record<"good" | "bad" | "warn" | "busy" | "faint", (text: string) => string>;

/** Where a command reads and writes; tests hand in their own. */
export interface Io {
  /** Prints one line for people. On a terminal each further line of the text begins with `  | `, so that it cannot pose as a line of orch. */
  out(line: string | Layout): void;
  err(line: string | Layout): void;
  /** Prints many and waits for their reader. Resolves to false when it reads no more: then nothing else need be printed. */
  write(lines: readonly (string | Layout)[]): Promise<boolean>;
  /** Rewrites the last line, for progress; does nothing without a terminal. */
  progress(line: string): void;
  env: Record<string, string | undefined>;
  cwd: string;
  columns: number;
  isTerminal: boolean;
  paint: Paint;
  /** All of standard input. Throws `invalid` for what is no text, or too much of it. */
  stdin(): Promise<string>;
  /** True where a person sits at the keyboard and sees what is asked. */
  isAttended: boolean;
  /** Asks for a text that is not shown as it is typed; only where `isAttended`. Throws `invalid` when the person gives up. */
  askSecret(question: string): Promise<string>;
  /** Asks a person yes or no. Undefined where there is no person to ask, as in a script. */
  confirm(question: string): Promise<boolean | undefined>;
  /** Whether something that was printed did not arrive, as on a full disk. A reader that reads no more lost nothing. */
  hasLostOutput(): boolean;
}

export interface Invocation<A extends OptionsDef> {
  options: Values<A>;
  io: Io;
  loaded: LoadedSettings;
}

export interface Command<A extends OptionsDef = OptionsDef> {
  description: string;
  options: A;
  /** Lines that people can copy. */
  examples?: readonly string[];
  /** All words are for another program: none is an option of orch, but `--help` as the first one. */
  passesWords?: true;
  /** Runs although a value of the profile cannot be read; with `all`, whatever is wrong with the settings. */
  mendsSettings?: true | "all";
  /** The exit code; 0 when nothing is returned. */
  run(invocation: Invocation<A>): Promise<number | void>;
}

export function command<const A extends OptionsDef>(definition: Command<A>): Command<A> {
  return definition;
}

/** Loads a command: when it is called, or its own help page is shown. */
export type Load = () => Promise<AnyCommand>;

/** A command of any options. */
export type AnyCommand = Command<never> | Command;

export interface Group {
  description: string;
  commands: Record<string, Load>;
  /** The command meant when options come instead of a name: `orch agent -q test`. */
  fallback?: string;
  /** Other names, not shown. */
  aliases?: readonly string[];
}

/** A wrong way to call a command: exit code 2. */
export class UsageError extends Error {}

/** A word more than the command takes. */
export class UnexpectedArgument extends UsageError {
  readonly word: string;

  constructor(word: string) {
    super(`Got unexpected argument '${word}'.`);
    this.word = word;
  }
}

/** Every list and inspect command has it. */
export const JSON_OPTION = { json: { type: "boolean", description: "Print JSON, for scripts." } } as const;

/** Of commands that print tables. */
export const LIST_OPTIONS = {
  wide: { type: "boolean", description: "Print full ids and long lines, even if they do not fit the terminal." },
  ...JSON_OPTION,
} as const;
