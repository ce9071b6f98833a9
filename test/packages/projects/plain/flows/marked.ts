import { marked } from "marked";
import { createMarkdownArtifact, flow, getRunLogger } from "orch";

export const example = flow(async function example(markdown: string = "# Hi\n\n- *a*\n- b") {
  await createMarkdownArtifact({ key: "marked", markdown });
  const html = await marked.parse(markdown);
  getRunLogger().info(html.replaceAll("\n", ""));
});
