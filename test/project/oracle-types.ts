// Types of parameters in the manner of public code, with a value that fits. `means` is there where a value of JSON is not what
// the type says: brands, enums of texts, and what is left open.
import type { Json } from "#lib/json.ts";

export interface Typed {
  type: string;
  good: Json;
  /** What the type is of a value at run time. Default: the type. */
  means?: string;
}

/** Declared in every file. */
export const DECLARED = `
enum Level { Low, Mid = 5, High }
enum Color { Red = "red", Green = "green" }
const enum Flag { A = 1 << 0, B = 1 << 1, AB = A | B }
interface Address { street: string; zip?: string }
interface Person { name: string; age?: number; address: Address | null }
interface Employee extends Person { boss?: Employee; roles: ("admin" | "guest")[] }
type Page<T> = { items: T[]; total: number; next: string | null };
type Tree<T> = { value: T; children: Tree<T>[] };
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Shape = { kind: "circle"; radius: number } | { kind: "square"; side: number };
type Result<T, E = string> = { ok: true; value: T } | { ok: false; error: E };
type Brand<T, B extends string> = T & { readonly __brand: B };
type DeepPartial<T> = { [K in keyof T]?: T[K] extends object ? DeepPartial<T[K]> : T[K] };
type DeepReadonly<T> = { readonly [K in keyof T]: T[K] extends object ? DeepReadonly<T[K]> : T[K] };
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Nullable<T> = { [K in keyof T]: T[K] | null };
type Getters<T> = { [K in keyof T as \`get\${Capitalize<string & K>}\`]: T[K] };
type Unwrap<T> = T extends Promise<infer U> ? U : T extends (infer U)[] ? U : T;
type Either<A, B> = (A & { [K in keyof B]?: undefined }) | (B & { [K in keyof A]?: undefined });
const REGIONS = ["eu", "us"] as const;
const PLANS = { free: { seats: 1 }, pro: { seats: 10 } } as const;
const DEFAULTS = { retries: 3, verbose: false, tags: ["a"] };
function connect(url: string, options: { timeout: number; tls?: boolean }) { return { url, options, open: true as boolean }; }
class Box<T> { constructor(public value: T) {} }
type Env = Readonly<Record<"HOST" | "PORT", string>> & { DEBUG?: "1" };
type RequireAtLeastOne<T> = { [K in keyof T]-?: Required<Pick<T, K>> & Partial<Omit<T, K>> }[keyof T];
type Path<T> = { [K in keyof T & string]: T[K] extends object ? \`\${K}.\${keyof T[K] & string}\` : K }[keyof T & string];
`;

const PERSON = { name: "Ada", age: 36, address: { street: "Main" } };
const typed = (type: string, good: Json, means?: string): Typed => ({ type, good, ...(means ? { means } : {}) });

export const TYPES: readonly Typed[] = [
  typed("string", "x"),
  typed("number", 1.5),
  typed("boolean", true),
  typed("bigint", 5),
  typed("null", null),
  typed("unknown", 1),
  typed("any", 1),
  typed("object", { a: 1 }),
  typed("{}", "x", "unknown"),
  typed("string | null", "x"),
  typed("number | string", 1),
  typed("string | number | boolean", "x"),
  typed("boolean | null", false),
  typed("'a' | 'b' | 1 | true", "a"),
  typed("1 | 2 | 3", 2),
  typed("-1 | 0.5", -1),
  typed("'' | 'x'", ""),
  typed("'a' | (string & {})", "z"),
  typed("Date", "2026-01-01T00:00:00Z"),
  typed("Date | null", "2026-01-01T00:00:00Z"),
  typed("URL", "https://a.b/c"),
  typed("URL | string", "x"),
  typed("Uint8Array", "aGk="),
  typed("Buffer | null", "aGk="),
  typed("Set<number>", [1, 2]),
  typed("ReadonlySet<'a' | 'b'>", ["a"]),
  typed("Map<string, number>", { a: 1 }),
  typed("Map<'a' | 'b', string[]>", { a: ["x"] }),
  typed("Map<number, string>", [[1, "a"]]),
  typed("Map<string, { since: Date }>", { a: { since: "2026-01-01T00:00:00Z" } }),
  typed("Set<Date>", ["2026-01-01T00:00:00Z"]),
  typed("string[]", ["a"]),
  typed("readonly number[]", [1]),
  typed("Readonly<string[]>", ["a"]),
  typed("ReadonlyArray<string | null>", ["a", null]),
  typed("string[][]", [["a"]]),
  typed("Array<{ id: number }>", [{ id: 1 }]),
  typed("(string | number)[]", ["a", 1]),
  typed("[string, number]", ["a", 1]),
  typed("[string, number?]", ["a"]),
  typed("[x: number, y: number, ...rest: string[]]", [1, 2, "a"]),
  typed("[...string[], number]", ["a", 1], "unknown[] & { 0: unknown }"),
  typed("readonly [Date, ...Date[]]", ["2026-01-01T00:00:00Z"]),
  typed("[]", []),
  typed("Record<string, number>", { a: 1 }),
  typed("Record<string, unknown>", { a: 1 }),
  typed("Record<string, string[] | null>", { a: null }),
  typed("Record<'a' | 'b', number>", { a: 1, b: 2 }),
  typed("Partial<Record<'a' | 'b', number>>", { a: 1 }),
  typed("Record<Level, string>", { 0: "a", 5: "b", 6: "c" }),
  typed("{ [key: string]: boolean }", { a: true }),
  typed("{ [key: string]: string | number; id: number }", { id: 1, x: "y" }),
  typed("{ a: string; b?: number }", { a: "x", b: 1 }),
  typed("{ a: { b: { c: number } } }", { a: { b: { c: 1 } } }),
  typed("{ readonly a?: string | null; b: Date }", { a: null, b: "2026-01-01T00:00:00Z" }),
  typed("{ 'content-type': string; 200: number }", { "content-type": "x", 200: 1 }),
  typed("{ run(): void; name: string }", { name: "x" }, "{ name: string }"),
  typed("{ onDone: () => void; name: string }", { onDone: 1, name: "x" }, "{ onDone: unknown; name: string }"),
  typed("{ length: number }", "x", "unknown"),
  typed("() => void", 1, "unknown"),
  typed("RegExp | string", "x", "unknown"),
  typed("Box<string>", { value: "x" }, "unknown"),
  typed("symbol", 1, "unknown"),
  typed("Error", 1, "unknown"),
  typed("AbortSignal | undefined", 1, "unknown"),
  typed("Level", 5),
  typed("Level.Low | Level.High", 6),
  typed("Level | null", 0),
  typed("Color", "red", "`\u0024{Color}`"),
  typed("Color | 'none'", "none", "`\u0024{Color}` | 'none'"),
  typed("Flag", 3),
  typed("keyof typeof Level", "Low"),
  typed("Address", { street: "x" }),
  typed("Person", PERSON),
  typed("Employee", { ...PERSON, roles: ["admin"], boss: { ...PERSON, roles: [] } }),
  typed("Person[]", [PERSON]),
  typed("Page<Person>", { items: [PERSON], total: 1, next: null }),
  typed("Page<Page<number>>", { items: [{ items: [1], total: 1, next: "x" }], total: 1, next: null }),
  typed("Tree<string>", { value: "a", children: [{ value: "b", children: [] }] }),
  typed("Json", { a: [1, null, "x"] }),
  typed("{ data: Json }", { data: [1] }),
  typed("Shape", { kind: "circle", radius: 1 }),
  typed("Shape['kind']", "circle"),
  typed("Extract<Shape, { kind: 'square' }>", { kind: "square", side: 1 }),
  typed("Result<number>", { ok: true, value: 1 }),
  typed("Result<Person, Error['message']>", { ok: false, error: "x" }),
  typed("Brand<string, 'UserId'>", "u1", "string"),
  typed("Brand<number, 'Cents'>[]", [1], "number[]"),
  typed(
    "DeepPartial<Person>",
    { address: { street: "x" } },
    "{ name?: string; age?: number; address?: { street?: string; zip?: string } | null }",
  ),
  typed("Mutable<Readonly<Address>>", { street: "x" }),
  typed("Nullable<Address>", { street: null, zip: null }),
  typed("Getters<{ name: string; age: number }>", { getName: "x", getAge: 1 }),
  typed("Unwrap<Promise<number>>", 1),
  typed("Unwrap<Address[]>", { street: "x" }),
  typed("Promise<string>", "x", "string"),
  typed("Awaited<Promise<Promise<Date>>>", "2026-01-01T00:00:00Z"),
  typed("(typeof REGIONS)[number]", "eu"),
  typed("keyof typeof PLANS", "free"),
  typed("(typeof PLANS)[keyof typeof PLANS]", { seats: 1 }),
  typed("typeof DEFAULTS", { retries: 1, verbose: true, tags: ["x"] }),
  typed("Partial<typeof DEFAULTS>", { retries: 1 }),
  typed("Parameters<typeof connect>[1]", { timeout: 5 }),
  typed("Parameters<typeof connect>", ["x", { timeout: 5, tls: true }]),
  typed("ReturnType<typeof connect>", { url: "x", options: { timeout: 1 }, open: false }),
  typed("Pick<Person, 'name' | 'age'>", { name: "x" }),
  typed("Omit<Person, 'address'>", { name: "x", age: 1 }),
  typed("Required<Address>", { street: "x", zip: "y" }),
  typed("Partial<Employee>", { name: "x" }),
  typed("Exclude<'a' | 'b' | 'c', 'a'>", "b"),
  typed("NonNullable<string | null | undefined>", "x"),
  typed("Employee['roles'][number]", "admin"),
  typed("Person['address']", null),
  typed("Env", { HOST: "h", PORT: "1" }),
  typed("RequireAtLeastOne<{ a: string; b: number }>", { a: "x" }),
  typed("Path<{ db: { host: string; port: number }; name: string }>", "db.host"),
  typed("`id-\u0024{number}`", "id-5"),
  typed("`\u0024{'get' | 'set'}-\u0024{string}`", "get-x"),
  typed("`v\u0024{bigint}.\u0024{number}`", "v1.2"),
  typed("Uppercase<'a' | 'b'>", "A"),
  typed("Lowercase<keyof typeof Color>", "red"),
  typed("{ a: 1 } & { b: 2 }", { a: 1, b: 2 }),
  typed("Address & { country: string | null }", { street: "x", country: null }),
  typed("(Address | { id: number }) & { at: Date }", { id: 1, at: "2026-01-01T00:00:00Z" }),
  typed("Either<{ id: number }, { email: string }>", { id: 1 }),
  typed("{ all: true; ids?: never } | { all?: never; ids: number[] }", { ids: [1] }),
  typed("Partial<Address> & { zip: undefined | string }", { zip: "x" }),
  typed("Readonly<Map<string, number>>", { a: 1 }),
  typed("Readonly<Date> | null", "2026-01-01T00:00:00Z"),
  typed("DeepReadonly<{ at: Date; seen: Set<string>; by: Map<string, URL> }>", {
    ...{ at: "2026-01-01T00:00:00Z", seen: ["a"], by: { a: "https://a.b/" } },
  }),
  typed("Partial<Record<Color, number>>", { red: 1 }),
  typed("{ level: Level; color?: `\u0024{Color}` }[]", [{ level: 5, color: "red" }]),
  typed("Parameters<(a: Date, b?: Set<number>) => void>[1]", [1], "Set<number> | undefined"),
  typed("InstanceType<typeof Map<string, number>>", { a: 1 }),
  typed("Exclude<keyof Person, 'age'>", "name"),
  typed("Record<'a', Record<'b', number[]>>", { a: { b: [1] } }),
  typed("AsyncIterable<string>", ["a"], "unknown"),
  typed("RequestInit", { method: "x" }, "{ method?: string }"),
  typed("Set<[string, number]>", [["a", 1]]),
  typed("Map<string, Map<string, Set<number>>>", { a: { b: [1] } }),
  typed("{ ids: bigint[]; when?: Date; where: URL }", { ids: [1], where: "https://a.b/" }),
  typed("{ step: number } | { steps: number[] } | 'all'", { steps: [1] }),
  typed("string | string[] | Record<string, string>", ["a"]),
  typed("Iterable<number>", [1], "unknown"),
  typed("ArrayLike<string>", ["a"], "unknown"),
  typed("NonNullable<Person['address']>['zip']", "x"),
  typed("Exclude<Json, object>", "x"),
  typed("Date | Date[] | null", "2026-01-01T00:00:00Z"),
];
