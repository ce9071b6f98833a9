// The parser of the language, read when a file of the language is.
import type { parse, parseExpression } from "@babel/parser";
import { carried } from "#lib/carried.ts";
import asset from "../../dist/assets/parser.asset" with { type: "file" };

interface Parser {
  parse: typeof parse;
  parseExpression: typeof parseExpression;
}

let read: Parser | undefined;

export function parser(): Parser {
  read ??= carried<Parser>(asset);
  return read;
}
