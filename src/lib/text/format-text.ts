// Text with places to fill in, by the rules of Python's `str.format`: `{name}`, `{name:>10}`, `{name!r}`, `{{` and `}}`.
// Only plain names: no attributes, no indexes.

import { MOST_FILLED_LETTERS } from "../limits.ts";
import { own } from "../own.ts";
import { createLetterCount } from "./fill.ts";
import { quoted as quotedText } from "./python-repr.ts";

export interface Place {
  name: string;
  /** `!r` and `!a` put text in quotes. */
  quoted: boolean;
  align: "<" | ">" | "^";
  fill: string;
  width: number;
  precision: number;
}

const PIECE = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
const PLACE = /^([^!:]*)(?:!([sra]))?(?::(.*))?$/s;
const SPEC = /^(?:(.)?([<>^]))?(\d+)?(?:\.(\d+))?s?$/su;

/** The text between the places, and the places. Throws an error whose message is a sentence. */
export function parseFormat(text: string): (string | Place)[] {
  const pieces: (string | Place)[] = [];
  let end = 0;
  for (const match of text.matchAll(PIECE)) {
    pieces.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[1] !== undefined) pieces.push(placeOf(match[1]));
    else if (match[0].length === 2) pieces.push(match[0].slice(1));
    else throw new Error(`Single '${match[0]}' encountered in format string`);
  }
  pieces.push(text.slice(end));
  return pieces.filter((piece) => piece !== "");
}

function placeOf(inside: string): Place {
  const [, name = "", conversion = "s", spec = ""] = PLACE.exec(inside) ?? [];
  const format = SPEC.exec(spec);
  if (!format || Number(format[3] ?? 0) > MOST_FILLED_LETTERS)
    throw new Error(`Invalid format specifier '${spec}' for '${name}'`);
  const [, fill = " ", align = "<", width = "0", precision = "Infinity"] = format;
  return {
    name,
    quoted: conversion !== "s",
    align: align as Place["align"], // what the pattern lets through
    fill,
    width: Number(width),
    precision: Number(precision),
  };
}

/** @example fillFormat("{flow}: {state:>9}", { flow: "etl", state: "Failed" }) // "etl:    Failed" */
export function fillFormat(text: string, values: Readonly<Record<string, string>>): string {
  const counted = createLetterCount();
  return parseFormat(text)
    .map((piece) => (typeof piece === "string" ? piece : counted(filled(piece, own(values, piece.name) ?? ""))))
    .join("");
}

function filled({ quoted, align, fill, width, precision }: Place, value: string): string {
  const text = (quoted ? quotedText(value) : value).slice(0, precision);
  if (align === ">") return text.padStart(width, fill);
  if (align === "<") return text.padEnd(width, fill);
  const left = Math.floor(Math.max(0, width - text.length) / 2);
  return (fill.repeat(left) + text).padEnd(width, fill);
}
