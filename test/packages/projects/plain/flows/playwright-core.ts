import { flow, getRunLogger } from "orch";
import { chromium } from "playwright-core";

export const example = flow(async function example(browser: string) {
  const launched = await chromium.launch({ executablePath: browser, args: ["--no-sandbox", "--disable-gpu"] });
  const page = await launched.newPage();
  await page.setContent("<button onclick=\"document.title = 'clicked'\">Go</button>");
  await page.click("text=Go");
  const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 50, height: 40 } });
  getRunLogger().info(`${await page.title()}, picture ${picture.readUInt32BE(16)} x ${picture.readUInt32BE(20)}`);
  await launched.close();
});
