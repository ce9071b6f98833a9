// Asks a question on one line without any code of the terminal: for TERM=dumb, and for people who want no colours.
import { visibleLine } from "#lib/text/visible.ts";
import { wantsColours } from "./colours.ts";

/** True where a question may neither be coloured nor drawn again. */
export function asksPlainly(env: Record<string, string | undefined>): boolean {
  return env["TERM"] === "dumb" || !wantsColours(env, true);
}

/** What was typed so far, and how it ended: `rest` are the keys after the line break. */
export interface Typed {
  line: string;
  end?: "entered" | "given up";
  rest: string;
}

const CTRL_C = "\x03";
const CTRL_D = "\x04";
const CTRL_U = "\x15";
const ESCAPE = "\x1b";
/** What arrow and function keys send. */
const KEYS_WITHOUT_TEXT = new RegExp(`${ESCAPE}(?:\\[[\\d;]*[A-Za-z~]|O[A-Z]|)`, "g");

/**
 * Adds keys to a line as the driver of a terminal does: Backspace and Ctrl-U delete, Return enters, Ctrl-C and, in an empty line,
 * Ctrl-D give up.
 *
 * @example
 * typeInto("ab", "\x7fc\r"); // { line: "ac", end: "entered", rest: "" }
 */
export function typeInto(before: string, keys: string): Typed {
  let letters = [...before];
  const typed = [...keys.replace(KEYS_WITHOUT_TEXT, "")];
  for (const [index, key] of typed.entries()) {
    const rest = typed.slice(index + 1).join("");
    if (key === "\r" || key === "\n") return { line: letters.join(""), end: "entered", rest };
    if (key === CTRL_C || (key === CTRL_D && letters.length === 0)) return { line: "", end: "given up", rest };
    if (key === "\x7f" || key === "\b") letters.pop();
    else if (key === CTRL_U) letters = [];
    else if (key >= " " || key === "\t") letters.push(key);
  }
  return { line: letters.join(""), rest: "" };
}

/** The line that is typed, not shown when it `isHidden`; undefined when the person gives up by Ctrl-C or Ctrl-D. */
export async function askLine(
  question: string,
  { output, isHidden }: { output: NodeJS.WriteStream; isHidden: boolean },
): Promise<string | undefined> {
  const { stdin } = process;
  const answer = Promise.withResolvers<string | undefined>();
  const decoder = new TextDecoder();
  let line = "";
  const onKeys = (chunk: Buffer) => {
    const typed = typeInto(line, decoder.decode(chunk, { stream: true }));
    line = typed.line;
    if (typed.end === undefined) return;
    stdin.pause();
    if (typed.rest !== "") stdin.unshift(Buffer.from(typed.rest)); // the answer to the next question
    answer.resolve(typed.end === "entered" ? line : undefined);
  };
  const giveUp = () => answer.resolve(undefined);
  // Without the driver's line nothing is echoed, and Ctrl-C comes as a key.
  if (isHidden) stdin.setRawMode(true);
  stdin.on("data", onKeys).once("end", giveUp);
  process.once("SIGINT", giveUp);
  try {
    stdin.resume();
    output.write(`${visibleLine(question)} `); // now: who reads it may answer at once
    const given = await answer.promise;
    if (isHidden || given === undefined) output.write("\n");
    return given;
  } finally {
    process.off("SIGINT", giveUp);
    stdin.off("data", onKeys).off("end", giveUp).pause();
    if (isHidden) stdin.setRawMode(false);
  }
}
