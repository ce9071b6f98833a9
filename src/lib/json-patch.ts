// Applies a JSON patch (RFC 6902) to a document.
import { OrchError } from "./errors.ts";
import { copyJson, isObject, type Json, type JsonObject, textOfJson } from "./json.ts";
import { own, setOwn } from "./own.ts";

type Holder = Json[] | JsonObject;

/** The changed copy. Throws `invalid` with a sentence that names the operation. `what`: what the patch is called, for people. */
export function patched(document: Json, patch: readonly Json[], what = "The patch"): Json {
  // In a list, so that the whole document is a place like any other.
  const root: Json[] = [copyJson(document)];
  for (const [index, operation] of patch.entries()) {
    try {
      apply(root, operation);
    } catch (error) {
      if (!(error instanceof OrchError)) throw error;
      throw new OrchError("invalid", `${what} cannot be applied: operation ${index + 1} ${error.message}`);
    }
  }
  return root[0] ?? null;
}

function apply(root: Json[], operation: Json): void {
  if (!isObject(operation)) throw wrong("is not an object with op and path.");
  const { op, path, from, value } = operation;
  const to = pointer(path, "path");
  const needValue = (): Json => {
    if (value === undefined) throw wrong(`(${textOfJson(op)} ${textOfJson(path)}) has no value.`);
    return copyJson(value);
  };
  switch (op) {
    case "add":
      add(root, to, needValue());
      break;
    case "remove":
      remove(root, to);
      break;
    case "replace": {
      const wanted = needValue();
      read(root, to);
      replace(root, to, wanted);
      break;
    }
    case "copy":
      add(root, to, copyJson(read(root, pointer(from, "from"))));
      break;
    case "move": {
      const source = pointer(from, "from");
      if (to.length > source.length && source.every((word, index) => word === to[index])) {
        throw wrong(`(move ${textOfJson(from)}) would move a value into itself.`);
      }
      add(root, to, remove(root, source));
      break;
    }
    case "test":
      if (Bun.deepEquals(read(root, to), needValue(), true)) break;
      throw wrong(`(test ${textOfJson(path)}) finds another value there.`);
    default:
      throw wrong(`has op '${textOfJson(op)}': give add, remove, replace, move, copy or test.`);
  }
}

/** `/a/b~1c` is `a`, then `b/c`. The first word is the place of the document itself. */
function pointer(text: Json | undefined, field: string): string[] {
  if (typeof text !== "string" || (text !== "" && !text.startsWith("/"))) {
    throw wrong(`needs a '${field}' such as /spec/template, not '${textOfJson(text ?? null)}'.`);
  }
  const words = text.split("/").slice(1);
  return ["0", ...words.map((word) => word.replaceAll("~1", "/").replaceAll("~0", "~"))];
}

/** What holds the place that the words lead to. */
function holderOf(root: Json[], words: readonly string[]): [holder: Holder, key: string] {
  let holder: Json = root;
  for (const word of words.slice(0, -1)) holder = child(holder, word, words);
  if (!Array.isArray(holder) && !isObject(holder)) throw missing(words);
  return [holder as Holder, words.at(-1) ?? ""]; // JSON holds JSON
}

function child(holder: Json, word: string, words: readonly string[]): Json {
  const found = Array.isArray(holder)
    ? holder[indexIn(holder, word, words, 0)]
    : isObject(holder)
      ? own(holder, word)
      : undefined;
  if (found === undefined) throw missing(words);
  return found;
}

/** `beyond`: 1 where the place after the last is one too. */
function indexIn(list: readonly Json[], word: string, words: readonly string[], beyond: 0 | 1): number {
  if (beyond === 1 && word === "-") return list.length;
  const index = /^(?:0|[1-9]\d*)$/.test(word) ? Number(word) : Number.NaN;
  if (index < list.length + beyond) return index;
  throw missing(words);
}

function read(root: Json[], words: readonly string[]): Json {
  const [holder, key] = holderOf(root, words);
  return child(holder, key, words);
}

function add(root: Json[], words: readonly string[], value: Json): void {
  const [holder, key] = holderOf(root, words);
  if (holder === root) root[0] = value;
  else if (Array.isArray(holder)) holder.splice(indexIn(holder, key, words, 1), 0, value);
  else setOwn(holder, key, value);
}

function replace(root: Json[], words: readonly string[], value: Json): void {
  const [holder, key] = holderOf(root, words);
  if (Array.isArray(holder)) holder[Number(key)] = value;
  else setOwn(holder, key, value);
}

function remove(root: Json[], words: readonly string[]): Json {
  const [holder, key] = holderOf(root, words);
  const found = child(holder, key, words);
  if (holder === root) root[0] = null;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  return found;
}

function missing(words: readonly string[]): OrchError {
  return wrong(`leads to '/${words.slice(1).join("/")}', and there is no such place.`);
}

function wrong(words: string): OrchError {
  return new OrchError("invalid", words);
}
