// Shows what may be given for a block of a type, for people and for programs.
import type { JsonObject } from "#lib/json.ts";
import { textOfJson } from "#lib/json.ts";
import { shellQuoted } from "#lib/text/shell-words.ts";
import { columns } from "../../terminal/columns.ts";
import type { Layout } from "../../terminal/layout.ts";
import { type BlockField, type BlockFields, isFixed } from "./schema.ts";

const HEAD = ["FIELD", "KIND", "DEFAULT", "WHAT IT IS"];

export function fieldTable(fields: BlockFields, width: number): Layout {
  const shown = fields.all.filter((field) => !isFixed(field));
  const rows = shown.map((field) => [
    field.name,
    field.isSecret ? `${field.kind}, secret` : field.kind,
    needOf(field),
    about(field),
  ]);
  return columns(HEAD, rows, width);
}

function needOf({ isRequired, usual }: BlockField): string {
  if (usual !== undefined) return textOfJson(usual);
  return isRequired ? "required" : "–";
}

function about({ description, choices, blockTypes }: BlockField): string {
  const more = [
    ...(choices.length > 0 ? [`One of ${choices.join(", ")}.`] : []),
    ...(blockTypes.length > 0 ? [`Give it as ${blockTypes.map((slug) => `${slug}/NAME`).join(" or ")}.`] : []),
  ];
  return [description, ...more].filter((part) => part !== "").join(" ");
}

/** For programs: what `--json` prints of each field. */
export function fieldRecords({ all }: BlockFields): JsonObject[] {
  return all.map(({ name, kind, isRequired, usual, isSecret, description, choices, blockTypes }) => ({
    ...{ name, kind, required: isRequired, default: usual ?? null, secret: isSecret },
    ...{ description, choices: [...choices], block_types: [...blockTypes] },
  }));
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  "whole number": "NUMBER",
  number: "NUMBER",
  "true or false": "true",
  "list of texts": "VALUE,VALUE",
  list: "JSON",
  mapping: "@FILE",
  pairs: "NAME=VALUE",
  moment: "2026-01-31T12:00:00Z",
  "any JSON": "JSON",
};

/** `--field bucket_path=VALUE`, for each that has to be given: one secret by standard input, the others by files. */
export function neededWords(fields: readonly BlockField[]): string[] {
  const firstSecret = fields.find(({ isSecret }) => isSecret);
  return fields.map((field) => `--field ${field.name}=${placeholder(field, field === firstSecret)}`);
}

function placeholder({ isSecret, kind, choices, blockTypes }: BlockField, isFirstSecret: boolean): string {
  if (isSecret) return isFirstSecret ? "-" : "@FILE";
  const [type] = blockTypes;
  if (type !== undefined) return `${type}/NAME`;
  const [choice] = choices;
  if (choice !== undefined) return /^[\w.-]+$/.test(choice) ? choice : shellQuoted(choice);
  return Object.hasOwn(PLACEHOLDERS, kind) ? (PLACEHOLDERS[kind] ?? "VALUE") : "VALUE";
}
