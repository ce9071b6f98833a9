// The parser of the language, read when a file of the language is.
import type { parse, parseExpression } from "@babel/parser";
import { embeddedLibrary } from "#lib/files/embedded-library.ts";
import asset from "../../../dist/assets/parser.asset" with { type: "file" };

interface Parser {
  parse: typeof parse;
  parseExpression: typeof parseExpression;
}

export function parser(): Parser {
  return embeddedLibrary<Parser>(asset);
}
