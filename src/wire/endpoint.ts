// The only way to declare a call. From one endpoint come the types of request and answer, the runtime check,
// the OpenAPI page, the router's entry and the client's call.
import * as v from "valibot";
import { creates, KEYED, READS, type Repeat } from "./repeat.ts";

export type Schema = v.GenericSchema;

/** A schema built on first use: the server needs them all, a child process hardly any (14 ms of start-up otherwise). */
export type Lazy<S extends Schema = Schema> = () => S;

/** What a caller may send. */
export type In<L> = L extends Lazy<infer S> ? v.InferInput<S> : undefined;
/** What a handler gets: checked, coerced, defaults filled in. */
export type Out<L> = L extends Lazy<infer S> ? v.InferOutput<S> : undefined;

/** Remembers what `build` makes. */
export function lazy<S extends Schema>(build: () => S): Lazy<S> {
  let built: S | undefined;
  const shape = () => (built ??= build());
  SHAPES.add(shape);
  return shape;
}

/** An object of these fields; others that come along are left out. */
export function shape<E extends v.ObjectEntries>(fields: () => E): Lazy<v.ObjectSchema<E, undefined>> {
  return lazy(() => v.object(fields()));
}

/** An object of these fields; others are refused. */
export function strictShape<E extends v.ObjectEntries>(fields: () => E): Lazy<v.StrictObjectSchema<E, undefined>> {
  return lazy(() => v.strictObject(fields()));
}

const SHAPES = new WeakSet<object>();

/** Tells shapes from the other functions of a module. */
export function isLazy(value: unknown): value is Lazy {
  return typeof value === "function" && SHAPES.has(value);
}

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
export type SuccessStatus = 200 | 201 | 204;

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never;
/** The `{name}`s of a path. Those named `id` are UUIDs and checked as such. */
export type Params<Path extends string> = { [Name in ParamNames<Path>]: string };

export interface Endpoint<
  Path extends string = string,
  Query extends Lazy | undefined = Lazy | undefined,
  Body extends Lazy | undefined = Lazy | undefined,
  Response extends Lazy | undefined = Lazy | undefined,
> {
  method: Method;
  /** Below `/api`, with `{name}` for a path parameter. */
  path: Path;
  query: Query;
  body: Body;
  /** Filters and counts work without any body at all; it then reads as `{}`. */
  bodyOptional: boolean;
  /** `undefined` for an empty answer (204) or a plain `null`. */
  response: Response;
  /** The answer is plain text instead of JSON. */
  isText: boolean;
  /** The statuses of success, the usual one first. */
  statuses: readonly SuccessStatus[];
  /** `/health` and `/version` answer whatever version header the client sends. */
  versioned: boolean;
  /** An `id` that is none is an unknown path (404), not a bad value (422). */
  idInRoute: boolean;
  /** What happens when one call arrives twice. */
  repeat: Repeat;
  /** The release of the old server that first had it: 16 for 2.16. */
  since: number;
  /** Fields of the body, or of each of its items, that older servers refuse: they get it without them. */
  ours: readonly string[];
}

/** A POST may be anything, so it says what a repeat of it does. */
type RepeatOf<M extends Method> = M extends "POST" | "PUT" ? { repeat: Repeat } : { repeat?: Repeat };

interface Parts<Query, Body, Response> {
  query?: Query;
  body?: Body;
  bodyOptional?: boolean;
  response?: Response;
  isText?: boolean;
  statuses?: readonly SuccessStatus[];
  versioned?: boolean;
  idInRoute?: boolean;
  since?: number;
  ours?: readonly string[];
}

const NONE: readonly string[] = [];

/**
 * Declares a call. `statuses` defaults to 200, or 204 for PATCH and DELETE; `repeat` to READS for GET, and to KEYED for PATCH
 * and DELETE.
 */
export function endpoint<
  M extends Method,
  Path extends string,
  Query extends Lazy | undefined = undefined,
  Body extends Lazy | undefined = undefined,
  Response extends Lazy | undefined = undefined,
>(
  method: M,
  path: Path,
  ...[parts]: M extends "POST" | "PUT"
    ? [parts: Parts<Query, Body, Response> & RepeatOf<M>]
    : [parts?: Parts<Query, Body, Response> & RepeatOf<M>]
): Endpoint<Path, Query, Body, Response> {
  const defaultStatuses: readonly SuccessStatus[] = method === "PATCH" || method === "DELETE" ? [204] : [200];
  return {
    method,
    path,
    query: parts?.query as Query, // an absent part is `undefined`, which is what Query is then
    body: parts?.body as Body,
    bodyOptional: parts?.bodyOptional ?? false,
    response: parts?.response as Response,
    isText: parts?.isText ?? false,
    statuses: parts?.statuses ?? defaultStatuses,
    versioned: parts?.versioned ?? true,
    idInRoute: parts?.idInRoute ?? false,
    repeat: parts?.repeat ?? (method === "GET" ? READS : KEYED),
    since: parts?.since ?? 10,
    ours: parts?.ours ?? NONE,
  };
}

/** A call that makes a record, which is read by its id below the same path. */
export function creating<Path extends string, Body extends Lazy, Response extends Lazy>(
  path: Path,
  body: Body,
  response: Response,
  statuses: readonly SuccessStatus[] = [201],
) {
  return endpoint("POST", path, { repeat: creates(`${path}{id}`), body, response, statuses });
}

/** What a caller hands to `client.call`. Parts an endpoint does not have are left out. */
export type CallInput<E> =
  E extends Endpoint<infer Path, infer Query, infer Body, Lazy | undefined>
    ? ([ParamNames<Path>] extends [never] ? { params?: undefined } : { params: Params<Path> }) &
        (Query extends Lazy ? { query?: In<Query> } : { query?: undefined }) &
        (Body extends Lazy ? { body: In<Body> } : { body?: undefined })
    : never;

/** What comes back: the parsed answer, or `null` for an empty one. */
export type CallOutput<E> =
  E extends Endpoint<string, Lazy | undefined, Lazy | undefined, infer Response>
    ? Response extends Lazy
      ? Out<Response>
      : null
    : never;

/** What a handler gets. */
export type HandlerInput<E> =
  E extends Endpoint<infer Path, infer Query, infer Body, Lazy | undefined>
    ? { params: Params<Path>; query: Out<Query>; body: Out<Body> }
    : never;
