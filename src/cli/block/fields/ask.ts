// The data of a new block from its `--field` options: a person at a terminal is asked for secrets that are missing.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import type { Json, JsonObject } from "#lib/json.ts";
import { setOwn } from "#lib/own.ts";
import type { Io } from "../../kit/command.ts";
import { fieldData, missingFields, secretsInWords } from "./data.ts";
import { type GivenField, isFromInput, questionOf, readGiven } from "./given.ts";
import { neededWords } from "./listing.ts";
import { referenceTo } from "./references.ts";
import type { BlockFields } from "./schema.ts";

/** Throws `invalid` for a field that is not known, not readable, given twice, or missing. No sentence holds a value. */
export async function dataOfFields(
  texts: readonly string[],
  fields: BlockFields,
  { client, io }: { client: Client; io: Io },
): Promise<JsonObject> {
  const given = await readGiven(texts, fields, io);
  const read = fieldData(fields, given);
  const missing = missingFields(fields, read);
  // Standard input that was read to its end has no answers left.
  const isAsked = io.isAttended && !texts.some(isFromInput) && missing.every(({ isSecret }) => isSecret);
  if (missing.length > 0 && !isAsked) {
    throw new OrchError("invalid", `A block of type ${fields.slug} needs ${neededWords(missing).join(" ")}.`);
  }
  const asked: GivenField[] = [];
  for (const { name } of missing) asked.push({ path: name, text: await io.askSecret(questionOf(name)), isPiped: true });
  const { data, blocks } = asked.length > 0 ? fieldData(fields, [...given, ...asked]) : read;
  for (const [field, text] of blocks) setOwn<Json>(data, field.name, await referenceTo(client, field, text));
  warnOfSecrets(secretsInWords(fields, given), io);
  return data;
}

function warnOfSecrets(names: readonly string[], io: Io): void {
  if (names.length === 0) return;
  const [first = ""] = names;
  const which = names.map((name) => `'${name}'`).join(", ");
  const [are, them] = names.length > 1 ? ["are secrets that", "them"] : ["is a secret that", "it"];
  io.err(
    `${which} ${are} the shell's history and the list of processes may show now: better give ${them} as ${first}=- (standard input) or ${first}=@FILE.`,
  );
}
