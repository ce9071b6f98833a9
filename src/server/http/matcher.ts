// Finds the route of a path: one look per segment, in tables built once.
import type { Route } from "./route.ts";

interface Node {
  fixed: Map<string, Node>;
  param: Node | undefined;
  /** By method. */
  routes: Map<string, Route>;
}

export interface Match {
  route: Route;
  params: Record<string, string>;
}

export interface Matcher {
  /** `undefined` for an unknown path; `methods` of a known one say what it takes. */
  find(method: string, path: string): Match | { methods: string[] } | undefined;
}

export function createMatcher(routes: readonly Route[]): Matcher {
  const root = newNode();
  for (const route of routes) {
    let node = root;
    for (const segment of route.endpoint.path.split("/").slice(1)) node = childFor(node, segment);
    node.routes.set(route.endpoint.method, route);
  }

  return {
    find(method, path) {
      const values: string[] = [];
      const node = walk(root, path.split("/"), 1, values);
      if (!node) return undefined;
      const route = node.routes.get(method) ?? (method === "HEAD" ? node.routes.get("GET") : undefined);
      if (!route) return { methods: [...node.routes.keys()] };
      return { route, params: named(route, values) };
    },
  };
}

function newNode(): Node {
  return { fixed: new Map(), param: undefined, routes: new Map() };
}

function childFor(node: Node, segment: string): Node {
  if (segment.startsWith("{")) {
    node.param ??= newNode();
    return node.param;
  }
  const child = node.fixed.get(segment) ?? newNode();
  node.fixed.set(segment, child);
  return child;
}

/** Fixed segments win over `{name}`; `values` receives what the names stand for. */
function walk(node: Node, segments: string[], at: number, values: string[]): Node | undefined {
  const segment = segments[at];
  if (segment === undefined) return node.routes.size > 0 ? node : undefined;
  const fixed = node.fixed.get(segment);
  const found = fixed && walk(fixed, segments, at + 1, values);
  if (found || !node.param || segment === "") return found;
  const value = decoded(segment);
  if (value === undefined) return undefined;
  values.push(value);
  const below = walk(node.param, segments, at + 1, values);
  if (!below) values.pop();
  return below;
}

/** A `%2F` stands for `/` and so matches no single segment, as on the old server. */
function decoded(segment: string): string | undefined {
  if (!segment.includes("%")) return segment;
  try {
    const value = decodeURIComponent(segment);
    return value.includes("/") ? undefined : value;
  } catch {
    return undefined; // not percent-encoded text: no route has such a path
  }
}

function named(route: Route, values: string[]): Record<string, string> {
  const names = paramNames(route.endpoint.path);
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
}

/** `/flows/{id}` to `["id"]`. */
export function paramNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}
