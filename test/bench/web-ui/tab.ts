// A tab of headless Chromium as a stopwatch: when something is on the screen, what the page's main thread spent, and how many
// frames were drawn. The page itself keeps the time, from the navigation or from the reader's own act.
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";

/**
 * What is on the screen: `least` elements of a selector (1 unless given), and none of `without`.
 * `isColoured`: the first of them is a canvas, and a colour has come onto its left edge, as bars have and lines and words have not.
 */
export interface Sight {
  selector: string;
  least?: number;
  without?: string;
  isColoured?: boolean;
}

/** Milliseconds. */
export interface Taken {
  wall: number;
  /** Of the page's main thread. */
  cpu: number;
}

export interface Frames {
  perSecond: number;
  /** Of the page's main thread, in milliseconds. */
  cpuPerFrame: number;
}

export interface Tab {
  page: Page;
  cdp: CDPSession;
  /** Goes to an address; from the request until all is seen. */
  open(url: string, sights: readonly Sight[]): Promise<Taken>;
  /** From the first event that `act` causes until all is seen. It must not be seen before. */
  act(act: (page: Page) => Promise<void>, sights: readonly Sight[]): Promise<Taken>;
  /** Frames that are drawn meanwhile; in each an element is scrolled by so many pixels, when asked for. */
  frames(milliseconds: number, scrolled?: { near: string; by: number }): Promise<Frames>;
  close(): Promise<void>;
}

interface Watch {
  sights: readonly Sight[];
  /** Events that begin the time; without, the navigation does. */
  from: readonly string[];
}

type Global = typeof globalThis & { seenAfter?: Promise<number>; watchFor?: (watch: Watch) => Promise<number> };

/** In the page: looks at each frame, and says when the frame is through in which all is seen. */
function installWatch(first: Watch | undefined): void {
  const here = globalThis as Global;
  // What WebGL has drawn can be read only until the frame is shown, unless it is kept.
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, options?: object) {
    return getContext.call(
      this,
      kind,
      kind.startsWith("webgl") ? { ...options, preserveDrawingBuffer: true } : options,
    );
  } as typeof getContext;
  here.watchFor = ({ sights, from }) =>
    new Promise((resolve) => {
      let begin = from.length === 0 ? 0 : Number.NaN;
      let edge: OffscreenCanvasRenderingContext2D | null | undefined;
      const start = (event: Event) => {
        if (Number.isNaN(begin)) begin = event.timeStamp;
      };
      for (const name of from) addEventListener(name, start, { capture: true, once: true });
      const isSeen = ({ selector, least = 1, without, isColoured = false }: Sight) => {
        if (without && document.querySelector(without)) return false;
        const found = [...document.querySelectorAll(selector)];
        if (found.length < least) return false;
        return !isColoured || hasColour(found[0] as HTMLCanvasElement); // by its selector
      };
      /** A colour: red, green and blue that are far apart. */
      const hasColour = (drawn: HTMLCanvasElement) => {
        const width = Math.ceil(drawn.width / 8);
        if (width === 0 || drawn.height === 0) return false;
        if (edge?.canvas.width !== width || edge.canvas.height !== drawn.height)
          edge = new OffscreenCanvas(width, drawn.height).getContext("2d", { willReadFrequently: true });
        edge?.clearRect(0, 0, width, drawn.height);
        edge?.drawImage(drawn, 0, 0);
        const { data } = edge?.getImageData(0, 0, width, drawn.height) ?? { data: [] };
        for (let at = 0; at < data.length; at += 4) {
          const parts = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
          if ((data[at + 3] ?? 0) > 100 && Math.max(...parts) - Math.min(...parts) > 25) return true;
        }
        return false;
      };
      const look = () => {
        if (!Number.isNaN(begin) && sights.every(isSeen)) {
          requestAnimationFrame(() => resolve(performance.now() - begin));
        } else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  if (first) here.seenAfter = here.watchFor(first);
}

const LOOK = { viewport: { width: 1440, height: 900 }, timezoneId: "Europe/Berlin", locale: "en-GB" };

/** With an empty cache, or in the context of another tab, whose cache it then has. Its first page has a process of its own. */
export async function openTab(browser: Browser, other?: Tab): Promise<Tab> {
  const context: BrowserContext = other?.page.context() ?? (await browser.newContext(LOOK));
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const cdp = await context.newCDPSession(page);
  await cdp.send("Page.enable");
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const cpu = async () => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "ThreadTime")?.value ?? Number.NaN) * 1000;
  };
  const spent = async (work: () => Promise<number>): Promise<Taken> => {
    const before = await cpu();
    const wall = await work();
    return { wall, cpu: (await cpu()) - before };
  };

  return {
    ...{ page, cdp },
    open: (url, sights) =>
      spent(async () => {
        const script = await cdp.send("Page.addScriptToEvaluateOnNewDocument", {
          source: `(${installWatch})(${JSON.stringify({ sights, from: [] })})`,
        });
        await page.goto(url, { waitUntil: "commit" });
        await cdp.send("Page.removeScriptToEvaluateOnNewDocument", script);
        return withinLimit(
          page.evaluate(() => (globalThis as Global).seenAfter ?? Number.NaN),
          url,
        );
      }),
    act: (act, sights) =>
      spent(async () => {
        await page.evaluate(installWatch, undefined);
        const events = ["pointerdown", "keydown", "input", "change"];
        const seen = page.evaluate((watch) => (globalThis as Global).watchFor?.(watch) ?? Number.NaN, {
          ...{ sights, from: events },
        });
        await act(page);
        return withinLimit(seen, "what was done");
      }),
    async frames(milliseconds, scrolled) {
      const before = await cpu();
      const { count, took } = await page.evaluate(countFrames, { milliseconds, scrolled });
      return { perSecond: (count * 1000) / took, cpuPerFrame: ((await cpu()) - before) / count };
    },
    close: () => context.close(),
  };
}

const LIMIT_MS = 30_000;

/** A page that never shows what it should is a fault of the bench, and ends it. */
async function withinLimit(seen: Promise<number>, what: string): Promise<number> {
  const late = Bun.sleep(LIMIT_MS).then(() => undefined);
  const after = await Promise.race([seen, late]);
  if (after === undefined) throw new Error(`after ${what} the page did not show what it should within 30 s`);
  return after;
}

/** In the page. What is scrolled is the box around `near` that can be. */
function countFrames({
  milliseconds,
  scrolled,
}: {
  milliseconds: number;
  scrolled: { near: string; by: number } | undefined;
}): Promise<{ count: number; took: number }> {
  let box = scrolled && document.querySelector(scrolled.near)?.parentElement;
  while (box && !(box.scrollHeight > box.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(box).overflowY)))
    box = box.parentElement;
  const scroller = box ?? document.scrollingElement;
  return new Promise((resolve) => {
    let [count, begin] = [-1, 0];
    const frame = (now: number) => {
      count += 1;
      if (count === 0) begin = now;
      if (now - begin >= milliseconds) return resolve({ count, took: now - begin });
      if (scrolled) scroller?.scrollBy({ top: scrolled.by, behavior: "instant" });
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** What all processes of the browser have used so far, in milliseconds. */
export async function cpuOfBrowser(browser: Browser): Promise<number> {
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
  await cdp.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
}
