// Makes the schemas of types without parts: texts, numbers, literals.
import type { ts } from "@ts-morph/common";
import type { JsonObject } from "#lib/json.ts";
import { NO_PRIMITIVE } from "../typescript/known-types.ts";
import { enumOf, NULL } from "../typescript/object-schemas.ts";
import type { Program } from "./program.ts";

/** `undefined` for a type with parts. */
export function plainType({ compiler, checker }: Program, type: ts.Type): JsonObject | undefined {
  const { TypeFlags } = compiler;
  const { flags } = type;
  if (flags & (TypeFlags.Any | TypeFlags.Unknown | TypeFlags.Never | TypeFlags.VoidLike | TypeFlags.ESSymbolLike))
    return {};
  if (flags & TypeFlags.Null) return NULL;
  if (flags & TypeFlags.Boolean) return { type: "boolean" };
  if (flags & TypeFlags.BooleanLiteral) return enumOf([type === checker.getTrueType()]);
  if (flags & TypeFlags.BigIntLike) return { type: "integer", format: "bigint" };
  if (flags & (TypeFlags.StringLiteral | TypeFlags.NumberLiteral)) {
    const { value } = type as ts.LiteralType; // by its flags
    return typeof value === "string" || Number.isFinite(value) ? enumOf([value as string | number]) : {}; // as above
  }
  if (flags & TypeFlags.TemplateLiteral) return { type: "string", pattern: patternOf(type as ts.TemplateLiteralType) }; // as above
  if (flags & TypeFlags.StringLike) return { type: "string" };
  if (flags & TypeFlags.NumberLike) return { type: "number" };
  return flags & TypeFlags.NonPrimitive ? NO_PRIMITIVE : undefined;

  /** `id-${number}`. */
  function patternOf({ texts, types }: ts.TemplateLiteralType): string {
    const parts = types.map((part) => {
      if (part.flags & TypeFlags.Number) return NUMBER;
      return part.flags & TypeFlags.BigInt ? "-?\\d+" : "[\\s\\S]*";
    });
    return `^${texts.map((text, index) => escaped(text) + (parts[index] ?? "")).join("")}$`;
  }
}

/** What TypeScript takes for the text of a number. */
const NUMBER = "\\s*(?:[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?|0[xX][\\da-fA-F]+|0[bB][01]+|0[oO][0-7]+)\\s*";

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
