// Blocks that hold one value, and Webhook, which calls an address.
import { dateTime, json, secret, string, webhook } from "#blocks/values.ts";
import { OrchError } from "#lib/errors.ts";
import type { Json } from "#lib/json.ts";
import { Block } from "./block.ts";

/**
 * Text that is stored encrypted and never printed.
 *
 * @example
 * await new Secret({ value: "t0ken" }).save("api-token");
 * const token = (await Secret.load("api-token")).get();
 */
export class Secret extends Block<{ value: string }> {
  static override readonly definition = secret;
  declare value: string;

  get(): string {
    return this.value;
  }
}

/** Any JSON. */
export class JSONBlock extends Block<{ value: Json }> {
  static override readonly definition = json;
  declare value: Json;
}

/** Text. */
export class StringBlock extends Block<{ value: string }> {
  static override readonly definition = string;
  declare value: string;
}

/** A moment. */
export class DateTime extends Block<{ value: Date | string }> {
  static override readonly definition = dateTime;
  declare value: Date;

  constructor({ value }: { value: Date | string }) {
    super({ value: typeof value === "string" ? new Date(value) : value });
  }
}

export interface WebhookFields {
  url: string;
  /** Default: POST. */
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  headers?: Record<string, string> | null;
}

/** Seconds until an address that does not answer is given up. */
const RETRY_SECONDS = 30;

/** An address, with a method and headers. The address may hold a key, so it is a secret too. */
export class Webhook extends Block<WebhookFields> {
  static override readonly definition = webhook;
  declare url: string;
  declare method: NonNullable<WebhookFields["method"]>;
  declare headers: Record<string, string> | null;

  /** Calls the address with `payload` as JSON. The answer is the caller's to judge, whatever its status. */
  async call(payload?: Json): Promise<Response> {
    const body = payload === undefined || this.method === "GET" ? null : JSON.stringify(payload);
    const headers = { ...(body === null ? {} : { "content-type": "application/json" }), ...this.headers };
    try {
      const signal = AbortSignal.timeout(RETRY_SECONDS * 1000);
      return await fetch(this.url, { method: this.method, headers, body, signal });
    } catch {
      // Without its cause, which names the address.
      throw new OrchError("unavailable", "The webhook's address did not answer, or is none.");
    }
  }
}
