// Any address that takes JSON: the plain webhook gets subject and body, the custom one what its owner wrote for it.

import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import { createFiller } from "#lib/text/fill.ts";
import { chosen, needed, pairsIn } from "./block-data.ts";
import type { Message, Notifier } from "./notifier.ts";
import { call } from "./post.ts";

const METHODS = ["POST", "PUT", "PATCH", "GET", "DELETE"] as const;
const JSON_TYPE = { "content-type": "application/json" };

export const sendToWebhook: Notifier = async (block, { subject, body }, outside) => {
  const method = chosen(block, "method", METHODS);
  const given = lowered(pairsIn(block, "headers"));
  const sent =
    method === "GET"
      ? { headers: given }
      : { headers: { ...JSON_TYPE, ...given }, body: JSON.stringify({ subject, body }) };
  await call(outside, needed(block, "url"), { method, ...sent });
};

/** `{{subject}}`, `{{body}}`, `{{name}}` and the names of the block's secrets stand for their values everywhere. */
export const sendToCustomWebhook: Notifier = async (block, message, outside) => {
  const fill = filler(block, message);
  const url = new URL(fill(needed(block, "url")));
  for (const [name, value] of Object.entries(pairsIn(block, "params"))) url.searchParams.append(name, fill(value));
  const cookies = Object.entries(pairsIn(block, "cookies")).map(
    ([name, value]) => `${name}=${headerText(fill(value))}`,
  );
  const given = Object.entries(lowered(pairsIn(block, "headers"))).map(([name, value]) => [
    name,
    headerText(fill(value)),
  ]);
  const content = contentOf(block, fill);
  await call(outside, url.href, {
    method: chosen(block, "method", METHODS),
    headers: {
      ...content.headers,
      ...(cookies.length === 0 ? {} : { cookie: cookies.join("; ") }),
      ...(Object.fromEntries(given) as Record<string, string>), // pairs of text
    },
    ...(content.body === undefined ? {} : { body: content.body }),
  });
};

/** The value of a header: line breaks, which would begin another header, become spaces; letters are sent as UTF-8. */
function headerText(text: string): string {
  return Buffer.from(text.replace(/\p{Cc}+/gu, " ").trim()).toString("latin1");
}

type Fill = (text: string) => string;

function filler(block: JsonObject, { subject, body }: Message): Fill {
  const name = typeof block["name"] === "string" ? block["name"] : "";
  const values = { ...pairsIn(block, "secrets"), name, subject, body };
  return createFiller(/\{\{\s*(\w+)\s*\}\}/g, (key) => own<string>(values, key));
}

function contentOf(
  block: JsonObject,
  fill: Fill,
): { headers?: Record<string, string>; body?: string | URLSearchParams } {
  const { json_data: json, form_data: form } = block;
  if (isObject(json)) return { headers: JSON_TYPE, body: JSON.stringify(filledIn(json, fill)) };
  if (!isObject(form)) return {};
  const pairs = Object.entries(pairsIn(block, "form_data")).map(([name, value]) => [name, fill(value)]);
  return { body: new URLSearchParams(pairs) };
}

function filledIn(value: Json, fill: Fill): Json {
  if (typeof value === "string") return fill(value);
  if (Array.isArray(value)) return value.map((item) => filledIn(item, fill));
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, inner]) => [fill(key), filledIn(inner, fill)]));
}

function lowered(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
