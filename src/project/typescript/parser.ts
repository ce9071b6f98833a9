// The parser of the language, read when a file of the language is.
import type { parse, parseExpression } from "@babel/parser";
import { carried } from "#lib/files/carried.ts";
import asset from "../../../dist/assets/parser.asset" with { type: "file" };

interface Parser {
  parse: typeof parse;
  parseExpression: typeof parseExpression;
}

export function parser(): Parser {
  return carried<Parser>(asset);
}
