import Handlebars from "handlebars";
import { flow, getRunLogger } from "orch";

Handlebars.registerHelper("loud", (text: string) => text.toUpperCase());

export const example = flow(async function example(names: string[] = ["Ada", "<Bo>"]) {
  const page = Handlebars.compile("{{#each names}}{{loud this}}{{#unless @last}}, {{/unless}}{{/each}}");
  getRunLogger().info(page({ names }));
});
