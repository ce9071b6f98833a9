// A deployment file that is built again: what changed is rewritten, everything else stays as its owner left it, with
// comments, order and spelling.
import { isDeepStrictEqual } from "node:util";
import type { Node, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { EDITABLE, fieldText, fileValue, headerOf, LINE, layoutOf, QUEUE_COMMENT } from "#domain/deployment-file.ts";
import { branchesOf, itemSchema, keySchema } from "#domain/parameters/json-schema.ts";
import { meant, type Typed } from "#domain/parameters/typed-values.ts";
import { numberText } from "#domain/yaml-text.ts";
import { meansSomethingElse, typedWord } from "#domain/yaml-values.ts";
import { isExact, isObject, type Json, type JsonObject, objectOf, textOfJson } from "#lib/json.ts";
import { parseFields } from "./deployment-file.ts";
import { fieldSchema } from "./file-values.ts";
import { yaml } from "./yaml-library.ts";

/** One field of the file: the comments and empty lines before it, and its own lines. */
interface Chunk {
  key: string;
  lead: string;
  body: string;
}

/** Throws `invalid` with a sentence when the earlier text is no deployment file. */
export function rebuiltDeploymentFile(earlier: string, path: string, spec: DeploymentSpec): string {
  const before = parseFields(earlier, path);
  const { above, below } = layoutOf(spec);
  const wanted = [...above, ...below];
  const { chunks, tail } = chunksOf(earlier);
  const kept = chunks.filter((chunk) => wanted.some((key) => key === chunk.key));
  for (const chunk of kept) {
    const key = chunk.key as keyof DeploymentSpec; // one of the wanted
    const value = fileValue(spec, key);
    if (isDeepStrictEqual(before[key], value)) continue;
    const parameters = objectOf(spec.parameter_openapi_schema);
    const type = { schema: fieldSchema(key, value, parameters), definitions: objectOf(parameters["definitions"]) };
    chunk.body = chunk.body.includes("#")
      ? changedInPlace(chunk.body, value, fieldText(spec, key), type)
      : fieldText(spec, key);
  }
  settle(kept, above.includes("infrastructure"));
  for (const [index, key] of wanted.entries()) {
    if (kept.some((chunk) => chunk.key === key)) continue;
    if (isAbsent(fileValue(spec, key)) && EDITABLE.some((editable) => editable === key)) continue; // left out on purpose
    const place = kept.findLastIndex((chunk) => wanted.slice(0, index).some((earlierKey) => earlierKey === chunk.key));
    const lead = key === "work_queue_name" ? QUEUE_COMMENT : "";
    kept.splice(place + 1, 0, { key, lead, body: fieldText(spec, key) });
  }
  const text = kept.map(({ lead, body }) => lead + (body.endsWith("\n") ? body : `${body}\n`)).join("") + tail;
  return text.replace(/^### A complete description of a Prefect Deployment for flow .*$/m, headerOf(spec).trimEnd());
}

/** Comments at the margin belong to the field that follows; what follows none is the tail. */
function chunksOf(text: string): { chunks: Chunk[]; tail: string } {
  const { contents } = yaml.parseDocument(text, { schema: "failsafe" });
  if (!yaml.isMap(contents)) return { chunks: [], tail: "" };
  const keys = contents.items.map(({ key }) => key as Scalar<string>); // parsed with `failsafe`: keys are text
  const starts = keys.map((key) => text.lastIndexOf("\n", key.range?.[0] ?? 0) + 1);
  const leads = starts.map((start, index) => leadStart(text, start, index > 0 ? (starts[index - 1] ?? 0) : 0));
  const tailStart = leadStart(text, text.length, starts.at(-1) ?? 0);
  const chunks = keys.map((key, index) => ({
    key: key.value,
    lead: text.slice(leads[index], starts[index]),
    body: text.slice(starts[index], leads[index + 1] ?? tailStart),
  }));
  return { chunks, tail: text.slice(tailStart) };
}

/** Where the comments and empty lines before `end` begin. */
function leadStart(text: string, end: number, least: number): number {
  let start = end;
  while (start > least) {
    const line = text.lastIndexOf("\n", start - 2) + 1;
    if (line <= least && least > 0) break;
    const words = text.slice(line, start);
    if (words.trim() !== "" && !words.startsWith("#")) break;
    start = line;
  }
  return start;
}

/** A saved block stands below the line, a block of the file's own above it. */
function settle(chunks: Chunk[], belongsAbove: boolean): void {
  const at = chunks.findIndex(({ key }) => key === "infrastructure");
  const line = chunks.findIndex(({ lead }) => lead.includes(LINE.trim()));
  const [chunk] = at < 0 || line < 0 || at < line === belongsAbove ? [] : chunks.splice(at, 1);
  if (!chunk) return;
  if (at === line) {
    const next = chunks[at];
    if (next) [next.lead, chunk.lead] = [chunk.lead + next.lead, ""];
  }
  const before = belongsAbove ? ["infra_overrides", "is_schedule_active"] : ["manifest_path", "flow_name"];
  const place = Math.max(...before.map((key) => chunks.findIndex((other) => other.key === key)));
  chunks.splice(place + 1, 0, chunk);
}

function isAbsent(value: Json): boolean {
  return value === null || ((Array.isArray(value) || isObject(value)) && Object.keys(value).length === 0);
}

/**
 * The field's lines with the new value laid into them, so that the comments within stay. Where they cannot, because
 * nothing is left to hold them, they are put before the field.
 */
function changedInPlace(body: string, value: Json, anew: string, type: Type): string {
  const document = yaml.parseDocument(body, { schema: "failsafe" });
  const comments = commentsOf(document);
  const field = yaml.isMap(document.contents) ? document.contents.items[0] : undefined;
  if (field && !isAbsent(value)) {
    field.value = merged(field.value, value, type) as typeof field.value; // it is printed next, and never asked for its place
    const text = document.toString({ indentSeq: false, lineWidth: 0, singleQuote: true, flowCollectionPadding: false });
    const again = yaml.parseDocument(text, { schema: "failsafe" });
    const read = yaml.isMap(again.contents) ? nodeValue(again.contents.items[0]?.value ?? null, type) : undefined;
    if (again.errors.length === 0 && isDeepStrictEqual(read, value)) return text;
  }
  return comments.map((line) => `#${line}\n`).join("") + anew;
}

function commentsOf(document: ReturnType<typeof yaml.parseDocument>): string[] {
  const found: string[] = [];
  yaml.visit(document, {
    Node(_, { commentBefore, comment }) {
      found.push(...[commentBefore, comment].flatMap((text) => text?.split("\n") ?? []));
    },
  });
  return found;
}

/** What a node may be, by which its words are read. */
interface Type {
  schema: JsonObject;
  definitions: JsonObject;
}

function merged(node: Node | null, value: Json, type: Type): Node {
  if (yaml.isMap(node) && isObject(value)) return mergedMap(node, value, type);
  if (yaml.isSeq(node) && Array.isArray(value)) return mergedList(node, value, type);
  if (yaml.isScalar(node) && isDeepStrictEqual(nodeValue(node, type), value)) return node;
  const made = nodeOf(value);
  if (node?.comment && !yaml.isCollection(made)) made.comment = node.comment;
  if (node?.commentBefore) made.commentBefore = node.commentBefore;
  return made;
}

function mergedMap(node: YAMLMap, value: JsonObject, { schema, definitions }: Type): Node {
  const names = new Set(Object.keys(value));
  const branches = branchesOf(schema, definitions);
  node.items = node.items.filter(({ key }) => names.has(String(key)));
  for (const [name, item] of Object.entries(value)) {
    const pair = node.items.find(({ key }) => String(key) === name);
    if (pair)
      pair.value = merged(pair.value as Node | null, item, { schema: keySchema(branches, name), definitions }); // what was parsed is made of nodes
    else node.items.push(new yaml.Pair(textNode(name), nodeOf(item)));
  }
  node.flow = node.flow === true && node.items.length > 0;
  return node;
}

/** Items that stay keep their comments wherever they move. */
function mergedList(node: YAMLSeq, value: readonly Json[], { schema, definitions }: Type): Node {
  const left = [...node.items] as Node[]; // as above
  const branches = branchesOf(schema, definitions);
  node.items = value.map((item, index) => {
    const type = { schema: itemSchema(branches, index), definitions };
    const at = left.findIndex((old) => isDeepStrictEqual(nodeValue(old, type), item));
    return at < 0 ? nodeOf(item) : left.splice(at, 1)[0];
  });
  return node;
}

function nodeValue(node: Node | null, { schema, definitions }: Type): Json {
  return meant(typedOf(node), schema, definitions);
}

function typedOf(node: Node | null): Typed {
  if (yaml.isMap(node))
    return Object.fromEntries(node.items.map(({ key, value }) => [String(key), typedOf(value as Node)])); // as above
  if (yaml.isSeq(node)) return node.items.map((item) => typedOf(item as Node)); // as above
  if (!yaml.isScalar(node)) return null;
  const text = String(node.value ?? "");
  return node.type === "PLAIN" ? typedWord(text) : text;
}

function nodeOf(value: Json): Node {
  if (Array.isArray(value)) {
    const list = new yaml.YAMLSeq();
    list.items = value.map(nodeOf);
    list.flow = value.length === 0;
    return list;
  }
  if (isObject(value)) {
    const map = new yaml.YAMLMap();
    map.items = Object.entries(value).map(([name, item]) => new yaml.Pair(textNode(name), nodeOf(item)));
    map.flow = map.items.length === 0;
    return map;
  }
  if (typeof value === "string") return textNode(value);
  const isNumber = typeof value === "number" || isExact(value);
  return new yaml.Scalar(isNumber ? numberText(textOfJson(value)) : String(value));
}

function textNode(text: string): Scalar {
  const node = new yaml.Scalar(text);
  if (meansSomethingElse(text)) node.type = "QUOTE_SINGLE";
  else if (text.includes("\n")) node.type = "BLOCK_LITERAL";
  return node;
}
