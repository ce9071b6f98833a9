// Buttons are read while the pointer is over them, in light and dark; and one that cannot be pressed says what is missing.
import { describe, expect, test } from "bun:test";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

/** WCAG AA, of text. */
const LEAST = 4.5;

/** In the page: how its text stands out from what is painted behind it, as WCAG counts. */
function contrastOf(button: Element): number {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  if (!pen) return 0;
  const paint = (colours: string[]) => {
    pen.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
    }
    const [red = 0, green = 0, blue = 0] = pen.getImageData(0, 0, 1, 1).data;
    const part = (value: number) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
  };
  const grounds: string[] = [];
  for (let box: Element | null = button; box; box = box.parentElement)
    grounds.unshift(getComputedStyle(box).backgroundColor);
  const ground = paint(grounds);
  const text = paint([...grounds, getComputedStyle(button).color]);
  return (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
}

describe.skipIf(!possible)("a button", () => {
  const shared = shareWorld();

  for (const scheme of ["light", "dark"] as const)
    test(
      `is read while the pointer is over it: ${scheme}`,
      async () => {
        const { page, open, close } = await shared.world.openPage({ scheme });
        const looked: string[] = [];
        const look = async (selector: string) => {
          for (const button of await page.locator(selector).locator("visible=true").all()) {
            await button.hover();
            const word = (await button.textContent()) ?? "";
            const contrast = await button.evaluate(contrastOf);
            if (contrast < LEAST) looked.push(`${word}: ${contrast.toFixed(1)}`);
          }
        };
        await open("/flow-runs");
        await page.getByRole("checkbox", { name: "Pick all" }).check();
        await look(".bulk-bar .button");
        await page.getByLabel("Picked rows").getByRole("button", { name: "Delete" }).click();
        await page.getByRole("dialog").waitFor();
        await look("dialog .button");
        await open("/deployments");
        await page.locator("tbody tr.row .menu-cell button").first().click();
        await look(".menu .item");
        await open(`/deployments/deployment/${shared.world.data.deployment}`);
        await look(".page-head .button, .tabs a");
        expect(looked).toEqual([]);
        await close();
      },
      LIMIT,
    );

  test(
    "that waits for a time to start at says so",
    async () => {
      const { page, open } = shared;
      await open(`/deployments/deployment/${shared.world.data.deployment}/run`);
      await page.getByLabel("later").check();
      await page.getByText("Still needed: Start at.").waitFor();
      expect(await page.getByRole("button", { name: "Schedule the run" }).isDisabled()).toBe(true);
      await page.getByLabel("Start at").fill("2030-01-01T10:00");
      await page.getByText("Still needed").waitFor({ state: "detached" });
      expect(await page.getByRole("button", { name: "Schedule the run" }).isDisabled()).toBe(false);
    },
    LIMIT,
  );
});
