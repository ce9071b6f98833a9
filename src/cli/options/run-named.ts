// Finds the run that a word on the command line means: an id, the beginning of an id, a name, or `last`.
import { OrchError } from "#lib/errors.ts";
import { parseId } from "#lib/ids.ts";
import { didYouMean } from "#lib/text/nearest.ts";

/** Fewer digits name too many runs. */
const FEWEST_DIGITS = 4;
/** So many ids a sentence names. */
const MOST_NAMED = 5;

interface Run {
  id: string;
  name: string;
}

/** The calls that find runs of one kind, and the words for them. */
export interface RunKind<T extends Run> {
  /** `Flow run`, at the beginning of a sentence. */
  what: string;
  /** The command that lists them. */
  list: string;
  /** Throws `not_found`. */
  byId(id: string): Promise<T>;
  byName(name: string): Promise<T[]>;
  /** Those whose ids begin so. A server that cannot tell may return others too. */
  byBeginning(start: string): Promise<T[]>;
  last(): Promise<T | undefined>;
  recentNames(): Promise<string[]>;
}

/** Throws `not_found` when there is none, `invalid` when there are several, with the ids to choose from. */
export async function runNamed<T extends Run>(text: string, kind: RunKind<T>): Promise<T> {
  const id = parseId(text);
  if (id !== null) return kind.byId(id);
  if (text === "last") {
    const last = await kind.last();
    if (last) return last;
    throw new OrchError("not_found", `There is no ${kind.what.toLowerCase()} yet.`);
  }
  const named = await kind.byName(text);
  const start = named.length > 0 ? undefined : beginningOfId(text);
  const found = start === undefined ? named : (await kind.byBeginning(start)).filter((run) => run.id.startsWith(start));
  const [only] = found;
  if (only && found.length === 1) return only;
  if (only) throw new OrchError("invalid", ambiguous(text, found, kind.what, start !== undefined));
  const hint = didYouMean(text, await kind.recentNames()) || ` '${kind.list}' lists the latest ones.`;
  throw new OrchError("not_found", `${kind.what} '${text}' not found!${hint}`);
}

/** `01a20946350f7` and `01a20946-350f-7` to the latter; undefined for what begins no id. */
function beginningOfId(text: string): string | undefined {
  const digits = text.replaceAll("-", "").toLowerCase();
  if (!/^[0-9a-f]+$/.test(digits) || digits.length < FEWEST_DIGITS || digits.length > 32) return undefined;
  const groups = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ];
  return groups.filter((group) => group !== "").join("-");
}

function ambiguous(text: string, found: readonly Run[], what: string, isId: boolean): string {
  const shown = found.slice(0, MOST_NAMED).map(({ id, name }) => (isId ? `${id} (${name})` : id));
  const more = found.length > MOST_NAMED ? ` and ${found.length - MOST_NAMED} more` : "";
  const why = isId ? `have ids that begin with '${text}'` : `are named '${text}'`;
  return `${found.length} ${what.toLowerCase()}s ${why}: ${shown.join(", ")}${more}. Name one by its id.`;
}
