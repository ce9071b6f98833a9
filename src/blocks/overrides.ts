// A deployment's `infra_overrides`: each names a field of the infrastructure by a path of dots, and is read as that field's
// kind of value.
import { OrchError } from "#lib/errors.ts";
import { copyJson, isObject, type Json, type JsonObject, objectOf, tryParseJson } from "#lib/json.ts";
import { type FieldSchema, isTextMapping, readFieldValue, resolved } from "./field-values.ts";

export interface OverrideTarget {
  /** For people: `process`, or `work pool 'x'`. */
  name: string;
  fields: FieldSchema;
  /** What the fields hold without the overrides. */
  data: JsonObject;
  /** What fields hold that saved blocks leave out. */
  usual?: JsonObject;
  /** A field that there is not is left alone, as Prefect 2.10.4 does when a run starts. Default: it is refused. */
  lax?: boolean;
}

/** The overrides under the same names, each read by its field. Throws `invalid` with a sentence. */
export function readOverrides(target: OverrideTarget, overrides: JsonObject): JsonObject {
  const scratch = { ...target, data: copyJson(target.data) };
  const entries = Object.entries(overrides).map(([path, value]) => [path, readOne(scratch, path, value)] as const);
  return Object.fromEntries(entries);
}

/** The data with the overrides laid into it. Throws `invalid` with a sentence. */
export function overridden(target: OverrideTarget, overrides: JsonObject): JsonObject {
  // Every infrastructure has them, also when the block leaves them out.
  const data: JsonObject = { env: {}, labels: {}, ...copyJson(target.data) };
  for (const [path, value] of Object.entries(readOverrides({ ...target, data }, overrides))) {
    const { holder, key } = placeOf({ ...target, data }, path);
    // Plain assignment would not set a field called __proto__.
    Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return data;
}

/** Every field that the type knows, read by its kind; others as they are. Throws `invalid` with a sentence. */
export function readFields(fields: FieldSchema, data: JsonObject): JsonObject {
  const read = { ...data };
  for (const [name, schema] of Object.entries(propertiesOf(fields))) {
    if (Object.hasOwn(data, name)) read[name] = readFieldValue(name, schema, data[name] ?? null, fields);
  }
  return read;
}

function readOne(target: OverrideTarget, path: string, value: Json): Json {
  const { fields } = target;
  const properties = propertiesOf(fields);
  if (Object.hasOwn(properties, path)) return readFieldValue(path, properties[path], value, fields);
  const { holder, key, schema } = placeOf(target, path);
  if (schema) return readFieldValue(path, schema, value, fields);
  // Nothing says what it is: text stays text, unless it is JSON's list or mapping, or takes the place of a number or flag.
  if (typeof value !== "string") return value;
  const isWanted = /^\s*[[{]/.test(value) || ["number", "boolean"].includes(typeof holder[key]);
  return (isWanted ? tryParseJson(value) : undefined) ?? value;
}

interface Place {
  holder: JsonObject;
  key: string;
  /** Where its kind is known. */
  schema?: Json | undefined;
}

/** What lies on the way must be there. Of a mapping of texts, all that follows is one name: labels have dots in theirs. */
function placeOf(target: OverrideTarget, path: string): Place {
  const { name, fields, data, lax } = target;
  const properties = propertiesOf(fields);
  const [first = "", ...rest] = path.split(".");
  const schema = Object.hasOwn(properties, first) ? properties[first] : undefined;
  if (Object.hasOwn(properties, path) || rest.length === 0) {
    if (schema === undefined && !Object.hasOwn(properties, path) && !lax) throw noField(target, path);
    return { holder: data, key: path, schema };
  }
  const kind = isObject(schema) ? resolved(schema, fields) : {};
  if (isTextMapping(kind) || first === "env" || first === "labels") {
    const holder = data[first];
    const values = kind["additionalProperties"];
    if (rest.join(".") === "") throw new OrchError("invalid", `The override '${path}' names no entry of '${first}'.`);
    if (isObject(holder)) return { holder, key: rest.join("."), schema: values };
    const fresh: JsonObject = {};
    data[first] = fresh;
    return { holder: fresh, key: rest.join("."), schema: values };
  }
  if (schema === undefined && !Object.hasOwn(data, first)) throw noField(target, path);
  const usual = target.usual?.[first];
  if (isUnset(data[first]) && isObject(usual)) data[first] = copyJson(usual);
  let holder: Json = data;
  for (const step of [first, ...rest.slice(0, -1)]) {
    const inner: Json | undefined = isObject(holder) && Object.hasOwn(holder, step) ? holder[step] : null;
    if (!isObject(inner)) {
      throw new OrchError("invalid", `The override '${path}' leads nowhere: '${step}' of the ${name} holds no fields.`);
    }
    holder = inner;
  }
  return { holder, key: rest.at(-1) ?? "" };
}

function isUnset(value: Json | undefined): boolean {
  return value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0);
}

function propertiesOf(fields: FieldSchema): JsonObject {
  return objectOf(fields["properties"]);
}

function noField({ name, fields }: OverrideTarget, path: string): OrchError {
  const known = Object.keys(propertiesOf(fields)).filter((field) => field !== "type");
  const sentence = `The override '${path}' names no field of the ${name}.`;
  return new OrchError("invalid", `${sentence} Its fields are: ${known.join(", ")}.`);
}
