import { JSDOM } from "jsdom";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(name: string = "Ada") {
  const { window } = new JSDOM("<p id=p>Hello <b></b></p>", { url: "https://example.org/a" });
  const bold = window.document.querySelector("#p b");
  if (bold) bold.textContent = name;
  getRunLogger().info(`${window.document.body.textContent} at ${window.location.pathname}`);
  window.close();
});
