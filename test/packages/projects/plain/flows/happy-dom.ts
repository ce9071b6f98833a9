import { Window } from "happy-dom";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(name: string = "Ada") {
  const window = new Window({ url: "https://example.org/a" });
  window.document.write("<p>Hello <b></b></p>");
  const bold = window.document.querySelector("b");
  if (bold) bold.textContent = name;
  getRunLogger().info(`${window.document.querySelector("p")?.innerHTML} at ${window.location.pathname}`);
  await window.happyDOM.close();
});
