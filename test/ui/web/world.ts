// A seeded server on the executable with orch's own UI, and pages of a browser that are watched for faults.
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { createSandbox, type Sandbox } from "../../binary/sandbox.ts";
import { chromiumPath, launch } from "../browser.ts";
import { type Seeded, type Send, seed, sender } from "../seed.ts";

const chromium = chromiumPath();
if (!chromium) console.log("Skipped: there is no Chromium here (Debian: apt-get install chromium).");

/** Whether there is a browser. */
export const possible = chromium !== undefined;

export interface Look {
  width?: number;
  height?: number;
  scheme?: "light" | "dark";
  timezoneId?: string;
  /** What the addresses of requests begin with, when it is not the server's own: a proxy. */
  host?: string;
}

export interface WatchedPage {
  page: Page;
  /** Goes to a path and waits until all requests are answered. */
  open(path: string): Promise<void>;
  /** What went wrong since it was last asked: errors of the console, refused requests, requests to other hosts. */
  faults(): string[];
  /** Serious findings of axe-core, one line each. */
  barriers(): Promise<string[]>;
  close(): Promise<void>;
}

export interface WebWorld {
  url: string;
  data: Seeded;
  send: Send;
  sandbox: Sandbox;
  openPage(look?: Look): Promise<WatchedPage>;
  /** Ends the server; resolves to what starts it again, with this environment, at the same address. */
  stopServer(): Promise<(env?: Record<string, string>) => Promise<void>>;
  close(): Promise<void>;
}

/** Loops that would change the seeded runs are off. */
const QUIET = { ORCH_API_SERVICES_LOST_RUNS_ENABLED: "false", ORCH_API_SERVICES_LATE_RUNS_ENABLED: "false" };

/** `env` is added to that of the server. Without `isSeeded: false` it has something on every page. */
export async function createWebWorld(env: Record<string, string> = {}, isSeeded = true): Promise<WebWorld> {
  if (!chromium) throw new Error("asked for although there is no browser");
  const sandbox = createSandbox();
  const start = async (port: string, more: Record<string, string> = {}) => {
    const server = sandbox.start(["server", "start", "--port", port], { ...QUIET, ...env, ...more });
    return { server, url: (await server.until(/running at (http:\S+?),/))[1] ?? "" };
  };
  const { server, url } = await start("0");
  const send = sender(url);
  const data = isSeeded ? await seed(send) : ({} as Seeded); // read by tests of seeded worlds alone
  const browser: Browser = await launch(chromium);
  return {
    ...{ url, data, send, sandbox },
    openPage: (look) => openWatched(browser, url, look),
    async stopServer() {
      await server.stop();
      return async (more) => {
        await start(new URL(url).port, more);
      };
    },
    async close() {
      await browser.close();
      await sandbox.close();
    },
  };
}

export async function openWatched(browser: Browser, url: string, look: Look = {}): Promise<WatchedPage> {
  const { width = 1440, height = 900, scheme = "light", timezoneId = "Europe/Berlin", host = url } = look;
  const context: BrowserContext = await browser.newContext({
    ...{ viewport: { width, height }, colorScheme: scheme, timezoneId, locale: "en-GB", reducedMotion: "reduce" },
  });
  await context.addInitScript(countReads);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const found: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") found.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => found.push(`exception: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(host) && !address.startsWith("data:")) found.push(`request to another host: ${address}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) found.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  return {
    page,
    async open(path) {
      await page.goto(url + path);
      await settled(page);
    },
    faults: () => found.splice(0),
    barriers: () => barriersOf(page),
    close: () => context.close(),
  };
}

/** How many reads of a page are under way, as `countReads` counts them; and for how many frames a call of `settled` has seen none. */
type WithReads = typeof globalThis & { readsUnderWay?: number; quiet?: { call: string; frames: number } };

/** Runs in the page, before its own scripts. The event stream never ends, so it does not count. */
function countReads(): void {
  const page = globalThis as WithReads; // the page's own world
  page.readsUnderWay = 0;
  const counted = async <T>(read: Promise<T>): Promise<T> => {
    page.readsUnderWay = (page.readsUnderWay ?? 0) + 1;
    return read.finally(() => {
      page.readsUnderWay = (page.readsUnderWay ?? 0) - 1;
    });
  };
  const { fetch: ask } = page;
  const { text, json, blob } = Response.prototype;
  page.fetch = Object.assign(
    (...given: Parameters<typeof fetch>) => (/\/events\b/.test(`${given[0]}`) ? ask(...given) : counted(ask(...given))),
    ask,
  );
  Object.assign(Response.prototype, {
    text(this: Response) {
      return counted(text.call(this));
    },
    json(this: Response) {
      return counted(json.call(this));
    },
    blob(this: Response) {
      return counted(blob.call(this));
    },
  });
}

/**
 * The page is there, nothing of it is loading, and what was read is drawn: no skeleton is left, no read is under way, and drawing has
 * asked for no other one.
 */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1").first().waitFor();
  // Looked at in each frame. A promise would count as true, whatever it resolves to.
  await page.waitForFunction((call) => {
    const own = globalThis as WithReads;
    const isQuiet = !own.readsUnderWay && document.querySelector(".skeleton, .is-old") === null;
    const before = own.quiet?.call === call ? own.quiet.frames : 0;
    own.quiet = { call, frames: isQuiet ? before + 1 : 0 };
    return own.quiet.frames > 2;
  }, crypto.randomUUID());
}

async function barriersOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ["violations"] }),
  ); // put there by the line above
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) => nodes.slice(0, 3).map(({ target }) => `${id}: ${help} at ${target}`));
}
