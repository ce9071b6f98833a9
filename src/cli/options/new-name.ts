// Checks the names of new things where a command line makes them. The API takes some of them: Prefect's does.
import { OrchError } from "#lib/errors.ts";

/** As long as a name of a variable may be; longer ones break every list. */
const MOST_LENGTH = 255;

/** `what`: `a profile`. Throws `invalid`, with one sentence that says what is wrong with the name and what would do. */
export function checkNewName(what: string, name: string): void {
  refuse(what, name, faultOf(name) ?? faultOfLetters(name));
}

/** As `checkNewName`, for a tag, which may have any letters: tasks in Python have such ones. */
export function checkNewTag(tag: string): void {
  refuse("a tag", tag, faultOf(tag));
}

/** For a sentence: in one line, and never longer than it. */
export function shownName(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name).slice(1, -1);
}

function refuse(what: string, name: string, fault: string | undefined): void {
  if (fault === undefined) return;
  throw new OrchError("invalid", `'${shownName(name)}' is no name for ${what}: ${fault}.`);
}

/** Undefined where nothing is wrong. */
function faultOf(name: string): string | undefined {
  if (name.length > MOST_LENGTH) return `it has ${name.length} characters, and ${MOST_LENGTH} are the most`;
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name)) return "it has a line break or another control character";
  if (!name.isWellFormed()) return "it has half a character";
  if (name !== name.trim()) return "it begins or ends with a space";
  if (name === "." || name === "..") return "in addresses and paths it means a folder";
  return undefined;
}

function faultOfLetters(name: string): string | undefined {
  if (name.startsWith("-")) return "it would be read as an option; begin with a letter or a digit";
  const [banned] = /[/\\%&<>]/.exec(name) ?? [];
  return banned === undefined ? undefined : `it has '${banned}'; letters, digits, spaces and . _ - : do`;
}
