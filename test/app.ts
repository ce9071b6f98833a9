// A server on a fresh database in memory, called without a socket. Time stands still until a test moves it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "#db/connect.ts";
import { type App, createApp } from "#server/app.ts";
import type { UiFiles } from "#server/ui/files.ts";
import type { Settings } from "#settings/table.ts";
import type { CallInput, CallOutput, Endpoint } from "#wire/endpoint.ts";
import { type ManualClock, manualClock } from "./clock.ts";
import { testSettings } from "./settings.ts";

export interface Answer<T> {
  status: number;
  body: T;
}

export interface TestApp {
  app: App;
  db: Database;
  clock: ManualClock;
  settings: Settings;
  /** What the server logged: defects. */
  logged: string[];
  /** Sends any request below `/api`. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<never>>;
  /** Calls an endpoint; throws unless it succeeds. */
  call<E extends Endpoint>(endpoint: E, input: CallInput<E>): Promise<CallOutput<E>>;
  /** Counts the rows of a table. */
  count(table: string): Promise<number>;
  close(): Promise<void>;
}

interface CallParts {
  params?: Record<string, string>;
  query?: object;
  body?: unknown;
}

export interface TestAppOptions {
  settings?: Partial<Settings>;
  services?: boolean;
  ui?: UiFiles;
}

export function testApp({ settings: changes = {}, services = true, ui }: TestAppOptions = {}): TestApp {
  const home = mkdtempSync(join(tmpdir(), "orch-app-"));
  const clock = manualClock();
  const settings = testSettings({ ORCH_HOME: home, ORCH_LOCAL_STORAGE_PATH: join(home, "storage"), ...changes });
  const db = openDatabase(":memory:");
  const logged: string[] = [];
  const app = createApp({ db, clock, settings, services, ui, log: (line) => logged.push(line) });

  async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
    const response = await app.fetch(new Request(`http://test/api${path}`, { method, headers, body: text }));
    const answer = await response.text();
    return { status: response.status, body: (answer === "" ? null : JSON.parse(answer)) as never }; // each test states its shape
  }

  return {
    app,
    db,
    clock,
    settings,
    logged,
    send,
    async call(endpoint, input) {
      const { params, query, body } = input as unknown as CallParts; // what every input is made of
      const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params?.[name] ?? ""));
      const search = query ? `?${new URLSearchParams(query as Record<string, string>)}` : ""; // tests send text
      const answer = await send(endpoint.method, `${path}${search}`, body);
      if (answer.status >= 300)
        throw new Error(`${endpoint.path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    count: async (table) => (await db.read((q) => q.get<{ n: number }>(`select count(*) as n from ${table}`)))?.n ?? 0,
    async close() {
      await app.stop();
      await db.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
